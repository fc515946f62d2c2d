// The last seconds of one series, in as little memory as will do: hundreds of series with 900
// seconds each are most of what operations hold. A minute is one block of bytes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ops/detect/signals/tally.h"

namespace sg::signals {

class Seconds {
  public:
    void add(std::int64_t second, const Tally& tally);  // To what that second already has.
    std::optional<Tally> at(std::int64_t second) const;

    // Forgets the minutes that have no second from `first` to `last`.
    void keep(std::int64_t first, std::int64_t last);

  private:
    static constexpr int length = 60;
    struct Minute {
        std::int64_t number = 0;
        std::array<std::uint32_t, length> places{};  // Into `packed`, from 1; 0: nothing there.
        std::string packed;                          // For each: its length, two bytes; a tally.
    };

    Minute& minute(std::int64_t number);
    static void erase(Minute& minute, std::uint32_t place);

    std::vector<Minute> minutes_;  // Ordered.
};

}  // namespace sg::signals
