#include "ops/respond/notify/commands.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "ops/respond/notify/people.h"
#include "ops/respond/notify/store.h"

namespace sg::notify {

namespace {

const ops::Actor by_itself{.who = "system", .origin = "notify"};

Context context_of(const ops::Turn& turn) { return {turn.config.operations, turn.now}; }

Result<void> put(const ops::Turn& turn, const ops::Decision& decision,
                 const ops::Actor& actor = by_itself) {
    TRY(const auto recorded, ops::record(turn, actor, decision));
    return {};
}

std::string after(std::string_view subject, std::string_view prefix) {
    return std::string(subject.starts_with(prefix) ? subject.substr(prefix.size()) : subject);
}

Company company_of(const Background& background) {
    const auto& page = background.page;
    Company company{.paged = page.people};
    const auto next = static_cast<std::size_t>(page.next_step);
    if (page.state != oncall::PageState::walking || next >= page.policy.steps.size())
        return company;
    const auto& step = page.policy.steps[next];
    const auto word = WordsOf<oncall::Step::To>::words[static_cast<std::size_t>(step.to)];
    company.next = step.to == oncall::Step::To::person ? step.person : std::string(word);
    if (!background.next.empty()) company.next = background.next;
    company.next_at = page.since + step.after;
    return company;
}

Letter letter_of(const oncall::PageSent& sent, const Background& background) {
    const auto& page = background.page;
    return {.incident = sent.incident,
            .page = sent.page,
            .number = sent.number,
            .severity = std::clamp<std::int64_t>(page.severity, 1, 4),
            .service = page.service,
            .title = page.title,
            .briefing = background.briefing,
            .company = company_of(background)};
}

const Letter* about(const Notification& notification, std::int64_t incident) {
    const auto found = std::ranges::find(notification.letters, incident, &Letter::incident);
    return found == notification.letters.end() ? nullptr : &*found;
}

// Waiting ones have told nobody yet, refused ones never did.
bool told_somebody(const Notification& n) {
    return n.purpose == Purpose::page && (n.state == State::delivered || n.state == State::sending);
}

Result<void> tell_one(const ops::Turn& turn, const Notification& before, const Turnout& turnout) {
    Letter letter = *about(before, turnout.incident);
    letter.by = turnout.by;
    if (turnout.purpose != Purpose::acknowledged) letter.ended = turn.now;
    TRY(const auto situation, situation_of(turn.tx, before.person, before.origin, turn.now));
    return put(turn, update(situation, before, letter, turnout.purpose, context_of(turn)));
}

// The test whose time came last; one that is more than a day late is not made up for.
std::optional<NextTest> last_test(const std::string& channel, const config::Operations& operations,
                                  Instant now) {
    std::optional<NextTest> last;
    auto next = next_test(channel, operations, now - 24h);
    for (; next && next->at <= now; next = next_test(channel, operations, next->at)) last = next;
    return last;
}

// Whom a test goes to when nobody was named: whoever asks, or for a channel without addresses of
// people anybody who uses it.
std::string somebody(const ops::Actor& actor, const std::string& channel,
                     const config::Operations& operations) {
    const auto people = people_of(channel, operations);
    if (std::ranges::find(people, actor.who) != people.end()) return actor.who;
    const bool shared = !people.empty() && reached_as(people.front(), channel, operations).empty();
    return shared ? people.front() : std::string();
}

}  // namespace

Result<void> deliver(const ops::Turn& turn, const ops::Recorded& page_sent,
                     const Background& background) {
    TRY(const auto sent, from_json<oncall::PageSent>(page_sent.payload));
    const Summons summons{sent.person, sent.reach, letter_of(sent, background)};
    TRY(const auto situation, situation_of(turn.tx, sent.person, "", turn.now));
    return put(turn, summon(situation, summons, context_of(turn)));
}

namespace {

// Once a day at most, where the table grows but not while somebody waits for a page.
Result<void> drop_old(const ops::Turn& turn) {
    const Instant before = turn.now - kept_for;
    TRY(const auto first, first_ended(turn.tx));
    if (!first || *first > before - 24h) return {};
    TRY(const auto count, count_ended(turn.tx, before));
    ops::Decision decision;
    decision.event(NotificationsDropped{count, before}, {});
    return put(turn, decision);
}

}  // namespace

Result<void> on_result(const ops::Turn& turn, std::string_view action_key, const Receipt& receipt) {
    TRY(const auto notification, find(turn.tx, id_of_key(action_key)));
    if (!notification) return {};  // Its record was erased.
    if (key_of(*notification) != action_key &&
        receipt.outcome != ports::Delivery::Outcome::delivered)
        return {};  // An earlier attempt, which was answered already.
    TRY(const auto situation,
        situation_of(turn.tx, notification->person, notification->origin, turn.now));
    TRY_VOID(put(turn, on_receipt(situation, *notification, receipt, context_of(turn))));
    return drop_old(turn);
}

Result<void> on_due(const ops::Turn& turn, std::string_view subject) {
    TRY(const auto notification, find(turn.tx, after(subject, "notification:")));
    if (!notification) return {};
    return put(turn, release(*notification, context_of(turn)));
}

Result<void> tell(const ops::Turn& turn, const Turnout& turnout) {
    TRY(const auto notifications, of_incident(turn.tx, turnout.incident));
    const auto why = WordsOf<Purpose>::words[static_cast<std::size_t>(turnout.purpose)];
    for (const auto& notification : notifications)
        TRY_VOID(put(turn, drop(notification, turnout.incident, why)));
    std::set<std::pair<std::string, std::string>> told;  // One each: person, channel.
    for (const auto& before : notifications) {
        if (!told_somebody(before) || about(before, turnout.incident) == nullptr) continue;
        const auto as = reached_as(before.person, before.channel, turn.config.operations);
        const bool knows =
            turnout.purpose == Purpose::acknowledged && !as.empty() && as == turnout.by;
        if (knows || !told.emplace(as, before.channel).second) continue;
        TRY_VOID(tell_one(turn, before, turnout));
    }
    return {};
}

Result<void> remind(const ops::Turn& turn, const Reminder& reminder) {
    TRY(const auto situation, situation_of(turn.tx, reminder.person, "", turn.now));
    return put(turn, remind(situation, reminder, context_of(turn)));
}

Result<void> on_acknowledged(const ops::Turn& turn, const ops::Recorded& page_acknowledged) {
    TRY(const auto event, from_json<oncall::PageAcknowledged>(page_acknowledged.payload));
    return tell(turn, {event.incident, Purpose::acknowledged, event.person});
}

Result<std::string> test(const ops::Turn& turn, const ops::Actor& actor, const std::string& channel,
                         const std::string& whom) {
    const auto& operations = turn.config.operations;
    if (!operations.notify.contains(channel))
        return fail(Errc::not_found, fmt::format("there is no channel `{}`", channel),
                    "channels stand under `notify` in the configuration");
    const auto person = whom.empty() ? somebody(actor, channel, operations) : whom;
    if (person.empty())
        return fail(Errc::invalid_argument, fmt::format("who shall `{}` reach?", channel),
                    "say a person, as under `people` in the configuration");
    if (!operations.people.contains(person))
        return fail(Errc::not_found, fmt::format("there is nobody called `{}`", person),
                    "people stand under `people` in the configuration");
    const auto channels = channels_of(person, operations, {});
    if (std::ranges::find(channels, channel) == channels.end())
        return fail(Errc::not_found, fmt::format("`{}` does not reach {}", channel, person),
                    "it is not in their `reach`, or they have no address for it");
    TRY(const auto number, ops::next_number(turn.tx, "notification test"));
    const auto decision = notify::test(channel, person, number, context_of(turn));
    TRY_VOID(put(turn, decision, actor));
    return fmt::format("test.{}/{}/{}", number, person, channel);
}

Result<void> schedule_tests(const ops::Turn& turn) {
    ops::Decision decision;
    for (const auto& [name, channel] : turn.config.operations.notify) {
        const auto next = next_test(name, turn.config.operations, turn.now);
        if (next) decision.set(std::string(test_clock), "channel:" + name, next->at);
        else decision.stop(std::string(test_clock), "channel:" + name);
    }
    return put(turn, decision);
}

Result<void> on_test_due(const ops::Turn& turn, std::string_view subject) {
    const auto channel = after(subject, "channel:");
    const auto& operations = turn.config.operations;
    const auto due = last_test(channel, operations, turn.now);
    if (due) TRY_VOID(test(turn, by_itself, channel, due->person));
    const auto next = next_test(channel, operations, turn.now);
    ops::Decision clocks;
    if (next) clocks.set(std::string(test_clock), std::string(subject), next->at);
    else clocks.stop(std::string(test_clock), std::string(subject));
    return put(turn, clocks);
}

}  // namespace sg::notify
