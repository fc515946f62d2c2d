// What others may ask of subscribers.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/model.h"
#include "ops/respond/subscribers/model.h"
#include "ports/channel.h"
#include "store/session.h"

namespace sg::subscribers {

// Whether people can subscribe by mail: there is a channel, a public door, and it has a name.
bool is_open(const config::Config& config);

struct Known {
    std::string id;
    std::string address;  // Masked, unless the whole was asked for.
    Components components;
    bool confirmed = false;
    Instant asked_at;
    Instant confirmed_at;
};
void describe(Visitor& v, Known& known);

enum class Addresses : std::uint8_t { masked, whole };
Result<std::vector<Known>> who(store::Session& session, Addresses addresses);

// A letter as it is handed over. Nothing: there is nobody, or nothing to say, any more.
struct Written {
    ports::Message mail;  // If it is one.
    std::string webhook;  // Its name, if it is that...
    std::string body;     // ...and what is posted.
    std::string key;      // Idempotency.
};
Result<std::optional<Written>> written(store::Session& session, const config::Config& config,
                                       const std::string& letter, Instant now);

}  // namespace sg::subscribers
