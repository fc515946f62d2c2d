// Inspections of what answers over HTTP, TCP, TLS or DNS: phase by phase.
#pragma once

#include "base/address.h"
#include "platform/inspect/order.h"

namespace sg::platform::probe {

inspect::Findings inspect_http(const inspect::Order& order);  // http.answer, http.certificate
inspect::Findings inspect_tcp(const inspect::Order& order);
inspect::Findings inspect_tls(const inspect::Order& order);
inspect::Findings inspect_dns(const inspect::Order& order);

// A certificate as a server shows it, whoever trusts it; with its chain.
inspect::Finding certificate_of(const HostPort& host, const inspect::Order& order);

}  // namespace sg::platform::probe
