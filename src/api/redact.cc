// Erasing the content of a record over the API.
#include "ops/redact.h"

#include "api/handlers.h"

namespace sg::api {

namespace {

struct RedactionWanted {
    std::string reason;
};
void describe(Visitor& v, RedactionWanted& r) {
    v.record({.name = "an erasure"});
    v.field({.key = "reason", .example = "reason: a secret was pasted", .required = true},
            r.reason);
}

}  // namespace

Result<Answer> redact_record(Site& site, const Call& call) {
    TRY(const auto wanted, body_of<RedactionWanted>(call));
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) {
        return ops::redact(turn, call.actor, {call.number(0), wanted.reason});
    }));
    return Answer{200, "{}"};
}

}  // namespace sg::api
