#include "gateway/telemetry/story.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/units.h"
#include "gateway/telemetry/advice.h"

namespace sg::gateway {

namespace {

using Json = nlohmann::ordered_json;

// The log may have been cut, edited, or written by another version: a member is what it should be,
// or nothing.
std::string text(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

double number(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_number() ? found->get<double>() : 0;
}

bool flag(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_boolean() && found->get<bool>();
}

std::string milliseconds(double ms) {
    if (ms <= 0) return "-";
    if (ms >= 60'000) return fmt::format("{:.1f} min", ms / 60'000);
    if (ms >= 1'000) return fmt::format("{:.2f} s", ms / 1'000);
    return fmt::format("{:.1f} ms", ms);
}

std::string size(double bytes) {
    if (bytes < 1024) return fmt::format("{:.0f} B", bytes);
    if (bytes < 1024 * 1024) return fmt::format("{:.1f} KiB", bytes / 1024);
    return fmt::format("{:.1f} MiB", bytes / 1024 / 1024);
}

// What strangers sent is shown, but must not command the terminal: the log keeps control characters
// escaped, the parser has turned them back.
std::string printable(std::string in) {
    for (char& c : in)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
    return in;
}

std::string line(std::string_view label, std::string_view value) {
    return value.empty() ? std::string{} : fmt::format("  {:<10} {}\n", label, value);
}

std::string wrapped(std::string_view label, std::string_view value) {
    constexpr std::size_t width = 84;
    std::string out;
    while (!value.empty()) {
        auto end = value.size();
        if (end > width) {
            const auto space = value.rfind(' ', width);
            end = space == std::string_view::npos ? width : space;
        }
        out += fmt::format("  {:<10} {}\n", label, value.substr(0, end));
        label = "";
        value.remove_prefix(std::min(end + 1, value.size()));
    }
    return out;
}

std::string tell_request(const Json& json) {
    auto agent = printable(text(json, "agent"));
    if (!agent.empty()) agent = fmt::format(", {}", agent);
    const auto host = printable(text(json, "host"));
    auto target = printable(text(json, "target"));
    if (target.starts_with('/'))
        target = fmt::format("{}://{}{}", flag(json, "tls") ? "https" : "http", host, target);
    return fmt::format("Request {}\n", printable(text(json, "id"))) +
           line("asked", fmt::format("{} {}", printable(text(json, "method")), target)) +
           line("by", fmt::format("{} ({}{}{})", text(json, "client"), text(json, "protocol"),
                                  flag(json, "tls") ? " over TLS" : "", agent)) +
           line("at", text(json, "time")) + line("trace", text(json, "trace"));
}

std::string tell_routing(const Json& json) {
    const auto route = text(json, "route");
    if (route.empty()) return line("routed", "nowhere: no route was found for it");
    std::string where = fmt::format("route {}", route);
    if (const auto service = text(json, "service"); !service.empty())
        where += fmt::format(", service {}", service);
    if (const auto version = text(json, "version"); !version.empty())
        where += fmt::format(", version {}", version);
    if (const auto endpoint = text(json, "endpoint"); !endpoint.empty())
        where += fmt::format(", endpoint {}", endpoint);
    return line("routed", where);
}

std::string tell_answer(const Json& json) {
    const auto status = number(json, "status");
    const auto first_byte = number(json, "first_byte_ms");
    std::string answer = status > 0 ? fmt::format("{:.0f}", status) : "nothing";
    answer += fmt::format(", over after {}", milliseconds(number(json, "duration_ms")));
    if (first_byte > 0) answer += fmt::format(", first byte after {}", milliseconds(first_byte));
    return line(flag(json, "tunnel") ? "tunnel" : "answered", answer) +
           line("bytes", fmt::format("{} in, {} out", size(number(json, "bytes_in")),
                                     size(number(json, "bytes_out"))));
}

using Cells = std::array<std::string, 7>;

std::string tell_attempts(const Json& json) {
    const auto attempts = json.find("attempts");
    if (attempts == json.end() || !attempts->is_array() || attempts->empty()) return {};
    std::vector<Cells> rows{
        {"", "endpoint", "begun", "connected", "first byte", "status", "ended"}};
    for (const auto& attempt : *attempts) {
        if (!attempt.is_object()) continue;
        const auto status = number(attempt, "status");
        const auto started = number(attempt, "started_ms");
        rows.push_back(
            {std::to_string(rows.size()), text(attempt, "endpoint"),
             started > 0 ? milliseconds(started) : "0 ms",
             flag(attempt, "reused") ? "reused" : milliseconds(number(attempt, "connect_ms")),
             milliseconds(number(attempt, "first_byte_ms")),
             status > 0 ? fmt::format("{:.0f}", status) : "-", text(attempt, "ending")});
    }
    std::array<std::size_t, std::tuple_size_v<Cells>> widths{};
    for (const auto& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    std::string out = "\nAttempts\n";
    for (const auto& row : rows) {
        std::string shown = " ";
        for (std::size_t i = 0; i < row.size(); ++i)
            shown += i + 1 < row.size() ? fmt::format(" {:<{}} ", row[i], widths[i])
                                        : fmt::format(" {}", row[i]);
        out += shown + "\n";
    }
    return out;
}

std::string whose(BlameOf blame) {
    switch (blame) {
        case BlameOf::none: return "nobody's: it went as it should";
        case BlameOf::client: return "the client's";
        case BlameOf::us: return "ours: the gateway, or what it was told";
        case BlameOf::upstream: return "the service's";
    }
    return "unknown";
}

std::string tell_ending(const Json& json) {
    const auto name = text(json, "ending");
    std::string out = fmt::format("\nEnded with {}\n", name.empty() ? "no reason given" : name);
    const auto ending = ending_named(name);
    if (!ending) return out + line("", "this program does not know that ending");
    const auto& row = row_of(*ending);
    out += line("means", row.sentence);
    out += wrapped("detail", printable(text(json, "detail")));
    out += line("whose", whose(row.blame));
    if (row.token != "-") out += line("error type", row.token);
    return out + wrapped("look at", advice_of(*ending));
}

Result<Json> parse(const LogHit& hit) {
    Json json = Json::parse(hit.line, nullptr, /*allow_exceptions=*/false);
    if (!json.is_object())
        return fail(Errc::invalid_argument, fmt::format("a line of {} is damaged", hit.file),
                    hit.line.substr(0, 200));
    return json;
}

}  // namespace

Result<std::string> tell_story(const LogHit& hit) {
    TRY(const auto json, parse(hit));
    return tell_request(json) + tell_routing(json) + tell_answer(json) + tell_attempts(json) +
           tell_ending(json) + fmt::format("\nFrom {}\n", hit.file);
}

Result<std::string> story_json(const LogHit& hit) {
    TRY(auto json, parse(hit));
    Json out{{"request", json}, {"file", hit.file}};
    if (const auto ending = ending_named(text(json, "ending"))) {
        const auto& row = row_of(*ending);
        out["ending"] = {{"name", row.name},
                         {"error_type", row.token},
                         {"blame", name_of(row.blame)},
                         {"means", row.sentence},
                         {"look_at", advice_of(*ending)}};
    }
    return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string list_hits(const LogSearch& found) {
    std::string out;
    for (const auto& hit : found.hits) {
        const auto json = parse(hit);
        if (!json) continue;
        out += fmt::format("  {}  {}  {:>3.0f}  {:<24} {} {}\n", text(*json, "time"),
                           text(*json, "id"), number(*json, "status"), text(*json, "ending"),
                           printable(text(*json, "method")), printable(text(*json, "target")));
    }
    if (found.more) out += fmt::format("  … more than {}\n", LogSearch::hits_max);
    return out;
}

std::string tell_missing(const LogSearch& found, std::string_view prefix, double sample) {
    std::string out = fmt::format("no request {} in the access log\n", prefix);
    if (found.searched.empty()) return out + "  there is no log yet\n";
    for (const auto& file : found.searched)
        out +=
            fmt::format("  searched {}: {}{}\n", file.path, size(static_cast<double>(file.bytes)),
                        file.first_time.empty() ? "" : ", from " + file.first_time);
    out += "It may be missing because\n";
    if (sample < 1)
        out += fmt::format(
            "  - it ended well: of those only {} are written (telemetry.access_log.sample)\n",
            to_text(Share{sample}));
    const auto& oldest = found.searched.back();
    if (!oldest.first_time.empty())
        out += fmt::format("  - it is older than {}: rotated files beyond that are gone (keep)\n",
                           oldest.first_time);
    out +=
        "  - it has not ended yet: a line is written at the end, tunnels and streams last long\n"
        "  - another gateway served it\n"
        "  - lines were dropped or lost: streamgate_log_lines_total in the metrics says so\n";
    return out;
}

}  // namespace sg::gateway
