// The nouns of what is learnt, and the payloads of their events.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/describe.h"
#include "base/time.h"
#include "ops/decision/kinds.h"

namespace sg::knowledge {

// `in_review`: published; the promise of the clock is kept. `reviewed`: others agree with it.
enum class State : std::uint8_t { draft, in_review, reviewed, closed };
enum class Verb : std::uint8_t { publish, give_back, review, close };

std::string_view word(State state);
std::string_view word(Verb verb);

// What people write. The key stays; the title is what they see. Source: reference, 3.14.
struct SectionRow {
    std::string_view key;
    std::string_view title;
    std::string_view hint;  // What belongs there.
    bool required;          // Before it is published.
};
inline constexpr std::array section_rows = {
    SectionRow{"summary", "Summary", "two or three sentences for somebody who was not there", true},
    SectionRow{"trigger", "Trigger", "what set it off", false},
    SectionRow{"factors", "Contributing factors", "why it could happen, and why it lasted so long",
               true},
    SectionRow{"resolution", "Resolution", "what ended it", false},
    SectionRow{"well", "What went well", "what should stay as it is", false},
    SectionRow{"badly", "What did not go well", "what cost time", false},
    SectionRow{"lucky", "Where we got lucky", "what would have made it worse", false},
    SectionRow{"lessons", "Lessons", "what the next one on call should know", false},
    SectionRow{"messages", "Messages", "what was told inside and outside", false},
};
inline constexpr std::size_t section_max = 64 << 10;  // Bytes.

// Traffic of the service in one step of the graph.
struct Point {
    Instant at;
    double per_second = 0;
    double error_share = 0;
    double latency_ms_p95 = 0;
    bool operator==(const Point&) const = default;
};
inline constexpr std::size_t points_max = 360;

// What it did to users, from the first bad second until they no longer hurt.
struct Damage {
    Duration lasted{};
    std::int64_t requests = 0;
    std::int64_t failed = 0;
    std::int64_t latency_ms_p95 = 0;
    double budget_share = -1;  // Of the errors budget of its period; -1: there is none.
    std::string worst_route;
    std::string worst_version;
    bool operator==(const Damage&) const = default;
};

struct Postmortem {
    std::int64_t incident = 0;  // Its number is that of its incident: PM-204.
    State state = State::draft;
    std::int64_t version = 0;  // Of what people have written.
    std::int64_t severity = 2;
    std::string title;
    std::string service;
    std::string team;
    std::string owner;
    std::string runbook;
    bool required = false;
    std::vector<std::string>
        keys;  // Of the signals that fired: the same again is the same trouble.
    std::map<std::string, std::string> sections;
    Damage damage;
    Duration step{};  // Of the graph.
    std::vector<Point> graph;
    Instant drafted_at;
    Instant due;  // Not required: Instant{}.
    Instant published_at;
    Instant reviewed_at;
    Instant closed_at;
    std::string reviewed_by;
    std::int64_t reminders = 0;
    bool operator==(const Postmortem&) const = default;
};

enum class ItemKind : std::uint8_t { prevent, mitigate, detect, process };
enum class ItemState : std::uint8_t { open, done };

struct ActionItem {
    std::int64_t id = 0;
    std::int64_t incident = 0;  // Of its post-mortem.
    std::string service;
    std::string team;
    ItemKind kind = ItemKind::prevent;
    std::int64_t priority = 2;  // 1 (first) to 4.
    std::string what;
    std::string owner;
    Instant due;
    ItemState state = ItemState::open;
    std::string verification;  // How one sees that it is done: a link, or words.
    Instant added_at;
    Instant done_at;
    std::int64_t reopened = 0;  // How often.
    std::int64_t recurred = 0;  // The incident that reopened it last.
    std::int64_t reminders = 0;
    bool operator==(const ActionItem&) const = default;
};

// --- events --------------------------------------------------------------------------------------

struct PostmortemDrafted {
    static constexpr ops::Kind kind = ops::Kind::postmortem_drafted;
    Postmortem postmortem;
};
struct PostmortemMeasured {  // What came after it, for the end of the graph.
    static constexpr ops::Kind kind = ops::Kind::postmortem_measured;
    std::int64_t incident = 0;
    Duration step{};
    std::vector<Point> graph;
};
struct PostmortemEdited {
    static constexpr ops::Kind kind = ops::Kind::postmortem_edited;
    std::int64_t incident = 0;
    std::string section;
    std::string text;
    std::int64_t version = 0;  // That it made.
};
struct PostmortemHandedOver {
    static constexpr ops::Kind kind = ops::Kind::postmortem_handed_over;
    std::int64_t incident = 0;
    std::string owner;
};
struct PostmortemPublished {
    static constexpr ops::Kind kind = ops::Kind::postmortem_published;
    std::int64_t incident = 0;
    Duration after{};  // Since it was drafted.
};
struct PostmortemGivenBack {
    static constexpr ops::Kind kind = ops::Kind::postmortem_given_back;
    std::int64_t incident = 0;
    std::string reason;
};
struct PostmortemReviewed {
    static constexpr ops::Kind kind = ops::Kind::postmortem_reviewed;
    std::int64_t incident = 0;
    std::string remark;
};
struct PostmortemClosed {
    static constexpr ops::Kind kind = ops::Kind::postmortem_closed;
    std::int64_t incident = 0;
    std::string remark;
};
struct PostmortemOverdue {
    static constexpr ops::Kind kind = ops::Kind::postmortem_overdue;
    std::int64_t incident = 0;
    std::int64_t reminder = 0;  // 1, 2, 3…
    Instant due;
};
struct ActionItemAdded {
    static constexpr ops::Kind kind = ops::Kind::action_item_added;
    ActionItem added;
};
struct ActionItemDone {
    static constexpr ops::Kind kind = ops::Kind::action_item_done;
    std::int64_t item = 0;
    std::string what;
    std::string verification;
};
struct ActionItemOverdue {
    static constexpr ops::Kind kind = ops::Kind::action_item_overdue;
    std::int64_t item = 0;
    std::string what;
    std::string owner;
    std::int64_t reminder = 0;
    Instant due;
};
struct ActionItemReopened {
    static constexpr ops::Kind kind = ops::Kind::action_item_reopened;
    std::int64_t item = 0;
    std::string what;
    std::int64_t incident = 0;  // That shows it did not prevent it.
    std::int64_t before = 0;    // Of its post-mortem.
    Instant due;                // Again.
};

void describe(Visitor& v, Point& p);
void describe(Visitor& v, Damage& d);
void describe(Visitor& v, Postmortem& p);
void describe(Visitor& v, ActionItem& i);
void describe(Visitor& v, PostmortemDrafted& e);
void describe(Visitor& v, PostmortemMeasured& e);
void describe(Visitor& v, PostmortemEdited& e);
void describe(Visitor& v, PostmortemHandedOver& e);
void describe(Visitor& v, PostmortemPublished& e);
void describe(Visitor& v, PostmortemGivenBack& e);
void describe(Visitor& v, PostmortemReviewed& e);
void describe(Visitor& v, PostmortemClosed& e);
void describe(Visitor& v, PostmortemOverdue& e);
void describe(Visitor& v, ActionItemAdded& e);
void describe(Visitor& v, ActionItemDone& e);
void describe(Visitor& v, ActionItemOverdue& e);
void describe(Visitor& v, ActionItemReopened& e);

}  // namespace sg::knowledge

namespace sg {

template <>
struct WordsOf<knowledge::State> {
    static constexpr std::string_view name = "a state of a post-mortem";
    static constexpr std::string_view words[] = {"draft", "in_review", "reviewed", "closed"};
};
template <>
struct WordsOf<knowledge::ItemKind> {
    static constexpr std::string_view name = "a kind of action item";
    static constexpr std::string_view words[] = {"prevent", "mitigate", "detect", "process"};
};
template <>
struct WordsOf<knowledge::ItemState> {
    static constexpr std::string_view name = "a state of an action item";
    static constexpr std::string_view words[] = {"open", "done"};
};

}  // namespace sg
