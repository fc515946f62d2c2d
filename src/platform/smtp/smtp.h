// Handing a mail to a server, over libcurl. TLS is required unless the server is this machine or
// the configuration says otherwise: a server that stops offering STARTTLS gets no mail and no
// password.
#pragma once

#include <string>

#include "ports/channel.h"

namespace sg::platform::smtp {

enum class Tls : std::uint8_t { required, where_offered };

struct Server {
    std::string url;   // `smtp://host:587`, `smtps://host`
    std::string from;  // `StreamGate <streamgate@example.com>`
    std::string user;
    std::string password;
    Tls tls = Tls::required;
    std::string ca;  // PEM bundle to trust; empty: the system's.
};

inline constexpr Duration timeout = 30s;  // For all of one mail.

// 4yz and no answer: again later. 5yz, and what TLS or the address makes impossible: never.
ports::Delivery deliver(const ports::Message& message, const Server& server);

bool is_loopback(std::string_view url);  // 127.0.0.0/8, ::1, localhost.

}  // namespace sg::platform::smtp
