// Faults injected on purpose, compiled per worker from the directives in force: which one, if any,
// a request gets.
//
// A fault without an expiry does not exist here, and one that has expired never applies.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "base/units.h"
#include "directive/model.h"

namespace sg::gateway::guards {

struct Fault {
    std::string directive;  // Its id, for the log.
    std::optional<Duration> delay;
    std::optional<std::uint16_t> abort;
    bool reset = false;
    std::optional<Bytes> bytes_per_second;
    Tick expires;
};

// Where a request goes, once that is chosen. An endpoint goes by its address or its configured
// name.
struct Destination {
    std::string_view version;
    std::string_view address;
    std::string_view name;
};

// Both clocks at one moment: expiries are said by the wall clock and kept by the steady one, so
// that setting the wall clock back does not prolong a fault.
struct Moment {
    Instant wall;
    Tick steady;
};

class Faults {
  public:
    // Index of a route or service by name; empty: there is none of that name, and the fault matches
    // nothing.
    using IndexOf = std::function<std::optional<std::uint16_t>(std::string_view)>;

    static Faults compile(std::span<const directive::Directive> directives, const IndexOf& route,
                          const IndexOf& service, Moment now);

    bool empty() const { return faults_.empty() && narrow_.empty(); }
    bool any_narrow() const { return !narrow_.empty(); }

    // `random` is uniform over all 64-bit values. Faults on the same traffic divide it: two with a
    // share of 30 % each hit 60 % of the requests, one each. Those on a route go before those on
    // its service.
    const Fault* pick(std::uint16_t route, std::uint16_t service, std::uint64_t random,
                      Tick now) const {
        return faults_.empty() ? nullptr : find(route, service, random, now);
    }
    // Those of a version or an endpoint, when it is known where an attempt goes.
    struct Request {
        std::uint16_t route = 0xFFFF;
        std::uint16_t service = 0xFFFF;
        Destination to;
    };
    const Fault* pick_narrow(const Request& request, std::uint64_t random, Tick now) const;

  private:
    static constexpr std::uint16_t any = 0xFFFF;
    struct Entry {
        std::uint16_t route = any;
        std::uint16_t service = any;
        std::string version;
        std::string endpoint;
        double share = 1;
        Fault fault;
    };

    const Fault* find(std::uint16_t route, std::uint16_t service, std::uint64_t random,
                      Tick now) const;

    static std::optional<Entry> entry_of(const directive::InjectFault& inject, const IndexOf& route,
                                         const IndexOf& service);

    std::vector<Entry> faults_;  // Before it is chosen where a request goes.
    std::vector<Entry> narrow_;  // Of versions and endpoints.
};

// Listeners that answer handshakes with a certificate that has ended.
struct Ended {
    std::string listener;  // As configured; empty: all.
    Tick expires;
};
std::vector<Ended> ended_certificates(std::span<const directive::Directive> directives, Moment now);

}  // namespace sg::gateway::guards
