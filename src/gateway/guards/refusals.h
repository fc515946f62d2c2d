// What directives refuse, compiled per worker: clients that are blocked, and a share of what comes
// anew to a service.
//
// What has expired never refuses, even if nobody says so in time.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "directive/model.h"
#include "gateway/endings.h"
#include "gateway/guards/faults.h"

namespace sg::gateway::guards {

struct Refusal {
    std::string directive;  // Its id, for the log and the client.
    Ending ending = Ending::shed;
    std::uint32_t retry_after_s = 1;
};

class Refusals {
  public:
    // Index of a service by name; empty: there is none of that name, and nothing is refused.
    using IndexOf = std::function<std::optional<std::uint16_t>(std::string_view)>;

    static Refusals compile(std::span<const directive::Directive> directives,
                            const IndexOf& service, Moment now);

    bool empty() const { return blocked_.empty() && shed_.empty(); }

    struct Asked {
        std::uint16_t service = any;  // `any`: it is for no service.
        IpAddress client;             // Behind trusted proxies.
        std::uint64_t random = 0;     // Uniform over all 64-bit values.
        Tick now;
    };
    // Null: it may come in. A blocked client is told so rather than that there is too much load. Of
    // two that shed the same service the later one counts.
    const Refusal* pick(const Asked& asked) const;

    static constexpr std::uint16_t any = 0xFFFF;

  private:
    struct Blocked {
        Cidr clients;
        std::uint16_t service = any;
        Tick expires;
        Refusal refusal;
    };
    struct Shedding {
        std::uint16_t service = any;
        double share = 0;
        Tick expires;
        Refusal refusal;
    };

    std::vector<Blocked> blocked_;
    std::vector<Shedding> shed_;  // The latest first.
};

}  // namespace sg::gateway::guards
