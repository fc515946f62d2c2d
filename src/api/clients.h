// Whose requests failed while an incident lasted.
#pragma once

#include <nlohmann/json.hpp>

#include "api/routes.h"
#include "ops/detect/signals/model.h"
#include "ops/respond/incidents/model.h"

namespace sg::api {

// What is said of a list in a sentence: how many there were, how many are listed, what is not.
std::string sentence_of(const signals::Affected& affected);

// For the incident itself: counts, the sentence, and the first few.
nlohmann::ordered_json clients_in_short(const Site& site, const incidents::Incident& incident,
                                        Instant now);

// The part of a list that comes after a cursor. An order that changes between two pages loses
// nobody who stays where they are.
struct ClientsPage {
    std::span<const telemetry::AffectedClient> clients;
    std::string next;  // Empty: it was the last.
};
Result<ClientsPage> page_of(const telemetry::AffectedList& list, const std::string& after,
                            std::int64_t limit);

std::string clients_csv(const telemetry::AffectedList& list);

}  // namespace sg::api
