#include "platform/media/inspect.h"

#include <algorithm>
#include <ctime>
#include <thread>

#include "platform/http/client.h"
#include "platform/media/judge.h"

namespace sg::platform::media {

namespace {

constexpr Duration one_look = 2s;
// Between the looks: so long that something new is due, within reason.
constexpr double looks_apart = 1.6;
constexpr Duration apart_least = 1s;
constexpr std::size_t endpoints_most = 64;

struct Look {
    Playlist list;
    std::string path;  // Of the media playlist, where a multivariant playlist refers to it.
    std::optional<Instant> modified;
};

std::optional<Instant> time_of(const std::string& imf) {
    if (imf.empty()) return std::nullopt;
    std::tm at{};  // Source: RFC 9110 §5.6.7, the form that is sent today.
    if (strptime(imf.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &at) == nullptr) return std::nullopt;
    return Instant{static_cast<std::int64_t>(timegm(&at)) * 1'000'000'000};
}

Result<Look> fetch(const Origin& origin, const std::string& path, Tick deadline) {
    const auto left = std::clamp<Duration>(deadline - steady_now(), 1ms, one_look);
    TRY(const auto response, http::perform({.url = origin.scheme + "://" + origin.endpoint + path,
                                            .headers = {{"Cache-Control", "no-cache"}},
                                            .timeout = left,
                                            .connect_timeout = left,
                                            .ca = origin.ca,
                                            .body_max = playlist_most}));
    if (response.status != 200)
        return fail(Errc::unavailable, "it answers " + std::to_string(response.status));
    TRY(auto list, read_playlist(response.body));
    return Look{std::move(list), path, time_of(response.header("last-modified"))};
}

Result<Look> look_at(const Origin& origin, const std::string& path, Tick deadline) {
    TRY(auto look, fetch(origin, path, deadline));
    if (look.list.form != Playlist::Form::multivariant) return look;
    const auto variant = referred(path, look.list.variant);
    if (variant.empty())
        return fail(Errc::unsupported, "its multivariant playlist refers to another server");
    TRY(auto media, fetch(origin, variant, deadline));
    if (media.list.form == Playlist::Form::multivariant)
        return fail(Errc::protocol_violation, "its multivariant playlist refers to another one");
    return media;
}

Duration pause_of(const std::vector<Seen>& seen, Tick deadline) {
    Duration target = 0ns;
    for (const auto& one : seen)
        if (one.trouble.empty() && one.then.live) target = std::max(target, one.then.target);
    if (target == 0ns) return 0ns;
    const auto wanted =
        std::chrono::duration_cast<Duration>(std::chrono::duration<double>(target) * looks_apart);
    // What is left is shared: as much again for the second look.
    return std::clamp<Duration>(deadline - steady_now() - one_look, 0ns,
                                std::max(wanted, apart_least));
}

}  // namespace

inspect::Findings inspect_playlists(const std::vector<Origin>& origins,
                                    const std::vector<std::string>& paths,
                                    const inspect::Order& order) {
    inspect::Findings findings;
    for (const auto& path : paths) {
        std::vector<Seen> seen;
        std::vector<std::string> media;
        std::vector<Tick> since;
        for (const auto& origin : origins) {
            if (seen.size() == endpoints_most) break;
            auto look = look_at(origin, path, order.deadline);
            auto& one = seen.emplace_back(Seen{.endpoint = origin.endpoint, .at = wall_now()});
            media.push_back(look ? look->path : path);
            since.push_back(steady_now());
            if (!look) one.trouble = look.error().message();
            else one.first = one.then = look->list, one.modified = look->modified;
        }
        const auto pause = pause_of(seen, order.deadline);
        // Rule Zero: that something advances is seen by looking twice, with a moment between.
        if (pause > 0ns) std::this_thread::sleep_for(pause);
        for (std::size_t i = 0; i < seen.size() && pause > 0ns; ++i) {
            if (!seen[i].trouble.empty()) continue;
            auto look = fetch(origins[i], media[i], order.deadline);
            seen[i].at = wall_now();
            seen[i].apart = steady_now() - since[i];
            if (!look) seen[i].trouble = look.error().message();
            else seen[i].then = look->list, seen[i].modified = look->modified;
        }
        findings.push_back(finding_of(path, seen, order.extent.rows));
        findings.push_back(fresh_of(path, seen));
    }
    return findings;
}

}  // namespace sg::platform::media
