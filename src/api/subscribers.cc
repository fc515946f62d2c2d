// Subscribers of the status page over the API. Whole addresses only for who exports them, and never
// in a URL.
#include "api/handlers.h"
#include "ops/respond/subscribers/ask.h"
#include "ops/respond/subscribers/commands.h"
#include "store/digest.h"

namespace sg::api {

namespace {

struct Addition {
    std::string address;
    std::vector<std::string> components;
};
void describe(Visitor& v, Addition& a) {
    v.record({.name = "a subscriber"});
    v.field({.key = "address", .example = "address: ana@example.com", .required = true}, a.address);
    v.field({.key = "components"}, a.components);
}

struct Removal {
    std::string subscriber;
};
void describe(Visitor& v, Removal& r) {
    v.record({.name = "who is forgotten"});
    v.field({.key = "subscriber", .example = "subscriber: ana@example.com", .required = true},
            r.subscriber);
}

Result<Answer> list(Site& site, subscribers::Addresses addresses) {
    TRY(const auto known, subscribers::who(site.read, addresses));
    return Answer{200, list_json("subscribers", known)};
}

}  // namespace

Result<Answer> list_subscribers(Site& site, const Call&) {
    return list(site, subscribers::Addresses::masked);
}

Result<Answer> export_subscribers(Site& site, const Call&) {
    return list(site, subscribers::Addresses::whole);
}

// They are asked as if they had asked themselves.
Result<Answer> add_subscriber(Site& site, const Call& call) {
    TRY(const auto wanted, body_of<Addition>(call));
    TRY(auto address, subscribers::address_of(wanted.address));
    const subscribers::Question question{std::move(address), wanted.components,
                                         store::random_hex(8), store::random_hex(32)};
    TRY_VOID(site.writer.run(
        [&](const ops::Turn& turn) { return subscribers::ask(turn, call.actor, question); }));
    TRY(auto answer, list(site, subscribers::Addresses::masked));
    answer.status = 202;
    return answer;
}

Result<Answer> remove_subscriber(Site& site, const Call& call) {
    TRY(const auto wanted, body_of<Removal>(call));
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) {
        return subscribers::remove(turn, call.actor, wanted.subscriber);
    }));
    return list(site, subscribers::Addresses::masked);
}

}  // namespace sg::api
