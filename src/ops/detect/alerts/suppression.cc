#include "ops/detect/alerts/suppression.h"

#include <fmt/format.h>

#include <algorithm>

#include "ops/detect/alerts/intervals.h"

namespace sg::alerts {

SilenceState state_of(const Silence& silence, Instant now) {
    if (silence.over || (silence.ends_at != Instant{} && silence.ends_at <= now))
        return SilenceState::expired;
    return now < silence.starts_at ? SilenceState::pending : SilenceState::active;
}

Labels labels_of(const Alert& alert) {
    Labels labels = alert.labels;
    labels.try_emplace("severity", alert.severity);
    if (!alert.service.empty()) labels.try_emplace("service", alert.service);
    return labels;
}

Suppression::Suppression(const config::Operations& operations, std::span<const Silence> silences,
                         Instant now) {
    for (const auto& inhibition : operations.inhibit) {
        auto source = parse_matchers(inhibition.source);
        auto target = parse_matchers(inhibition.target);
        if (source && target && !source->empty() && !target->empty())
            rules_.push_back({std::move(*source), std::move(*target), inhibition.equal});
    }
    for (const Silence& silence : silences) {
        if (state_of(silence, now) != SilenceState::active) continue;
        if (!silence.interval.empty()) {
            const auto interval = operations.intervals.find(silence.interval);
            if (interval == operations.intervals.end()) continue;
            const auto within = is_within(interval->second, now);
            if (!within || !*within) continue;
        }
        auto matchers = parse_matchers(silence.matchers);
        if (matchers && !matchers->empty())
            silences_.push_back({silence.number, std::move(*matchers)});
    }
}

bool Suppression::is_inhibited(const Rule& rule, const Labels& target, const Labels& source) {
    if (!matches_all(rule.target, target) || !matches_all(rule.source, source)) return false;
    if (matches_all(rule.source, target) && matches_all(rule.target, source)) return false;
    return std::ranges::all_of(rule.equal, [&](const std::string& name) {
        return label(target, name) == label(source, name);
    });
}

std::string Suppression::by(const Alert& alert, const std::map<std::string, Alert>& open) const {
    if (rules_.empty() && silences_.empty()) return {};
    const Labels labels = labels_of(alert);
    for (const Rule& rule : rules_)
        for (const auto& [fingerprint, other] : open) {
            if (fingerprint == alert.fingerprint || other.state != State::firing) continue;
            if (is_inhibited(rule, labels, labels_of(other)))
                return fmt::format("inhibited by {}", other.name);
        }
    for (const Active& silence : silences_)
        if (matches_all(silence.matchers, labels)) return fmt::format("silence {}", silence.number);
    return {};
}

bool Suppression::is_meant(const Silence& silence, const Alert& alert) {
    const auto matchers = parse_matchers(silence.matchers);
    return matchers && !matchers->empty() && matches_all(*matchers, labels_of(alert));
}

}  // namespace sg::alerts
