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

void describe(Visitor& v, PageHook& hook) {
    v.record({.name = "a webhook of the status page"});
    v.place(hook.place);
    v.field({.key = "url",
             .why = "Where to POST each update, as JSON in the form of Statuspage's webhook.",
             .example = "url: https://partner.example.com/status",
             .format = &formats::url,
             .required = true},
            hook.url);
    v.field({.key = "secret",
             .why = "Signs each body (HMAC-SHA256, `X-StreamGate-Signature`), so that the receiver "
                    "knows it is ours.",
             .unset = "none: not signed",
             .format = &formats::one_line},
            hook.secret);
    v.field({.key = "secret_before",
             .why = "The secret of before, which signs beside the new one until the receiver knows "
                    "that.",
             .unset = "none",
             .format = &formats::one_line},
            hook.secret_before);
    v.field({.key = "components",
             .why = "Only updates that concern one of these, or none by name.",
             .unset = "all",
             .format = &formats::one_line},
            hook.components);
    v.field({.key = "ca",
             .why = "File with the certificates (PEM) of the authorities that are trusted.",
             .unset = "those of the system",
             .path = Path::file},
            hook.ca);
}

void describe(Visitor& v, PageTarget& target) {
    v.record({.name = "a target of the status page"});
    v.place(target.place);
    v.field({.key = "sftp",
             .why = "A folder over SFTP: `sftp://user@host:22/folder/`. Each file is written under "
                    "another name and then renamed.",
             .unset = "none",
             .format = &formats::sftp_url},
            target.sftp);
    v.field({.key = "key",
             .why = "Sftp: file of the private key (OpenSSH or PEM, without a passphrase).",
             .unset = "none",
             .path = Path::file},
            target.key);
    v.field({.key = "known_hosts",
             .why = "Sftp: file with the host's key, as OpenSSH's. Only a host that shows the key "
                    "that stands there is written to.",
             .unset = "none",
             .path = Path::file},
            target.known_hosts);
    v.field({.key = "s3",
             .why = "A folder of an S3-compatible object store, by path: "
                    "`https://host/bucket/folder/`. Requests are signed with AWS Signature Version "
                    "4.",
             .unset = "none",
             .format = &formats::url},
            target.s3);
    v.field({.key = "region",
             .why = "S3: the region that requests are signed for.",
             .format = &formats::name},
            target.region);
    v.field({.key = "access_key",
             .why = "S3: the name of the key.",
             .unset = "none",
             .format = &formats::one_line},
            target.access_key);
    v.field({.key = "secret_key",
             .why = "S3: the key, as `${env:NAME}` or `${file:path}`.",
             .unset = "none",
             .format = &formats::one_line},
            target.secret_key);
    v.field({.key = "ca",
             .why = "S3: file with the certificates (PEM) of the authorities that are trusted.",
             .unset = "those of the system",
             .path = Path::file},
            target.ca);
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
    v.field({.key = "targets",
             .why = "Places outside this machine to which the page is written as well, by name: "
                    "folders over SFTP, object stores.",
             .unset = "none",
             .key_format = &formats::name},
            page.targets);
    v.field({.key = "subscribe_by",
             .why = "The channel of kind `mail` that writes to those who subscribe. They do so at "
                    "the public door, `ops.listen`, of which `public_url` tells them.",
             .unset = "nobody can subscribe by mail",
             .format = &formats::one_line},
            page.subscribe_by);
    v.field({.key = "webhooks",
             .why = "Those who are told of each update by a signed POST, by name.",
             .unset = "none",
             .key_format = &formats::name},
            page.webhooks);
}

}  // namespace sg::config
