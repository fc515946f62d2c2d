// Hands letters to subscribers of the status page: mails through their channel, signed webhooks.
#pragma once

#include <string>

#include "config/model.h"
#include "ops/reaction.h"

namespace sg::app {

struct TellerPlace {
    std::string store;
    std::string state;
};

// The body of an action `subscribers.tell`. What is written is what holds now: who unsubscribed a
// moment ago is told no more. No address is in what it returns. From any thread.
ops::Performed tell_subscriber(const std::string& body, const config::Config& config,
                               const TellerPlace& place);

}  // namespace sg::app
