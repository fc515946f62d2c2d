// The nouns of being on call: who stands in which rotation, what changes that for a while, and the
// page that walks from person to person. Structs with `kind` are the payloads of events.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/describe.h"
#include "base/time.h"
#include "ops/decision/kinds.h"

namespace sg::oncall {

enum class Level : std::uint8_t { primary, secondary, backup };
inline constexpr std::array levels = {Level::primary, Level::secondary, Level::backup};
std::string_view word(Level level);

// --- schedules ----------------------------------------------------------------------------------

// A rotation as it is from an instant on, until the next era of the same team and level. Eras are
// never changed, so that yesterday's shifts stay what they were.
struct Era {
    std::string team;
    Level level = Level::primary;
    Instant from;
    std::vector<std::string> members;  // Empty: the level has nobody.
    std::int64_t plan = 1;             // Counts the changes of timing: slots are numbered anew.
    std::string handover;              // The timing: rotation.h.
    Duration shift{};
    std::string zone;
    std::string since;
    std::int64_t slot = 0;  // The anchor: members[index] stands at this slot.
    std::int64_t index = 0;
};

// For a while somebody takes over, leaves, or both: one in the other's place.
struct Override {
    std::int64_t id = 0;
    std::string team;
    std::optional<Level> level;  // Absent: wherever `leaves` stands; who only takes: primary.
    std::string takes;
    std::string leaves;
    Instant from;
    Instant to;
    std::string why;
    Instant added_at;
    Instant removed_at;  // Instant{}: it is not. What it did before stays.
};

// Fixed shifts in place of the rotations of a team, for a while.
struct FixedShift {
    Level level = Level::primary;
    std::string person;
    Instant from;
    Instant to;
};
struct Temporary {
    std::int64_t id = 0;
    std::string team;
    Instant from;
    Instant to;
    std::vector<FixedShift> shifts;
    std::string why;
    Instant added_at;
    Instant removed_at;
};

// Two people who change the same thing at once both claim the next turn: one of them fails.
struct Claim {
    std::string person;  // Empty: the team's temporary schedules.
    std::int64_t turn = 0;
};

// What the incoming person should know.
struct Note {
    std::int64_t id = 0;
    std::string team;
    Level level = Level::primary;
    std::string text;
    std::string by;
    Instant written_at;
    Instant due;  // The change of shift that it is for.
};

// A calendar that somebody reads without signing in: of one person, or of a team.
struct Feed {
    std::int64_t id = 0;
    std::string person;
    std::string team;
    std::string digest;  // SHA-256 of the token, lower-case hex; the token itself is nowhere.
    Instant opened_at;
    Instant revoked_at;  // Instant{}: it is not.
};

struct RotationChanged : Era {
    static constexpr ops::Kind kind = ops::Kind::rotation_changed;
};
struct OverrideAdded : Override {
    static constexpr ops::Kind kind = ops::Kind::override_added;
    std::vector<Claim> claims;
};
struct OverrideRemoved {
    static constexpr ops::Kind kind = ops::Kind::override_removed;
    std::int64_t id = 0;
    std::string team;
    std::string takes;
    std::string leaves;
};
struct OverridesImported {
    static constexpr ops::Kind kind = ops::Kind::overrides_imported;
    std::string team;
    std::int64_t count = 0;
    std::string digest;  // SHA-256 of the calendar that they came from.
    std::vector<Override> overrides;
    std::vector<Claim> claims;
};
struct TemporaryAdded : Temporary {
    static constexpr ops::Kind kind = ops::Kind::temporary_added;
    std::vector<Claim> claims;
};
struct TemporaryRemoved {
    static constexpr ops::Kind kind = ops::Kind::temporary_removed;
    std::int64_t id = 0;
    std::string team;
};
struct HandoverNoted : Note {
    static constexpr ops::Kind kind = ops::Kind::handover_noted;
};
struct ShiftChanged {
    static constexpr ops::Kind kind = ops::Kind::shift_changed;
    std::string team;
    Level level = Level::primary;
    std::vector<std::string> out;  // Who stood there before; empty: nobody did.
    std::vector<std::string> in;
    std::vector<std::string> notes;
};
struct FeedOpened : Feed {
    static constexpr ops::Kind kind = ops::Kind::feed_opened;
};
struct FeedRevoked {
    static constexpr ops::Kind kind = ops::Kind::feed_revoked;
    std::int64_t id = 0;
};

// --- pages --------------------------------------------------------------------------------------

// What somebody must look at.
struct Trouble {
    std::int64_t incident = 0;
    std::string title;
    std::int64_t severity = 2;  // 1 to 4.
    std::string service;
    std::string team;  // Empty: the service's, or the only one there is.
};

struct Step {
    enum class To : std::uint8_t { primary, secondary, backup, everyone, person };
    To to = To::primary;
    std::string person;
    Duration after{};  // Since the round began.
};

// Stamped on the page when it begins: editing it in the configuration changes the next one.
struct Policy {
    std::vector<Step> steps;
    std::int64_t repeat = 1;
    std::vector<std::string> fallback;
    Duration patience = 5min;  // From the last step to the next round, or to the fallback.
    // Then it is as if nobody had acknowledged; 0: never. PagerDuty's usual time.
    Duration acknowledged_for = 30min;
};

enum class PageState : std::uint8_t { walking, acknowledged, unanswered, stopped };

struct Page {
    std::int64_t id = 0;
    std::int64_t incident = 0;
    std::string title;
    std::int64_t severity = 2;
    std::string service;
    std::string team;
    Policy policy;
    PageState state = PageState::walking;
    std::int64_t round = 0;
    std::int64_t next_step = 0;  // steps.size(): the round waits for its end.
    std::int64_t reached = 0;    // People paged in this round.
    std::int64_t sent = 0;       // Pages sent, ever.
    Instant since;               // When the round began; earlier if empty steps were skipped.
    Instant taken_at;            // When the last step with somebody behind it was.
    Instant begun_at;
    std::string acknowledged_by;
    std::string how;
    Instant acknowledged_at;
    std::vector<std::string> people;  // Who was paged, ever.
};

// By which channels: the person's first that works, or all of them.
enum class Reach : std::uint8_t { preferred, every };

struct PageBegun {
    static constexpr ops::Kind kind = ops::Kind::page_begun;
    std::int64_t page = 0;
    std::int64_t incident = 0;
    std::string title;
    std::int64_t severity = 2;
    std::string service;
    std::string team;
    Policy policy;
};
struct PageSent {
    static constexpr ops::Kind kind = ops::Kind::page_sent;
    std::int64_t page = 0;
    std::int64_t incident = 0;
    std::int64_t number = 0;  // 1, 2, 3… of the page: with it, the key of the delivery.
    std::string person;
    std::int64_t step = 0;  // steps.size(): the fallback.
    std::int64_t round = 0;
    std::string why;  // `primary on call`
    Reach reach = Reach::preferred;
};
struct PageEscalated {
    static constexpr ops::Kind kind = ops::Kind::page_escalated;
    std::int64_t page = 0;
    std::int64_t incident = 0;
    std::int64_t step = 0;  // The one that is taken.
    std::int64_t round = 0;
    std::string to;  // `secondary`, `ana`
    std::string why;
    Instant since;
};
struct PageStepEmpty {
    static constexpr ops::Kind kind = ops::Kind::page_step_empty;
    std::int64_t page = 0;
    std::int64_t incident = 0;
    std::int64_t step = 0;
    std::int64_t round = 0;
    std::string to;
    Instant since;
};
struct PageRepeated {
    static constexpr ops::Kind kind = ops::Kind::page_repeated;
    std::int64_t page = 0;
    std::int64_t incident = 0;
    std::int64_t round = 0;
};
struct PageRaised {
    static constexpr ops::Kind kind = ops::Kind::page_raised;
    std::int64_t page = 0;
    std::int64_t incident = 0;
    std::int64_t severity = 1;
};
struct PageAcknowledged {
    static constexpr ops::Kind kind = ops::Kind::page_acknowledged;
    std::int64_t page = 0;
    std::int64_t incident = 0;
    std::string person;
    std::string how;   // `link`, `cli`, `api`, `slack`
    Duration after{};  // Since the page began.
};
struct PageReopened {
    static constexpr ops::Kind kind = ops::Kind::page_reopened;
    std::int64_t page = 0;
    std::int64_t incident = 0;
    std::string person;  // Whose acknowledgement ran out.
    Duration after{};
};
struct PageUnanswered {
    static constexpr ops::Kind kind = ops::Kind::page_unanswered;
    std::int64_t page = 0;
    std::int64_t incident = 0;
    std::int64_t sent = 0;
    Duration after{};
    std::vector<std::string> fallback;
};
struct PageStopped {
    static constexpr ops::Kind kind = ops::Kind::page_stopped;
    std::int64_t page = 0;
    std::int64_t incident = 0;
    std::string why;  // `mitigated`
};

void describe(Visitor& v, Era& era);
void describe(Visitor& v, Override& it);
void describe(Visitor& v, FixedShift& shift);
void describe(Visitor& v, Temporary& it);
void describe(Visitor& v, Claim& claim);
void describe(Visitor& v, Note& note);
void describe(Visitor& v, Feed& feed);
void describe(Visitor& v, OverrideAdded& event);
void describe(Visitor& v, OverrideRemoved& event);
void describe(Visitor& v, OverridesImported& event);
void describe(Visitor& v, TemporaryAdded& event);
void describe(Visitor& v, TemporaryRemoved& event);
void describe(Visitor& v, ShiftChanged& event);
void describe(Visitor& v, FeedRevoked& event);
void describe(Visitor& v, Step& step);
void describe(Visitor& v, Policy& policy);
void describe(Visitor& v, Page& page);
void describe(Visitor& v, PageBegun& event);
void describe(Visitor& v, PageSent& event);
void describe(Visitor& v, PageEscalated& event);
void describe(Visitor& v, PageStepEmpty& event);
void describe(Visitor& v, PageRepeated& event);
void describe(Visitor& v, PageRaised& event);
void describe(Visitor& v, PageAcknowledged& event);
void describe(Visitor& v, PageReopened& event);
void describe(Visitor& v, PageUnanswered& event);
void describe(Visitor& v, PageStopped& event);

}  // namespace sg::oncall

namespace sg {

template <>
struct WordsOf<oncall::Level> {
    static constexpr std::string_view name = "a level";
    static constexpr std::string_view words[] = {"primary", "secondary", "backup"};
};
template <>
struct WordsOf<oncall::Step::To> {
    static constexpr std::string_view name = "who a step pages";
    static constexpr std::string_view words[] = {"primary", "secondary", "backup", "everyone",
                                                 "person"};
};
template <>
struct WordsOf<oncall::PageState> {
    static constexpr std::string_view name = "a state of a page";
    static constexpr std::string_view words[] = {"walking", "acknowledged", "unanswered",
                                                 "stopped"};
};
template <>
struct WordsOf<oncall::Reach> {
    static constexpr std::string_view name = "a reach";
    static constexpr std::string_view words[] = {"preferred", "every"};
};

}  // namespace sg
