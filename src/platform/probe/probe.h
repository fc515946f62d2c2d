// How things are looked at: as a client of theirs, from connecting to a small question, within the
// time-out.
#pragma once

#include "ports/probe.h"

namespace sg::platform::probe {

class Prober final : public ports::Prober {
  public:
    Result<void> look(const ports::ProbeTarget& target, Instant now) const override;
};

// One for each kind of target.
Result<void> look_at_http(const ports::ProbeTarget& target, Instant now);
Result<void> look_at_tcp(const ports::ProbeTarget& target);
Result<void> look_at_tls(const ports::ProbeTarget& target, Instant now);
Result<void> look_at_dns(const ports::ProbeTarget& target);
Result<void> look_at_redis(const ports::ProbeTarget& target);
Result<void> look_at_postgres(const ports::ProbeTarget& target);

// That a certificate does not end too soon; `until` is 0 where there is none.
Result<void> look_at_end(Instant until, Instant now, Duration expires_within);

}  // namespace sg::platform::probe
