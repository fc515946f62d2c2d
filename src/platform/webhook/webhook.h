// Our signed webhook. Pure: the body in the form of Alertmanager's webhook version 4, so that what
// already listens to that understands us too, and a signature over its bytes.
#pragma once

#include <string>
#include <vector>

#include "ports/channel.h"

namespace sg::platform::webhook {

inline constexpr std::string_view signature_field = "X-StreamGate-Signature";

std::string body(const ports::Message& message, const std::string& external_url);

// `v1=<hex HMAC-SHA256 of the body>`, one for each secret that is not empty, comma separated: while
// a secret is being changed receivers accept either. No secrets: empty.
std::string signature(std::string_view body, const std::vector<std::string>& secrets);

}  // namespace sg::platform::webhook
