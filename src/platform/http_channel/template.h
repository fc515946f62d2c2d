// The body of an HTTP channel: what the gateway of an SMS or voice provider wants to be sent.
// Pure: a template, what stands in for its names, and how that is escaped.
#pragma once

#include <string>
#include <string_view>

#include "ports/channel.h"

namespace sg::platform::http_channel {

enum class Escape : std::uint8_t { none, json, form };

Escape escape_for(
    std::string_view content_type);  // application/json, …+json; …-www-form-urlencoded

// `${subject}`, `${text}`, `${to}`, `${ack}`, `${severity}`. What else looks like a name stays as
// it is: the configuration was checked.
std::string filled(std::string_view text, const ports::Message& message, Escape escape);

// When the configuration gives no body.
std::string_view default_body();  // JSON.

}  // namespace sg::platform::http_channel
