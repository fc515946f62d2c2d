// By what an alert is suppressed: inhibited by another one, or silenced. Source: Alertmanager,
// whose order this is: inhibition before silences.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "config/operations.h"
#include "ops/detect/alerts/matchers.h"
#include "ops/detect/alerts/model.h"

namespace sg::alerts {

enum class SilenceState : std::uint8_t { pending, active, expired };
SilenceState state_of(const Silence& silence, Instant now);

// What matchers see: the labels, and `severity` and `service` where the labels do not say.
Labels labels_of(const Alert& alert);

class Suppression {
  public:
    // What cannot be read matches nothing: an alert is rather told once too often.
    Suppression(const config::Operations& operations, std::span<const Silence> silences,
                Instant now);

    // `silence 12`, `inhibited by hard_fault`; empty: it is to be told. An alert that matches both
    // sides of an inhibition cannot be inhibited by another that does.
    std::string by(const Alert& alert, const std::map<std::string, Alert>& open) const;

    // Whether a silence means the alert, now or not.
    static bool is_meant(const Silence& silence, const Alert& alert);

  private:
    struct Rule {
        std::vector<Matcher> source;
        std::vector<Matcher> target;
        std::vector<std::string> equal;
    };
    struct Active {
        std::int64_t number = 0;
        std::vector<Matcher> matchers;
    };
    static bool is_inhibited(const Rule& rule, const Labels& target, const Labels& source);

    std::vector<Rule> rules_;
    std::vector<Active> silences_;
};

}  // namespace sg::alerts
