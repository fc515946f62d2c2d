// When a group is told: the table of Alertmanager's deduplication, and the times around it.
#include "ops/detect/alerts/groups.h"

#include <gtest/gtest.h>

namespace sg::alerts {
namespace {

constexpr Instant begin{1'795'392'000'000'000'000};

TEST(Groups, DecideTelling) {
    struct Row {
        std::string_view why;
        bool has_last;
        std::vector<std::string> last_firing;
        std::vector<std::string> last_resolved;
        Fingerprints firing;
        Fingerprints resolved;
        Duration age;
        TellResolved resolved_too;
        Tell tell;
    };
    const auto yes = TellResolved::yes;
    const auto no = TellResolved::no;
    const Row rows[] = {
        {"none, any firing", false, {}, {}, {"a"}, {}, 0s, yes, Tell::first},
        {"none, only resolved", false, {}, {}, {}, {"a"}, 0s, yes, Tell::nothing},
        {"had no firing, new firing", true, {}, {"a"}, {"b"}, {}, 1s, yes, Tell::first},
        {"firing not in last", true, {"a"}, {}, {"a", "b"}, {}, 1s, yes, Tell::new_alerts},
        {"another one", true, {"a"}, {}, {"b"}, {"a"}, 1s, no, Tell::new_alerts},
        {"had firing, none now", true, {"a"}, {}, {}, {"a"}, 1s, yes, Tell::all_resolved},
        {"even if nobody asked", true, {"a"}, {}, {}, {"a"}, 1s, no, Tell::all_resolved},
        {"no firing, no firing", true, {}, {"a"}, {}, {"a"}, 9h, yes, Tell::nothing},
        {"some resolved", true, {"a", "b"}, {}, {"a"}, {"b"}, 1s, yes, Tell::resolved},
        {"some resolved, unasked", true, {"a", "b"}, {}, {"a"}, {"b"}, 1s, no, Tell::nothing},
        {"resolved was told", true, {"a"}, {"b"}, {"a"}, {"b"}, 1s, yes, Tell::nothing},
        {"unchanged, old", true, {"a"}, {}, {"a"}, {}, 4h, yes, Tell::repeat},
        {"unchanged", true, {"a"}, {}, {"a"}, {}, 4h - 1s, yes, Tell::nothing},
        {"fewer, unasked, old", true, {"a", "b"}, {}, {"a"}, {"b"}, 4h, no, Tell::repeat},
    };
    for (const Row& row : rows) {
        std::optional<Told> last;
        if (row.has_last) last = Told{"g", row.last_firing, row.last_resolved, begin};
        EXPECT_EQ(
            decide_telling(last, {row.firing, row.resolved}, row.resolved_too, 4h, begin + row.age),
            row.tell)
            << row.why;
    }
}

Alert firing(std::string fingerprint, std::string service, Instant at) {
    Alert alert;
    alert.fingerprint = std::move(fingerprint);
    alert.service = std::move(service);
    alert.state = State::firing;
    alert.fired_at = at;
    return alert;
}

TEST(Groups, WaitIntervalAndRepeat) {
    config::Grouping grouping;
    grouping.wait = 30s;
    std::map<std::string, Alert> open;
    std::map<std::string, Told> told;
    const auto tell = [&](Instant now) {
        std::string text;
        for (const auto& telling : tellings(open, told, grouping, now)) {
            text += std::string(text_of(telling.tell)) + " ";
            Told entry{telling.group, {}, {}, now};
            entry.firing.assign(telling.news.firing.begin(), telling.news.firing.end());
            entry.resolved.assign(telling.news.resolved.begin(), telling.news.resolved.end());
            if (entry.firing.empty()) told.erase(telling.group);
            else told[telling.group] = entry;
        }
        return text;
    };
    open["a"] = firing("a", "catalog", begin);
    EXPECT_EQ(tell(begin + 29s), "");
    open.erase("a");  // Resolved before the wait was over: never told.
    EXPECT_EQ(tell(begin + 31s), "");
    open["a"] = firing("a", "catalog", begin + 60s);
    EXPECT_EQ(tell(begin + 90s), "first ");
    open["b"] = firing("b", "catalog", begin + 100s);
    EXPECT_EQ(tell(begin + 101s), "");  // Within the interval of the group.
    EXPECT_EQ(tell(begin + 90s + 5min), "new alerts ");
    EXPECT_EQ(tell(begin + 91s + 10min), "");
    open.erase("b");
    EXPECT_EQ(tell(begin + 92s + 10min), "resolved ");
    EXPECT_EQ(tell(begin + 92s + 10min + 4h), "repeat ");
    open.erase("a");
    EXPECT_EQ(tell(begin + 92s + 15min + 4h), "all resolved ");
    EXPECT_EQ(tell(begin + 48h), "");
}

TEST(Groups, ByLabelsAndWithoutTheSuppressed) {
    config::Grouping grouping;
    auto one = firing("a", "catalog", begin);
    one.labels["zone"] = "eu";
    EXPECT_EQ(group_of(one, grouping), "service=\"catalog\"");
    grouping.by = {"service", "zone", "team"};
    EXPECT_EQ(group_of(one, grouping), "service=\"catalog\",zone=\"eu\",team=\"\"");
    grouping.by = {"..."};
    EXPECT_EQ(group_of(one, grouping), "a");
    one.suppressed_by = "silence 1";
    EXPECT_TRUE(tellings({{"a", one}}, {}, grouping, begin + 1h).empty());
}

}  // namespace
}  // namespace sg::alerts
