#include "gateway/telemetry/log_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/text.h"

namespace sg::gateway {

namespace {

constexpr std::size_t piece_size = 1 << 20;
constexpr std::size_t digits_min = 4;
constexpr std::size_t digits_max = 32;

// The value of a text field, found without parsing the line: good enough for the time.
std::string field(std::string_view line, std::string_view key) {
    const auto at = line.find(key);
    if (at == std::string_view::npos) return {};
    const auto from = at + key.size();
    return std::string(line.substr(from, line.find('"', from) - from));
}

void look_at_lines(std::string_view lines, std::string_view needle, const std::string& path,
                   std::vector<LogHit>& hits) {
    for (std::size_t at = lines.find(needle); at != std::string_view::npos;
         at = lines.find(needle, at)) {
        const auto from = lines.rfind('\n', at) + 1;  // npos + 1 is 0: the first line.
        const auto end = std::min(lines.find('\n', at), lines.size());
        hits.push_back({path, std::string(lines.substr(from, end - from))});
        at = end;
        if (hits.size() > LogSearch::hits_max) return;
    }
}

// Quotes within a value are escaped, so the needle `"id":"0123` is found in no value.
void look_at_file(const std::string& path, std::string_view needle, LogSearch& out) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return;
    SearchedFile searched{path, 0, {}};
    std::vector<LogHit> hits;
    std::string piece;  // Ends in an unfinished line, which is kept for the next round.
    while (file && hits.size() <= LogSearch::hits_max) {
        const auto kept = piece.size();
        piece.resize(kept + piece_size);
        file.read(piece.data() + kept, piece_size);
        piece.resize(kept + static_cast<std::size_t>(file.gcount()));
        searched.bytes += static_cast<std::uint64_t>(file.gcount());
        if (searched.first_time.empty()) searched.first_time = field(piece, "\"time\":\"");
        const auto end = file ? piece.rfind('\n') + 1 : piece.size();
        look_at_lines(std::string_view(piece).substr(0, end), needle, path, hits);
        piece.erase(0, end);
    }
    out.searched.push_back(std::move(searched));
    std::ranges::reverse(hits);
    std::ranges::move(hits, std::back_inserter(out.hits));
    if (out.hits.size() <= LogSearch::hits_max) return;
    out.hits.resize(LogSearch::hits_max);
    out.more = true;
}

}  // namespace

Result<std::string> id_prefix(std::string_view typed) {
    std::string prefix;
    for (const char c : to_lower(trim(typed))) {
        if (c == '-') continue;  // As a UUID.
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return fail(Errc::invalid_argument, fmt::format("`{}` is not a request id", typed),
                        "32 hexadecimal digits, as in X-Request-Id and the access log; the first "
                        "few suffice");
        prefix += c;
    }
    if (prefix.size() < digits_min || prefix.size() > digits_max)
        return fail(Errc::invalid_argument, fmt::format("`{}` has {} digits", typed, prefix.size()),
                    fmt::format("give {} to {} of them", digits_min, digits_max));
    return prefix;
}

LogSearch search_log(const std::string& path, std::string_view prefix) {
    const auto needle = fmt::format("\"id\":\"{}", prefix);
    LogSearch out;
    std::error_code error;
    look_at_file(path, needle, out);
    for (int n = 1; out.hits.empty(); ++n) {
        const auto rotated = fmt::format("{}.{}", path, n);
        if (!std::filesystem::exists(rotated, error)) break;
        look_at_file(rotated, needle, out);
    }
    return out;
}

}  // namespace sg::gateway
