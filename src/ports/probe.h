// Looking at something as its user would: does it answer, and as it should?
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "base/time.h"

namespace sg::ports {

struct ProbeTarget {
    enum class Kind : std::uint8_t { http, tcp, tls, dns, postgres, redis };
    Kind kind = Kind::tcp;
    std::string target;  // URL, host:port, name, or connection string.
    Duration timeout = 2s;
    int status_from = 200;  // http: what counts as well.
    int status_to = 399;
    std::string contains;          // http: what the body must have in it; empty: anything.
    Duration expires_within = 0s;  // tls, https: a certificate that ends sooner is ill.
    std::string ca;                // PEM file of whom to trust; empty: the system's.
};

class Prober {
  public:
    virtual ~Prober() = default;

    // Blocks, at most the target's time-out. From several threads. The error says what is ill.
    virtual Result<void> look(const ProbeTarget& target, Instant now) const = 0;
};

}  // namespace sg::ports
