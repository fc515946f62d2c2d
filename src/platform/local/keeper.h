// The rules by which one gateway is always there. Pure, as decide.h is.
//
// The invariant: a gateway that serves is not told to go before another one is ready in its place.
// A gateway that had been ready is replaced at once when it dies; one that never got ready, later
// and later.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/time.h"
#include "platform/local/model.h"

namespace sg::platform::local {

struct KeeperPace {
    static constexpr Duration retry_first = 50ms;  // Doubles...
    static constexpr Duration retry_most = 5s;     // ...up to this.
    static constexpr std::uint32_t loop_at = 3;    // Failures in a row that are called a loop.
    static constexpr Duration ready_within = 30s;  // Or it is killed.
    static constexpr Duration stop_within = 10s;   // From SIGTERM to SIGINT when all is stopped...
    static constexpr Duration end_within = 2s;     // ...and from SIGINT to SIGKILL.
};

enum class Role : std::uint8_t {
    serving,   // The one; or will be as soon as it is ready.
    rising,    // Shall take over from the serving one when it is ready.
    draining,  // Was told to go; keeps what it has until it ends.
};
std::string_view name_of(Role role);

struct Gateway {
    int pid = 0;
    std::uint64_t pid_started = 0;
    Role role = Role::serving;
    bool ready = false;
    Tick since;     // In this role.
    Tick deadline;  // What happens then depends on the role.
    Instant started_at;
};

struct Keeper {
    std::vector<Gateway> gateways;
    std::uint32_t failures = 0;  // In a row, before one was ready.
    std::uint32_t restarts = 0;  // After crashes.
    bool starting = false;       // StartGateway was said and not yet answered.
    Tick start_at;               // Not before; `never` is not used.
    bool stopping = false;
    bool interrupted = false;  // While stopping: SIGINT was sent.

    const Gateway* serving() const;
    const Gateway* with_role(Role role) const;
};

struct GatewayStarted {
    int pid;
    std::uint64_t pid_started;
    Role role;
    Instant at;
};
struct GatewayNotStarted {
    Role role;
    std::string why;
};
struct GatewayReady {
    int pid;
};
struct GatewayExited {
    int pid;
    Exit exit;
};
struct Upgrade {};
struct StopGateways {
    bool at_once;
};

using KeeperInput = std::variant<GatewayStarted, GatewayNotStarted, GatewayReady, GatewayExited,
                                 Upgrade, StopGateways, TimePassed>;

struct StartGateway {
    Role role;
};
struct SignalGateway {
    int pid;
    int signal;
};
struct NowServing {
    int pid;
};  // Tell it all that is known.
struct UpgradeOver {
    bool done;
    std::string why;
};
struct Say {
    Happening what;
    std::string detail;
};

using KeeperAction = std::variant<StartGateway, SignalGateway, NowServing, UpgradeOver, Say>;

std::vector<KeeperAction> decide(Keeper& keeper, const KeeperInput& input, Tick now);
Tick wake_at(const Keeper& keeper);
Duration retry_delay(std::uint32_t failures);

}  // namespace sg::platform::local
