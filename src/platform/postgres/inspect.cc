#include "platform/postgres/inspect.h"

namespace sg::platform::postgres {

using inspect::Finding;
using inspect::Findings;
using inspect::Order;
using inspect::Standing;

namespace {

constexpr struct {
    std::string_view name;
    Look* look;
} looks[] = {
    {"postgres.server", look_at_server}, {"postgres.connections", look_at_connections},
    {"postgres.locks", look_at_locks},   {"postgres.replication", look_at_replication},
    {"postgres.cache", look_at_cache},   {"postgres.size", look_at_size},
    {"postgres.vacuum", look_at_vacuum}, {"postgres.queries", look_at_queries},
};

// Hints for what connecting fails with; the texts are the server's and libpq's.
std::string hint_for(const std::string& what) {
    const auto has = [&](const char* text) { return what.find(text) != std::string::npos; };
    if (has("too many clients") || has("remaining connection slots"))
        return "every connection that our user may have is taken: to see who holds them, give it "
               "one that is kept free (PostgreSQL 16: grant pg_use_reserved_connections)";
    if (has("password authentication failed") || has("no password supplied"))
        return "the user or the password in the need's target is wrong, or pg_hba.conf wants "
               "another way to log in";
    if (has("no pg_hba.conf entry")) return "pg_hba.conf does not let this user in from here";
    if (has("does not exist")) return "the target names a user or a database that is not there";
    if (has("Connection refused")) return "nothing listens there: is the server running?";
    if (has("no answer in time"))
        return "it takes connections but does not answer: it hangs, or is far too busy";
    return {};
}

// Of what else was to be looked at nothing is known.
Finding unreachable(const Order& order, const Error& error) {
    const bool senseless = error.code == Errc::invalid_argument;
    const bool is_full = error.what.find("too many clients") != std::string::npos &&
                         order.wants("postgres.connections");
    const bool is_asked = order.wants("postgres.server") || is_full;
    Finding finding{.what = order.what.front(),
                    .key = "reachable",
                    .standing = senseless || !is_asked ? Standing::unknown : Standing::bad,
                    .title = "no session with PostgreSQL: " + error.what,
                    .value = 0,
                    .unit = "count",
                    .threshold = 1,
                    .hint = error.hint.empty() ? hint_for(error.what) : error.hint};
    if (order.wants("postgres.server")) finding.what = "postgres.server";
    if (is_full) finding.what = "postgres.connections";
    return finding;
}

Finding cut(std::string what) {
    return {.what = std::move(what),
            .key = "unseen",
            .standing = Standing::unknown,
            .title = "not looked at: the others took all the time there was",
            .hint = "ask for this one alone, or with a longer deadline"};
}

}  // namespace

Findings inspect(const Order& order) {
    if (order.what.empty()) return {};
    auto session = Session::open(order.target, "streamgate-inspect", order.deadline);
    if (!session) return {unreachable(order, session.error())};
    if (const auto ready = session->only_read(); !ready) return {unreachable(order, ready.error())};
    Findings findings;
    for (const auto& [name, look] : looks) {
        if (!order.wants(name)) continue;
        if (steady_now() >= order.deadline) {
            findings.push_back(cut(std::string(name)));
            continue;
        }
        auto found = look(*session, order);
        if (!found) {
            findings.push_back(inspect::unseen(std::string(name), found.error()));
            continue;
        }
        for (auto& finding : *found) {
            finding.what = name;
            findings.push_back(std::move(finding));
        }
    }
    return findings;
}

}  // namespace sg::platform::postgres
