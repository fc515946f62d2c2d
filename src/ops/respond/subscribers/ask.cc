#include "ops/respond/subscribers/ask.h"

#include <map>

#include "ops/respond/statuspage/ask.h"
#include "ops/respond/subscribers/link.h"
#include "ops/respond/subscribers/store.h"

namespace sg::subscribers {

bool is_open(const config::Config& config) { return !statuspage::subscribe_url(config).empty(); }

void describe(Visitor& v, Known& known) {
    v.field({.key = "id"}, known.id);
    v.field({.key = "address"}, known.address);
    v.field({.key = "components"}, known.components);
    v.field({.key = "confirmed"}, known.confirmed);
    v.field({.key = "asked_at"}, known.asked_at);
    v.field({.key = "confirmed_at"}, known.confirmed_at);
}

Result<std::vector<Known>> who(store::Session& session, Addresses addresses) {
    TRY(const auto list, all(session));
    TRY(const auto known, contacts(session));
    std::map<std::string, std::string> by_id;
    for (const auto& one : known)
        by_id[one.subscriber] = addresses == Addresses::whole ? one.address : masked(one.address);
    std::vector<Known> out;
    for (const auto& s : list)
        out.push_back({s.id, by_id[s.id], s.confirmed ? s.components : s.wanted, s.confirmed,
                       s.asked_at, s.confirmed_at});
    return out;
}

}  // namespace sg::subscribers
