// What may be done to help users, and what keeps it from doing harm.
#include "config/describe_operations.h"
#include "config/expand.h"
#include "config/formats.h"

namespace sg::config {

namespace {

constexpr double hour = 3600;
constexpr double day = 24 * hour;

void describe_bounds(Visitor& v, Mitigation& m) {
    v.field({.key = "per_hour",
             .why = "How often a verb may be carried out in an hour, on whatever. A check that "
                    "flaps cannot drain one endpoint after the other.",
             .least = 1,
             .most = 1000},
            m.per_hour);
    v.field({.key = "per_service",
             .why = "How often anything may be done to the same service in an hour.",
             .least = 1,
             .most = 1000},
            m.per_service);
    v.field({.key = "cooldown",
             .why = "How long the same verb waits before it is used on the same target again.",
             .least = 0,
             .most = day},
            m.cooldown);
    v.field({.key = "takes_most",
             .why = "The share of a service's endpoints that may be without traffic at once "
                    "because of mitigations. The last healthy one is never taken away.",
             .least = 0.01,
             .most = 1},
            m.takes_most);
    v.field({.key = "load_most",
             .why = "How much each endpoint that remains may have to carry, in percent of what one "
                    "carried in the busiest minute of the last day.",
             .least = 100,
             .most = 1000},
            m.load_most);
    v.field({.key = "unverified_most",
             .why = "After so many runs in a row that did not help, what a runbook proposes is "
                    "refused until a person says `streamgate mitigate on`.",
             .least = 1,
             .most = 100},
            m.unverified_most);
}

void describe_times(Visitor& v, Mitigation& m) {
    v.field({.key = "approve_within",
             .why = "How long what is proposed waits for a person. Then it has expired.",
             .least = 60,
             .most = day},
            m.approve_within);
    v.field({.key = "expires",
             .why = "How long what bears on users lasts if nobody says: then it is taken back.",
             .least = 60,
             .most = 7 * day},
            m.expires);
    v.field({.key = "expires_most",
             .why = "The longest that anybody may ask for.",
             .least = 60,
             .most = 30 * day},
            m.expires_most);
    v.field({.key = "within",
             .why = "By when what was done must begin to help; else it is taken back.",
             .least = 5,
             .most = hour},
            m.within);
    v.field({.key = "holds",
             .why = "How long it must help without a break before it counts as verified.",
             .least = 1,
             .most = hour},
            m.holds);
}

}  // namespace

void describe(Visitor& v, VerbPolicy& verb) {
    v.record({.name = "how a verb may be used",
              .expand = expand::verb_policy,
              .short_schema = R"({"enum":["observe","propose","auto"]})",
              .short_words = "`observe`, `propose` or `auto`"});
    v.field({.key = "mode",
             .why = "observe: it is written down what would have been proposed. propose: a person "
                    "says whether. auto: it is carried out if no safeguard refuses.",
             .unset = "as `mode` of `mitigation`"},
            verb.mode);
    v.field({.key = "per_hour",
             .why = "How often in an hour.",
             .least = 1,
             .most = 1000,
             .unset = "as `per_hour` of `mitigation`"},
            verb.per_hour);
    v.field({.key = "cooldown",
             .why = "How long it waits before it is used on the same target again.",
             .least = 0,
             .most = day,
             .unset = "as `cooldown` of `mitigation`"},
            verb.cooldown);
    v.field({.key = "within",
             .why = "By when it must begin to help.",
             .least = 5,
             .most = hour,
             .unset = "as the runbook says, else as `within` of `mitigation`"},
            verb.within);
    v.field({.key = "holds",
             .why = "How long it must help without a break.",
             .least = 1,
             .most = hour,
             .unset = "as the runbook says, else as `holds` of `mitigation`"},
            verb.holds);
}

void describe(Visitor& v, Mitigation& m) {
    v.record({.name = "mitigation",
              .expand = expand::mitigation,
              .short_schema = R"({"enum":["observe","propose","auto"]})",
              .short_words = "`observe`, `propose` or `auto`"});
    v.place(m.place);
    v.field({.key = "mode",
             .why = "How verbs are used that are not named in `verbs`: observe, propose or auto. "
                    "It is about what runbooks want; people may always act, within the "
                    "safeguards."},
            m.mode);
    v.field({.key = "auto_up_to",
             .why = "The heaviest that `auto` is good for. light: nobody loses anything. heavy: "
                    "requests in flight, or some users, pay for it. What is heavier is proposed, "
                    "and what destroys something is never automatic."},
            m.automatic_up_to);
    describe_bounds(v, m);
    describe_times(v, m);
    v.field({.key = "verbs",
             .why = "Verbs that are used otherwise: `shift: auto`, `restart: { mode: propose, "
                    "per_hour: 1 }`.",
             .unset = "all of them as above",
             .key_format = &formats::verb},
            m.verbs);
}

}  // namespace sg::config
