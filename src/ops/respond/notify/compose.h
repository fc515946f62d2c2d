// The text of what people are told. Made for somebody who is woken by it: the first line stands
// alone, then what it costs, what is likely, what is proposed, where to press. Pure.
#pragma once

#include <string>

#include "config/operations.h"
#include "ops/respond/notify/ack_link.h"
#include "ops/respond/notify/model.h"
#include "ports/channel.h"

namespace sg::notify {

// `SEV-1 catalog: 62 % of requests fail (incident 204)`: what is known for good, for sentences.
std::string told(const Letter& letter, Purpose purpose);

// `SEV-1 catalog: 62 % of requests fail since 02:14:07 CET (38 s)   INC-204`, in the person's zone.
std::string headline(const Letter& letter, Purpose purpose, std::string_view zone, Instant at);

// `38 s`, `4 min`, `2 h 5 min`, `3 d 4 h`
std::string spoken(Duration duration);

// What a channel is given: text, HTML, addressee, acknowledge links. Links need `public_url`;
// without one the text says which command does it. Written as of notification.due, so that the same
// notification always gives the same message.
struct Writing {
    const config::Operations& operations;
    const Keys& keys;
};
ports::Message message_of(const Notification& notification, const Writing& writing);

// From the body of an action `notify.send`.
Result<ports::Message> message_of(std::string_view action_body, const Writing& writing);

// `/i/204` and `/a/<token>` behind public_url; empty without one.
std::string war_room_url(const std::string& public_url, std::int64_t incident);
std::string acknowledge_url(const std::string& public_url, std::string_view token);

}  // namespace sg::notify
