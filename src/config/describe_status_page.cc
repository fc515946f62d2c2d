// The public status page.
#include "config/describe_operations.h"
#include "config/formats.h"

namespace sg::config {

namespace {
constexpr double day = 86400;
}

void describe(Visitor& v, std::array<Publish, 4>& publish) {
    v.record({.name = "a table of who publishes"});
    v.field({.key = "sev1",
             .why = "auto: the first notice goes out at once, in the words of a template. draft: "
                    "it waits for a person for `approve_within`. ask: it waits for a person. "
                    "never: nothing is drafted."},
            publish[0]);
    v.field({.key = "sev2", .why = "The same for SEV-2."}, publish[1]);
    v.field({.key = "sev3", .why = "The same for SEV-3."}, publish[2]);
    v.field({.key = "sev4", .why = "The same for SEV-4."}, publish[3]);
}

void describe(Visitor& v, StatusPage& page) {
    v.record({.name = "a status page"});
    v.place(page.place);
    v.field({.key = "title",
             .why = "What stands at the top of the page.",
             .format = &formats::one_line},
            page.title);
    v.field({.key = "url",
             .why = "Where the public reads it. The feed and the API name its pages by it.",
             .unset = "links are relative",
             .format = &formats::url},
            page.url);
    v.field({.key = "host",
             .why = "The name that the gateway serves it for: `status.example.com`.",
             .unset = "every host",
             .format = &formats::host_pattern},
            page.host);
    v.field({.key = "path",
             .why = "The path that the gateway serves it at.",
             .unset = "`/` with `host`, else `/status/`",
             .format = &formats::path_prefix},
            page.path);
    v.field({.key = "components",
             .why = "What the public knows by name, and the services that each is made of: "
                    "`Playback: [catalog, edge]`.",
             .unset = "each service that a route leads to",
             .key_format = &formats::one_line},
            page.components);
    v.field({.key = "publish", .why = "Who says the first word about an incident."}, page.publish);
    v.field({.key = "approve_within",
             .why = "How long a draft waits for a person. Then it goes out as it is: the public is "
                    "not left without word because nobody pressed a button.",
             .least = 60,
             .most = day},
            page.approve_within);
    v.field({.key = "history_days",
             .why = "How many days of the past are shown.",
             .least = 1,
             .most = 400},
            page.history_days);
    v.field({.key = "copies",
             .why = "Folders to which the page is written as well, by name: such as one of another "
                    "machine, or one that is carried to an object store, so that it can be read "
                    "when this machine cannot be reached.",
             .unset = "none",
             .format = &formats::one_line,
             .key_format = &formats::name},
            page.copies);
}

}  // namespace sg::config
