#include "gateway/telemetry/log_line.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/check.h"
#include "base/text.h"
#include "gateway/telemetry/redact.h"
#include "gateway/telemetry/trace.h"

namespace sg::gateway {

namespace {

constexpr std::string_view cut_mark = "\xE2\x80\xA6";  // An ellipsis: the text was longer.

// Bytes that stand for themselves within a JSON string.
constexpr std::array<bool, 256> make_plain() {
    std::array<bool, 256> plain{};
    for (std::size_t c = 0x20; c < 0x7F; ++c) plain[c] = c != '"' && c != '\\';
    return plain;
}
constexpr auto plain = make_plain();

constexpr std::string_view protocol_names[] = {"HTTP/1.0", "HTTP/1.1", "HTTP/2"};
constexpr std::string_view cache_names[] = {"none", "hit", "miss"};

}  // namespace

// put_limited() bounds what strangers choose, the registry's names come from the configuration: the
// line fits unless a configuration has names of thousands of bytes. Then the line is cut off, and
// format() notices.
void LogLine::put(std::string_view text) {
    if (text.empty()) return;  // An empty view may point nowhere.
    const auto room = static_cast<std::size_t>(buffer_.data() + buffer_.size() - at_);
    const auto size = std::min(room, text.size());
    std::memcpy(at_, text.data(), size);
    at_ += size;
}

void LogLine::put(char c) { put(std::string_view(&c, 1)); }

void LogLine::put_number(std::uint64_t value) {
    char digits[20];
    char* first = digits + sizeof digits;
    do {
        *--first = static_cast<char>('0' + value % 10);
        value /= 10;
    } while (value != 0);
    put(std::string_view(first, static_cast<std::size_t>(digits + sizeof digits - first)));
}

void LogLine::put_milliseconds(std::int64_t ns) {  // To the microsecond.
    const auto us = static_cast<std::uint64_t>(std::max<std::int64_t>(ns, 0) / 1000);
    put_number(us / 1000);
    const auto rest = us % 1000;
    const char fraction[4] = {'.', static_cast<char>('0' + rest / 100),
                              static_cast<char>('0' + rest / 10 % 10),
                              static_cast<char>('0' + rest % 10)};
    put({fraction, 4});
}

void LogLine::put_escaped(std::string_view text) {
    const bool all_plain =
        std::ranges::all_of(text, [](char c) { return plain[static_cast<std::uint8_t>(c)]; });
    if (all_plain) [[likely]] {
        put(text);
        return;
    }
    scratch_.clear();
    append_json_escaped(scratch_, text);
    put(scratch_);
}

void LogLine::put_limited(std::string_view text, std::size_t max) {
    put_escaped(text.substr(0, max));
    if (text.size() > max) put(cut_mark);
}

void LogLine::put_text(std::string_view key, std::string_view text, std::size_t max) {
    if (text.empty()) return;
    put(key);
    put_limited(text, max);
    put('"');
}

void LogLine::put_name(std::string_view key, const NameEntry& entry) {
    if (entry.json.empty()) return;
    put(key);
    put(entry.json);
    put('"');
}

void LogLine::put_id(std::string_view key, Id128 id) {
    put(key);
    const auto hex = to_hex(id);
    put({hex.data(), hex.size()});
    put('"');
}

void LogLine::put_time(Instant time) {
    const auto second = time.ns >= 0 ? time.ns / 1'000'000'000 : 0;
    if (second != second_) {
        second_ = second;
        second_text_ = to_rfc3339({second * 1'000'000'000}).substr(0, 19);
    }
    put(second_text_);
    const auto ms =
        static_cast<std::uint64_t>(std::max<std::int64_t>(time.ns, 0)) / 1'000'000 % 1000;
    const char rest[5] = {'.', static_cast<char>('0' + ms / 100),
                          static_cast<char>('0' + ms / 10 % 10), static_cast<char>('0' + ms % 10),
                          'Z'};
    put({rest, 5});
}

void LogLine::put_client(const IpAddress& address) {
    if (client_text_.empty() || !(client_ == address)) {
        client_ = address;
        client_text_ = address.text();
    }
    put(client_text_);
}

void LogLine::put_request(const Account& a) {
    put("{\"time\":\"");
    put_time(a.started_at);
    put_id("\",\"id\":\"", a.request_id);
    put_id(",\"trace\":\"", a.trace.trace_id);
    put(",\"client\":\"");
    put_client(a.client);
    put_text("\",\"method\":\"", a.method_text.empty() ? "-" : a.method_text, method_max);
    put_text(",\"host\":\"", a.host, text_max);
    put(",\"target\":\"");
    redact_target(a.target.substr(0, target_max), [this](std::string_view t) { put_escaped(t); });
    if (a.target.size() > target_max) put(cut_mark);
    put('"');
    put_name(",\"route\":\"", registry_.routes().at(a.route));
    put_name(",\"service\":\"", registry_.services().at(a.service));
    put_name(",\"version\":\"", registry_.versions().at(a.version));
    put_name(",\"endpoint\":\"", registry_.endpoints().at(a.endpoint));
}

void LogLine::put_outcome(const Account& a) {
    const auto& row = row_of(a.ending);
    put(",\"status\":");
    put_number(a.status);
    put(",\"ending\":\"");
    put(row.name);
    if (row.token != "-") {
        put("\",\"error\":\"");
        put(row.token);
    }
    put("\",\"blame\":\"");
    put(name_of(row.blame));
    put('"');
    put_text(",\"detail\":\"", a.detail, text_max);
    put(",\"duration_ms\":");
    put_milliseconds(a.duration_ns);
    put(",\"first_byte_ms\":");
    put_milliseconds(a.first_byte_ns);
    put(",\"bytes_in\":");
    put_number(a.bytes_in);
    put(",\"bytes_out\":");
    put_number(a.bytes_out);
    put(",\"protocol\":\"");
    put(protocol_names[static_cast<std::size_t>(a.protocol)]);
    put(a.tls ? "\",\"tls\":true" : "\",\"tls\":false");
    put(a.tunnel ? ",\"tunnel\":true" : ",\"tunnel\":false");
    if (a.cache != CacheOutcome::none) {
        put(",\"cache\":\"");
        put(cache_names[static_cast<std::size_t>(a.cache)]);
        put('"');
    }
    put_text(",\"agent\":\"", a.user_agent, text_max);
}

void LogLine::put_attempts(const Account& a) {
    put(",\"attempts\":[");
    const auto count = std::min<std::size_t>(a.attempts, Account::attempts_max);
    for (std::size_t i = 0; i < count; ++i) {
        const AttemptRecord& attempt = a.attempt[i];
        put(i == 0 ? "{\"endpoint\":\"" : ",{\"endpoint\":\"");
        put(registry_.endpoints().at(attempt.endpoint).json);
        put("\",\"ending\":\"");
        put(row_of(attempt.ending).name);
        put("\",\"status\":");
        put_number(attempt.status);
        put(",\"started_ms\":");
        put_milliseconds(attempt.started_ns);
        put(",\"connect_ms\":");
        put_milliseconds(attempt.connect_ns);
        put(",\"first_byte_ms\":");
        put_milliseconds(attempt.first_byte_ns);
        put(attempt.reused ? ",\"reused\":true}" : ",\"reused\":false}");
    }
    put(']');
}

std::string_view LogLine::format(const Account& account) {
    at_ = buffer_.data();
    put_request(account);
    put_outcome(account);
    put_attempts(account);
    put("}\n");
    const auto size = static_cast<std::size_t>(at_ - buffer_.data());
    if (size == buffer_.size())
        [[unlikely]] {  // Names too long for any log: say so rather than break it.
        ODDITY(true);
        return "{\"detail\":\"a line of the access log did not fit\"}\n";
    }
    return {buffer_.data(), size};
}

}  // namespace sg::gateway
