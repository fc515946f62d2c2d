// What an answer over HTTP means for a message, and how answers are shown without showing secrets.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "ports/channel.h"
#include "ports/http.h"

namespace sg::platform::notify {

using Answer = Result<ports::http::Response>;

// 2xx: delivered. No answer, 408, 429 and 5xx: again later. Anything else: never.
ports::Delivery judge(std::string_view system, const Answer& answer);

// `{system} answered 404: no_service`
std::string described(std::string_view system, const ports::http::Response& response);

// In seconds, as a number; at most an hour. Anything else: 0. Source: RFC 9110 §10.2.3.
Duration retry_after(const ports::http::Response& response);

// At most `bytes_max`, ends with `…` if something was cut, never within a character.
std::string clipped(std::string_view text, std::size_t bytes_max);

// One line, printable, short, and without any of the secrets.
std::string presentable(std::string_view text, std::span<const std::string> secrets);

}  // namespace sg::platform::notify
