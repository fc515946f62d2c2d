// The value of the Proxy-Status field (RFC 9209, a structured field of RFC 8941). Its words are
// those of endings.def, so that header, log and metric say the same. The next hop stays hidden from
// strangers.
#pragma once

#include "gateway/endings.h"
#include "gateway/telemetry/account.h"
#include "http/out.h"

namespace sg::gateway {

// `streamgate; error=connection_refused; details="upstream_refused"`. `received_status`: what the
// endpoint had answered, 0: nothing. Nothing is written for endings that are no failure.
void write_proxy_status(http::Out& out, Ending ending, std::uint16_t received_status);
void write_proxy_status(http::Out& out, const Account& account);
inline constexpr std::size_t proxy_status_size_max = 128;

}  // namespace sg::gateway
