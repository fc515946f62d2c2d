// Numbers and texts as few bytes: how roll-ups are kept. What is read back may be damaged: an
// Unpacker that runs out or meets nonsense gives zeros from there on, and is not ok().
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "telemetry/exponential.h"

namespace sg::signals {

class Packer {
  public:
    void number(std::int64_t value);  // Small ones take a byte, of either sign.
    void text(std::string_view value);
    void histogram(const telemetry::ExponentialHistogram& value);
    std::string take() { return std::move(bytes_); }

  private:
    std::string bytes_;
};

class Unpacker {
  public:
    explicit Unpacker(std::string_view bytes) : rest_(bytes) {}

    std::int64_t number();
    std::int64_t number(std::int64_t least, std::int64_t most);  // Others are nonsense.
    std::string text();
    telemetry::ExponentialHistogram histogram();

    bool ok() const { return ok_; }
    bool at_end() const { return ok_ && rest_.empty(); }

  private:
    std::string_view rest_;
    bool ok_ = true;
};

}  // namespace sg::signals
