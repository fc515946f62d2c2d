#include "ops/detect/alerts/groups.h"

#include <fmt/format.h>

#include <algorithm>

#include "ops/detect/alerts/suppression.h"

namespace sg::alerts {

namespace {

bool is_subset(const Fingerprints& part, const std::vector<std::string>& whole) {
    return std::ranges::all_of(
        part, [&](const std::string& one) { return std::ranges::find(whole, one) != whole.end(); });
}

}  // namespace

std::string_view text_of(Tell tell) {
    static constexpr std::string_view words[] = {"nothing",      "first",    "new alerts",
                                                 "all resolved", "resolved", "repeat"};
    return words[static_cast<std::size_t>(tell)];
}

Tell decide_telling(const std::optional<Told>& last, const News& news, TellResolved resolved,
                    Duration repeat, Instant now) {
    if (!last) return news.firing.empty() ? Tell::nothing : Tell::first;
    if (!is_subset(news.firing, last->firing))
        return last->firing.empty() ? Tell::first : Tell::new_alerts;
    // Always: whoever was told of it holds it to be firing.
    if (news.firing.empty()) return last->firing.empty() ? Tell::nothing : Tell::all_resolved;
    if (resolved == TellResolved::yes && !is_subset(news.resolved, last->resolved))
        return Tell::resolved;
    return now - last->at >= repeat ? Tell::repeat : Tell::nothing;
}

std::string group_of(const Alert& alert, const config::Grouping& grouping) {
    const Labels labels = labels_of(alert);
    std::string group;
    for (const std::string& name : grouping.by) {
        if (name == "...") return alert.fingerprint;
        group += fmt::format("{}{}=\"{}\"", group.empty() ? "" : ",", name, label(labels, name));
    }
    return group;
}

std::vector<Telling> tellings(const std::map<std::string, Alert>& open,
                              const std::map<std::string, Told>& told,
                              const config::Grouping& grouping, Instant now) {
    struct Group {
        News news;
        Instant oldest = Instant::never();
    };
    std::map<std::string, Group> groups;
    for (const auto& [name, last] : told)
        for (const auto& fingerprint : last.firing) groups[name].news.resolved.insert(fingerprint);
    for (const auto& [fingerprint, alert] : open) {
        if (alert.state != State::firing || !alert.suppressed_by.empty()) continue;
        Group& group = groups[group_of(alert, grouping)];
        group.news.firing.insert(fingerprint);
        group.news.resolved.erase(fingerprint);
        group.oldest = std::min(group.oldest, alert.fired_at);
    }
    std::vector<Telling> all;
    for (auto& [name, group] : groups) {
        const auto found = told.find(name);
        const auto last = found == told.end() ? std::nullopt : std::optional(found->second);
        const bool is_early =
            last && !last->firing.empty()
                ? now - last->at < grouping.interval
                : !group.news.firing.empty() && now - group.oldest < grouping.wait;
        if (is_early) continue;
        const Tell tell = decide_telling(last, group.news, TellResolved::yes, grouping.repeat, now);
        if (tell != Tell::nothing) all.push_back({name, tell, std::move(group.news)});
    }
    return all;
}

}  // namespace sg::alerts
