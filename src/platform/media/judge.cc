#include "platform/media/judge.h"

#include <fmt/format.h>

#include <algorithm>

#include "platform/inspect/text.h"

namespace sg::platform::media {

using inspect::Finding;
using inspect::show_seconds;
using inspect::shown;
using inspect::Standing;

namespace {

// A server adds something within 1.5 target durations (RFC 8216 §6.2.2); after three, players that
// begin three segments behind the end have run dry.
constexpr double stale_after = 3;
constexpr double due_after = 1.5;
constexpr Duration target_least = 1s;
constexpr std::size_t text_most = 200;

double in_seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

bool advanced(const Seen& seen) {
    return seen.first.newest != seen.then.newest || seen.first.last != seen.then.last;
}

std::optional<Duration> age_of(const Seen& seen) {
    auto until = seen.then.until;
    // Of the two the later: a clock in the playlist may be that of the recording.
    if (seen.modified && (!until || *seen.modified > *until)) until = seen.modified;
    if (!until) return std::nullopt;
    return std::max<Duration>(seen.at - *until, 0ns);
}

std::string_view word_of(Freshness freshness) {
    constexpr std::string_view words[] = {"fresh", "STALE", "ended", "cannot be read", "not sure"};
    return words[static_cast<std::size_t>(freshness)];
}

std::uint64_t newest_of(const std::vector<Seen>& seen) {
    std::uint64_t newest = 0;
    for (const auto& one : seen)
        if (one.trouble.empty()) newest = std::max(newest, one.then.newest);
    return newest;
}

}  // namespace

Verdict judge(const Seen& seen, std::uint64_t newest_elsewhere) {
    if (!seen.trouble.empty()) return {Freshness::unseen, std::nullopt, seen.trouble};
    const auto& list = seen.then;
    if (!list.live) return {Freshness::ended, std::nullopt, "it has ended, or is on demand"};
    const auto age = age_of(seen);
    const auto target = std::max(list.target, target_least);
    if (list.form == Playlist::Form::hls && newest_elsewhere > list.newest &&
        newest_elsewhere - list.newest >= static_cast<std::uint64_t>(stale_after))
        return {Freshness::stale, age,
                fmt::format("{} segments behind another endpoint", newest_elsewhere - list.newest)};
    if (advanced(seen)) return {Freshness::fresh, age, "it advances"};
    if (list.target == 0ns && list.form == Playlist::Form::dash)
        return {Freshness::unsure, age, "it does not say how often it changes"};
    if (age && in_seconds(*age) > stale_after * in_seconds(target))
        return {Freshness::stale, age,
                fmt::format("nothing new for {}", show_seconds(in_seconds(*age)))};
    if (in_seconds(seen.apart) > stale_after * in_seconds(target))
        return {Freshness::stale, age,
                fmt::format("nothing new within {}", show_seconds(in_seconds(seen.apart)))};
    if (in_seconds(seen.apart) > due_after * in_seconds(target))
        return {Freshness::unsure, age, "something new is overdue"};
    return {age ? Freshness::fresh : Freshness::unsure, age,
            age ? "it is young" : "too short a look to tell"};
}

Finding finding_of(const std::string& path, const std::vector<Seen>& seen, std::uint32_t rows) {
    Finding finding{.what = "service.playlist",
                    .key = "stale",
                    .unit = "count",
                    .threshold = 1,
                    .evidence = {{"endpoint", "playlist", "newest", "age", "why"}, {}, 0}};
    const auto newest = newest_of(seen);
    std::size_t stale = 0, unseen = 0, unsure = 0;
    for (const auto& one : seen) {
        const auto verdict = judge(one, newest);
        stale += verdict.freshness == Freshness::stale ? 1 : 0;
        unseen += verdict.freshness == Freshness::unseen ? 1 : 0;
        unsure += verdict.freshness == Freshness::unsure ? 1 : 0;
        inspect::add_row(finding.evidence,
                         {one.endpoint, std::string(word_of(verdict.freshness)),
                          one.then.form == Playlist::Form::hls ? std::to_string(one.then.newest)
                                                               : shown(one.then.last, text_most),
                          verdict.age ? show_seconds(in_seconds(*verdict.age)) : "-",
                          shown(verdict.why, text_most)},
                         rows);
    }
    const auto bad = stale + unseen;
    finding.value = static_cast<double>(bad);
    finding.standing = bad > 0                 ? Standing::bad
                       : unsure == seen.size() ? Standing::unknown
                                               : Standing::fine;
    finding.title =
        fmt::format("{}: {} of {} endpoints stale", shown(path, text_most), stale, seen.size());
    if (unseen > 0) finding.title += fmt::format(", {} cannot be read", unseen);
    if (bad > 0 && bad < seen.size())
        finding.hint = "drain the endpoints that are behind; the others go on";
    else if (bad > 0)
        finding.hint = "no endpoint has anything new: look at the encoder behind them";
    return finding;
}

Finding fresh_of(const std::string& path, const std::vector<Seen>& seen) {
    const auto newest = newest_of(seen);
    const auto fresh = std::ranges::count_if(
        seen, [&](const Seen& one) { return judge(one, newest).freshness == Freshness::fresh; });
    return {.what = "service.playlist",
            .key = "fresh",
            .standing = Standing::fine,
            .title = fmt::format("{}: {} of {} endpoints fresh", shown(path, text_most), fresh,
                                 seen.size()),
            .value = static_cast<double>(fresh),
            .unit = "count"};
}

}  // namespace sg::platform::media
