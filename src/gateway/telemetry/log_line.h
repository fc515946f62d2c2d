// One request that has ended as one line of JSON. Written by hand: this is paid for by every
// request. Whatever bytes a client sends, the line is valid JSON in valid UTF-8, has no line break
// inside, and fits `line_max`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/telemetry/account.h"
#include "gateway/telemetry/registry.h"

namespace sg::gateway {

class LogLine {
  public:
    // Bound: the fields below at their longest, every byte escaped to six.
    static constexpr std::size_t target_max = 4096;
    static constexpr std::size_t text_max = 256;  // Of host, user agent and detail.
    static constexpr std::size_t method_max = 32;
    static constexpr std::size_t line_max = 64 * 1024;

    explicit LogLine(const Registry& registry) : registry_(registry), buffer_(line_max) {}

    // Ends in a line feed; valid until the next call.
    std::string_view format(const Account& account);

  private:
    void put(std::string_view text);
    void put(char c);
    void put_number(std::uint64_t value);
    void put_milliseconds(std::int64_t ns);
    void put_escaped(std::string_view text);
    void put_limited(std::string_view text, std::size_t max);
    void put_text(std::string_view key, std::string_view text, std::size_t max);
    void put_name(std::string_view key, const NameEntry& entry);
    void put_id(std::string_view key, Id128 id);
    void put_time(Instant time);
    void put_client(const IpAddress& address);
    void put_request(const Account& account);
    void put_outcome(const Account& account);
    void put_attempts(const Account& account);

    const Registry& registry_;
    std::vector<char> buffer_;
    char* at_ = nullptr;
    std::string scratch_;              // For text that is not plain ASCII.
    std::int64_t second_ = INT64_MIN;  // What `second_text_` says.
    std::string second_text_;          // 2026-11-23T06:22:31
    IpAddress client_;                 // What `client_text_` says.
    std::string client_text_;
};

}  // namespace sg::gateway
