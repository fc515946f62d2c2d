// SQL of subscribers; no rules. Addresses stand in a table of their own, beside what follows from
// the ledger.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ops/decision/turn.h"
#include "ops/respond/subscribers/model.h"

namespace sg::subscribers {

// Personal data: nowhere else, never in a log, gone with the subscription.
struct Contact {
    std::string subscriber;
    std::string address;
    std::string secret;  // That signs its links.
};

Result<std::optional<Subscriber>> find(store::Session& session, const std::string& id);
// Confirmed, by id.
Result<std::vector<Subscriber>> next_confirmed(store::Session& session, const std::string& after,
                                               std::int64_t limit);
Result<std::vector<Subscriber>> all(store::Session& session);
struct Count {
    std::int64_t confirmed = 0;
    std::int64_t asked = 0;
};
Result<Count> count(store::Session& session);

Result<std::optional<Contact>> contact(store::Session& session, const std::string& subscriber);
Result<std::optional<Contact>> contact_at(store::Session& session, const std::string& address);
Result<std::vector<Contact>> contacts(store::Session& session);
Result<void> keep(const store::Tx& tx, const Contact& contact);
Result<void> forget(const store::Tx& tx, const std::string& subscriber);

std::span<const ops::FoldRow> folds();

}  // namespace sg::subscribers
