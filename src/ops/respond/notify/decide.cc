#include "ops/respond/notify/decide.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "base/json.h"
#include "ops/respond/notify/compose.h"
#include "ops/respond/notify/people.h"

namespace sg::notify {

namespace {

using ops::Decision;

std::vector<ops::Subject> subjects_of(const Notification& notification) {
    std::vector<ops::Subject> subjects = {"notification:" + notification.id,
                                          "user:" + notification.person};
    for (const auto& letter : notification.letters) {
        if (letter.incident == 0) continue;
        subjects.push_back(fmt::format("incident:{}", letter.incident));
        break;
    }
    return subjects;
}

std::int64_t gravest(const Notification& notification) {
    std::int64_t severity = 4;
    for (const auto& letter : notification.letters) severity = std::min(severity, letter.severity);
    return severity;
}

void reword(Notification& notification) {
    CHECK(!notification.letters.empty());
    const auto first = std::ranges::min_element(notification.letters, {}, &Letter::severity);
    notification.told = told(*first, notification.purpose);
    const auto others =
        static_cast<std::int64_t>(notification.letters.size()) - 1 + notification.more;
    if (others > 0) notification.told += fmt::format(" and {} more", others);
}

template <class Event>
Event progress(const Notification& notification, std::string_view detail) {
    Event event;
    event.id = notification.id;
    event.person = notification.person;
    event.channel = notification.channel;
    event.told = notification.told;
    event.attempt = notification.attempt;
    event.detail = detail;
    return event;
}

// Hands it to the outbox, not before notification.due.
void enqueue(Decision& decision, const Notification& notification) {
    decision.action(
        {.kind = std::string(send_action),
         .key = key_of(notification),
         .body = to_json(notification),
         .not_before = notification.due,
         .deadline = give_up_after,
         .urgency = notification.purpose == Purpose::page ? std::uint8_t{0} : std::uint8_t{1}});
}

void send(Decision& decision, Notification notification, Instant now) {
    notification.state = State::sending;
    notification.due = now;
    decision.event(NotificationSent{notification}, subjects_of(notification));
    enqueue(decision, notification);
}

void hold(Decision& decision, const Notification& notification) {
    decision.event(NotificationHeld{notification}, subjects_of(notification));
    decision.set(std::string(due_clock), "notification:" + notification.id, notification.due);
}

// When one more may go to the person through the channel. What waits counts as sent when it is due.
Instant opens(const Situation& situation, const Notification& notification,
              const Context& context) {
    std::vector<Instant> own;
    std::vector<Instant> all;
    const auto disturbance =
        disturbance_of(notification.channel, notification.purpose, context.operations);
    const auto note = [&](const std::string& person, const std::string& channel, Purpose purpose,
                          Instant at) {
        if (channel != notification.channel || purpose == Purpose::test) return;
        all.push_back(at);
        // Where pages and updates have limits of their own, one does not use up the other's.
        const bool same_kind = disturbance_of(channel, purpose, context.operations) == disturbance;
        if (person == notification.person && same_kind) own.push_back(at);
    };
    for (const auto& sent : situation.sent) note(sent.person, sent.channel, sent.purpose, sent.at);
    for (const auto& held : situation.waiting)
        note(held.person, held.channel, held.purpose, held.due);
    std::ranges::sort(own);
    std::erase_if(all, [&](Instant at) { return at > context.now; });
    std::ranges::sort(all);
    const Instant of_channel = opens_at({&channel_limit, 1}, all, context.now);
    return std::max(of_channel, opens_at(limits_of(disturbance), own, context.now));
}

// The first page of a service, or the first that is so grave, is not held back by what others had
// to say: a storm somewhere else must not hide it.
bool is_news(const Situation& situation, const Notification& notification, Instant now) {
    if (notification.purpose != Purpose::page) return false;
    const auto severity = gravest(notification);
    const auto heard = [&](const Sent& sent) {
        return sent.person == notification.person && sent.service == notification.service &&
               sent.purpose == Purpose::page && sent.severity <= severity &&
               now - sent.at < heard_of;
    };
    return std::ranges::none_of(situation.sent, heard);
}

const Notification* joinable(const Situation& situation, const Notification& notification) {
    const auto found = std::ranges::find_if(situation.waiting, [&](const Notification& held) {
        return held.person == notification.person && held.channel == notification.channel &&
               held.service == notification.service && held.purpose == notification.purpose;
    });
    return found == situation.waiting.end() ? nullptr : &*found;
}

// A page of the same incident takes the place of the one before it.
void join(Notification& held, const Letter& letter) {
    const auto same = std::ranges::find(held.letters, letter.incident, &Letter::incident);
    if (same != held.letters.end()) *same = letter;
    else if (held.letters.size() < letters_max) held.letters.push_back(letter);
    else ++held.more;
    reword(held);
}

void send_or_hold(Decision& decision, const Situation& situation, Notification notification,
                  const Context& context) {
    if (is_news(situation, notification, context.now))
        return send(decision, std::move(notification), context.now);
    if (const auto* waiting = joinable(situation, notification)) {
        Notification held = *waiting;
        join(held, notification.letters.front());
        return hold(decision, held);
    }
    notification.due = opens(situation, notification, context);
    if (notification.due <= context.now)
        return send(decision, std::move(notification), context.now);
    notification.state = State::waiting;
    hold(decision, notification);
}

Notification drafted(const std::string& origin, const std::string& person,
                     const std::string& channel, const Context& context) {
    return {.id = origin + '/' + channel,
            .origin = origin,
            .person = person,
            .channel = channel,
            .begun_at = context.now,
            .due = context.now};
}

void fail_all(Decision& decision, const Notification& notification, std::string_view detail) {
    if (notification.purpose != Purpose::page) return;
    auto channels = notification.tried;
    if (!notification.channel.empty()) channels.push_back(notification.channel);
    for (const auto& letter : notification.letters) {
        NotificationFailed event{letter.incident,
                                 letter.page,
                                 notification.person,
                                 channels,
                                 told(letter, Purpose::page),
                                 std::string(detail)};
        decision.event(event, {fmt::format("incident:{}", letter.incident),
                               fmt::format("page:{}", letter.page), "user:" + notification.person});
    }
}

// Whether somebody may still be reached by it without further doing.
bool hopeful(const Notification& n) {
    return n.state == State::delivered || n.state == State::waiting ||
           n.state == State::withdrawn || (n.state == State::sending && n.attempt < fail_after);
}

bool was_passed_on(const Situation& situation, const Notification& notification) {
    return std::ranges::any_of(situation.siblings, [&](const Notification& n) {
        return std::ranges::find(n.tried, notification.channel) != n.tried.end();
    });
}

struct Rest {
    std::string next;   // The first channel that has not had it; empty: there is none.
    bool hope = false;  // Another channel may still reach the person.
};

Rest rest_of(const Situation& situation, const Notification& notification, const Context& context) {
    std::set<std::string> had(notification.tried.begin(), notification.tried.end());
    had.insert(notification.channel);
    Rest rest;
    for (const auto& sibling : situation.siblings) {
        if (sibling.id == notification.id) continue;
        had.insert(sibling.channel);
        rest.hope |= hopeful(sibling);
    }
    const auto channels = channels_of(notification.person, context.operations, situation.broken);
    const auto next =
        std::ranges::find_if(channels, [&](const auto& name) { return !had.contains(name); });
    if (next != channels.end()) rest.next = *next;
    return rest;
}

// At once: throttles are for those who were reached.
void pass_on(Decision& decision, const Notification& notification, const std::string& channel,
             const Context& context) {
    auto next = drafted(notification.origin, notification.person, channel, context);
    next.service = notification.service;
    next.letters = notification.letters;
    next.more = notification.more;
    next.tried = notification.tried;
    next.tried.push_back(notification.channel);
    reword(next);
    send(decision, std::move(next), context.now);
}

// One hope less. Each notification loses it once, so the last one of an origin to lose it says
// notification.failed, exactly once.
void lose_hope(Decision& decision, const Situation& situation, const Notification& notification,
               std::string_view detail, const Context& context) {
    if (notification.purpose != Purpose::page) return;
    const auto rest = rest_of(situation, notification, context);
    const bool turn_of_next = !was_passed_on(situation, notification) || !rest.hope;
    if (!rest.next.empty() && turn_of_next) pass_on(decision, notification, rest.next, context);
    else if (rest.next.empty() && !rest.hope) fail_all(decision, notification, detail);
}

Reachability reachability(const Notification& notification, std::string_view detail,
                          const Context& context) {
    return {.channel = notification.channel,
            .person = reached_as(notification.person, notification.channel, context.operations),
            .since = context.now,
            .detail = std::string(detail)};
}

void note_broken(Decision& decision, const Situation& situation, const Notification& notification,
                 std::string_view detail, const Context& context) {
    if (situation.broken.contains(notification.channel)) return;
    ChannelBroken event{reachability(notification, detail, context)};
    event.broken = true;
    decision.event(event, {"channel:" + notification.channel});
}

void refuse(Decision& decision, const Situation& situation, const Notification& notification,
            std::string_view detail, const Context& context) {
    decision.event(progress<NotificationRefused>(notification, detail), subjects_of(notification));
    note_broken(decision, situation, notification, detail, context);
    const bool lost_before = notification.attempt >= fail_after;
    if (!lost_before) lose_hope(decision, situation, notification, detail, context);
}

void try_again(Decision& decision, const Situation& situation, const Notification& notification,
               const Receipt& receipt, const Context& context) {
    Notification again = notification;
    const auto wait =
        std::max(back_off(notification.attempt, notification.id), receipt.retry_after);
    again.attempt += 1;
    again.due = context.now + wait;
    auto delayed = progress<NotificationDelayed>(again, receipt.detail);
    delayed.due = again.due;
    decision.event(delayed, subjects_of(notification));
    enqueue(decision, again);

    if (again.attempt == fail_after)
        return lose_hope(decision, situation, again, receipt.detail, context);
    const bool passes_on = notification.attempt == pass_on_after &&
                           notification.purpose == Purpose::page &&
                           !was_passed_on(situation, notification);
    if (!passes_on) return;
    const auto rest = rest_of(situation, notification, context);
    if (!rest.next.empty()) pass_on(decision, notification, rest.next, context);
}

}  // namespace

Decision summon(const Situation& situation, const Summons& summons, const Context& context) {
    const auto& letter = summons.letter;
    const auto origin = fmt::format("{}.{}/{}", letter.page, letter.number, summons.person);
    const auto draft = [&](const std::string& channel) {
        auto notification = drafted(origin, summons.person, channel, context);
        notification.service = letter.service;
        notification.letters = {letter};
        reword(notification);
        return notification;
    };
    const auto channels = channels_of(summons.person, context.operations, situation.broken);
    Decision decision;
    if (channels.empty()) {
        fail_all(decision, draft(""), "there is no channel by which to reach them");
        return decision;
    }
    if (summons.reach == oncall::Reach::every) {
        for (const auto& channel : channels) send(decision, draft(channel), context.now);
        return decision;
    }
    const auto wait = [&](const std::string& channel) {
        const auto notification = draft(channel);
        if (is_news(situation, notification, context.now)) return Duration{0};
        if (const auto* held = joinable(situation, notification)) return held->due - context.now;
        return opens(situation, notification, context) - context.now;
    };
    auto best = std::ranges::find_if(channels, [&](const auto& c) { return wait(c) <= wait_most; });
    if (best == channels.end()) best = std::ranges::min_element(channels, {}, wait);
    send_or_hold(decision, situation, draft(*best), context);
    return decision;
}

Decision update(const Situation& situation, const Notification& before, const Letter& letter,
                Purpose purpose, const Context& context) {
    Decision decision;
    const auto origin =
        fmt::format("{}.{}.{}/{}", letter.page, letter.number,
                    WordsOf<Purpose>::words[static_cast<std::size_t>(purpose)], before.person);
    auto notification = drafted(origin, before.person, before.channel, context);
    notification.purpose = purpose;
    notification.service = letter.service;
    notification.letters = {letter};
    reword(notification);
    send_or_hold(decision, situation, std::move(notification), context);
    return decision;
}

namespace {

bool is_quiet(const std::string& name, const config::Operations& operations) {
    const auto channel = operations.notify.find(name);
    return channel != operations.notify.end() && !channel->second.calls &&
           channel->second.kind != config::Channel::Kind::pagerduty;
}

}  // namespace

Decision remind(const Situation& situation, const Reminder& reminder, const Context& context) {
    const auto channels = channels_of(reminder.person, context.operations, situation.broken);
    const auto quiet = std::ranges::find_if(
        channels, [&](const auto& name) { return is_quiet(name, context.operations); });
    Decision decision;
    if (quiet == channels.end()) return decision;
    auto notification =
        drafted(reminder.key + "/" + reminder.person, reminder.person, *quiet, context);
    notification.purpose = Purpose::reminder;
    notification.service = reminder.service;
    notification.letters = {Letter{.incident = reminder.incident,
                                   .severity = std::clamp<std::int64_t>(reminder.severity, 1, 4),
                                   .service = reminder.service,
                                   .title = reminder.text}};
    reword(notification);
    send_or_hold(decision, situation, std::move(notification), context);
    return decision;
}

Decision release(const Notification& notification, const Context& context) {
    Decision decision;
    if (notification.state != State::waiting) return decision;
    decision.stop(std::string(due_clock), "notification:" + notification.id);
    send(decision, notification, context.now);
    return decision;
}

Decision on_receipt(const Situation& situation, const Notification& notification,
                    const Receipt& receipt, const Context& context) {
    using enum ports::Delivery::Outcome;
    Decision decision;
    const bool late = notification.state != State::sending;  // A duplicate of what is known.
    if (receipt.outcome == delivered) {
        if (notification.state != State::delivered) {
            auto event = progress<NotificationDelivered>(notification, receipt.detail);
            event.after = context.now - notification.begun_at;
            decision.event(event, subjects_of(notification));
        }
        if (situation.broken.contains(notification.channel))
            decision.event(ChannelMended{reachability(notification, receipt.detail, context)},
                           {"channel:" + notification.channel});
        return decision;
    }
    if (late) return decision;
    const bool out_of_time = context.now - notification.begun_at >= give_up_after;
    if (receipt.outcome == permanent || out_of_time)
        refuse(decision, situation, notification, receipt.detail, context);
    else try_again(decision, situation, notification, receipt, context);
    return decision;
}

Decision drop(const Notification& notification, std::int64_t incident, std::string_view why) {
    Decision decision;
    const bool waits = notification.state == State::waiting;
    if (!waits && notification.state != State::sending) return decision;
    Notification rest = notification;
    std::erase_if(rest.letters, [&](const Letter& l) { return l.incident == incident; });
    const bool tells_more = !rest.letters.empty();
    if (rest.letters.size() == notification.letters.size() || (tells_more && !waits))
        return decision;
    if (tells_more) {
        reword(rest);
        hold(decision, rest);
        return decision;
    }
    decision.event(progress<NotificationWithdrawn>(notification, why), subjects_of(notification));
    if (waits) decision.stop(std::string(due_clock), "notification:" + notification.id);
    return decision;
}

Decision test(const std::string& channel, const std::string& person, std::int64_t number,
              const Context& context) {
    Decision decision;
    auto notification =
        drafted(fmt::format("test.{}/{}", number, person), person, channel, context);
    notification.purpose = Purpose::test;
    notification.letters = {Letter{.title = "test"}};
    reword(notification);
    send(decision, std::move(notification), context.now);
    return decision;
}

Duration back_off(std::int64_t attempt, std::string_view key) {
    const auto doublings = std::clamp<std::int64_t>(attempt - 1, 0, 6);
    const Duration base = std::min<Duration>(std::chrono::seconds(1LL << doublings), 60s);
    // FNV-1a: the same everywhere and always, so that a replay gives the same times.
    std::uint64_t hash = 14695981039346656037U + static_cast<std::uint64_t>(attempt);
    for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
    const auto share = static_cast<std::int64_t>(hash >> 20) % 401;  // Of a thousandth: 0 to 400.
    return std::min<Duration>(base * (800 + std::abs(share)) / 1000, 60s);
}

std::string key_of(const Notification& notification) {
    return fmt::format("{}#{}", notification.id, notification.attempt);
}

std::string id_of_key(std::string_view action_key) {
    return std::string(action_key.substr(0, action_key.rfind('#')));
}

Result<std::string> id_of(const ops::Recorded& event) {
    switch (event.kind) {
        case ops::Kind::notification_delayed: {
            TRY(auto delayed, from_json<NotificationDelayed>(event.payload));
            return std::move(delayed.id);
        }
        case ops::Kind::notification_delivered: {
            TRY(auto delivered, from_json<NotificationDelivered>(event.payload));
            return std::move(delivered.id);
        }
        default: {
            TRY(auto progress, from_json<Progress>(event.payload));
            return std::move(progress.id);
        }
    }
}

Result<Notification> apply(Notification notification, const ops::Recorded& event) {
    const auto ended = [&](State state, const Progress& progress) {
        notification.state = state;
        notification.ended_at = event.at;
        notification.detail = progress.detail;
    };
    switch (event.kind) {
        case ops::Kind::notification_delayed: {
            TRY(const auto delayed, from_json<NotificationDelayed>(event.payload));
            notification.attempt = delayed.attempt;
            notification.due = delayed.due;
            notification.detail = delayed.detail;
            return notification;
        }
        case ops::Kind::notification_delivered: {
            TRY(const auto delivered, from_json<NotificationDelivered>(event.payload));
            ended(State::delivered, delivered);
            return notification;
        }
        case ops::Kind::notification_refused: {
            TRY(const auto refused, from_json<NotificationRefused>(event.payload));
            ended(State::refused, refused);
            return notification;
        }
        case ops::Kind::notification_withdrawn: {
            TRY(const auto withdrawn, from_json<NotificationWithdrawn>(event.payload));
            ended(State::withdrawn, withdrawn);
            return notification;
        }
        default: return notification;
    }
}

}  // namespace sg::notify
