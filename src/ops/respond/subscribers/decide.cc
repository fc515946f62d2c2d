#include "ops/respond/subscribers/decide.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace sg::subscribers {

namespace {

constexpr std::uint8_t urgency = 3;  // Behind pages, mitigations and the page itself.
constexpr Duration letter_deadline = 8h;

// 1, 2, 4… up to 60 minutes.
Duration pause_before(std::int64_t attempt) {
    if (attempt <= 1) return 0s;
    return std::min<Duration>(60min, Duration(1min) * (std::int64_t{1} << (attempt - 2)));
}

std::string name_of(const Letter& letter) {
    return letter.webhook.empty() ? letter.subscriber : "webhook/" + letter.webhook;
}

void send(ops::Decision& decision, const Letter& letter, Instant asked_at, Instant now) {
    // The question may be asked more than once: its time tells one from the other.
    const auto what = letter.about.empty() ? fmt::format("question.{}", asked_at.ns)
                                           : fmt::format("{}.{}", letter.about, letter.update);
    decision.action(
        {.kind = std::string(letter_action),
         .key = fmt::format("{}/{}/{}/{}", letter_action, what, name_of(letter), letter.attempt),
         .body = to_json(letter),
         .not_before = now + pause_before(letter.attempt),
         .deadline = letter_deadline,
         .urgency = urgency});
}

std::vector<ops::Subject> subjects_of(const Letter& letter) {
    if (!letter.webhook.empty()) return {letter.about, "webhook:" + letter.webhook};
    if (letter.about.empty()) return {subject_of(letter.subscriber)};
    return {letter.about, subject_of(letter.subscriber)};
}

void give_up(ops::Decision& decision, const Letter& letter, const std::string& detail) {
    decision.event(LetterGivenUp{.to = name_of(letter),
                                 .about = letter.about,
                                 .update = letter.update,
                                 .attempts = letter.attempt,
                                 .detail = detail},
                   subjects_of(letter));
}

template <class Payload>
Payload payload_of(const ops::Recorded& event) {
    return from_json<Payload>(event.payload).value_or(Payload{});
}

}  // namespace

ops::Subject subject_of(const std::string& subscriber) { return "subscriber:" + subscriber; }

// --- one of them ---------------------------------------------------------------------------------

ops::Decision ask(const std::optional<Subscriber>& known, const SubscriberAsked& question,
                  Instant now) {
    ops::Decision decision;
    const auto subject = subject_of(question.subscriber);
    decision.event(question, {subject});
    send(decision, {.subscriber = question.subscriber}, now, now);
    if (!known || !known->confirmed)
        decision.set(std::string(expiry_clock), subject, now + question_lasts);
    return decision;
}

ops::Decision confirm(const Subscriber& subscriber) {
    ops::Decision decision;
    if (subscriber.confirmed && subscriber.components == subscriber.wanted) return decision;
    const auto subject = subject_of(subscriber.id);
    decision.event(SubscriberConfirmed{subscriber.id}, {subject});
    decision.stop(std::string(expiry_clock), subject);
    return decision;
}

ops::Decision remove(const Subscriber& subscriber, Reason reason) {
    ops::Decision decision;
    const auto subject = subject_of(subscriber.id);
    decision.event(SubscriberRemoved{subscriber.id, reason}, {subject});
    decision.stop(std::string(expiry_clock), subject);
    return decision;
}

ops::Decision ring(const Subscriber& subscriber, Instant now) {
    if (subscriber.confirmed || now < subscriber.asked_at + question_lasts) return {};
    return remove(subscriber, Reason::expired);
}

Subscriber apply(Subscriber s, const ops::Recorded& event) {
    using ops::Kind;
    if (event.kind == Kind::subscriber_asked) {
        const auto asked = payload_of<SubscriberAsked>(event);
        s.id = asked.subscriber;
        s.wanted = asked.components;
        s.asked_at = event.at;
    } else if (event.kind == Kind::subscriber_confirmed) {
        s.components = s.wanted;
        if (!s.confirmed) s.confirmed_at = event.at;
        s.confirmed = true;
    } else if (event.kind == Kind::subscriber_refused) {
        ++s.refused;
    } else if (event.kind == Kind::subscriber_reached) {
        s.refused = 0;
    }
    return s;
}

// --- an update -----------------------------------------------------------------------------------

std::string text_of(const Telling& telling) {
    return fmt::format("{}.{}>{}", telling.about, telling.update, telling.after);
}

std::optional<Telling> telling_of(const std::string& text) {
    const auto end = text.find('>');
    const auto dot = text.rfind('.', end);
    if (end == text.npos || dot == text.npos) return std::nullopt;
    Telling telling{.about = text.substr(0, dot), .after = text.substr(end + 1)};
    const char* const first = text.data() + dot + 1;
    const char* const last = text.data() + end;
    const auto [stop, error] = std::from_chars(first, last, telling.update);
    if (error != std::errc{} || stop != last) return std::nullopt;
    return telling;
}

ops::Decision begin(const std::string& about, std::int64_t update, Instant now) {
    ops::Decision decision;
    decision.set(std::string(batch_clock), text_of({about, update, {}}), now);
    return decision;
}

bool concerns(const Components& wanted, const Components& concerned) {
    if (wanted.empty() || concerned.empty()) return true;
    return std::ranges::any_of(wanted, [&](const std::string& name) {
        return std::ranges::find(concerned, name) != concerned.end();
    });
}

ops::Decision tell(const Telling& telling, const Batch& batch, Instant now) {
    ops::Decision decision;
    SubscribersTold told{.about = telling.about, .update = telling.update};
    for (const auto& name : batch.webhooks) {
        send(decision, {.webhook = name, .about = telling.about, .update = telling.update}, {},
             now);
        ++told.webhooks;
    }
    for (const auto& one : batch.next) {
        if (!concerns(one.components, batch.concerned)) continue;
        send(decision, {.subscriber = one.id, .about = telling.about, .update = telling.update}, {},
             now);
        ++told.mails;
    }
    if (told.webhooks + told.mails > 0) decision.event(told, {telling.about});
    if (std::ssize(batch.next) == batch_most)
        decision.set(std::string(batch_clock),
                     text_of({telling.about, telling.update, batch.next.back().id}),
                     now + batch_every);
    return decision;
}

// --- what came of a letter -----------------------------------------------------------------------

ops::Decision on_result(const Letter& letter, const std::optional<Subscriber>& subscriber,
                        const Came& came, Instant now) {
    ops::Decision decision;
    const bool gone = letter.webhook.empty() && !subscriber;
    if (gone) return decision;
    if (came.how == Came::How::taken) {
        if (subscriber && subscriber->refused > 0)
            decision.event(SubscriberReached{subscriber->id}, {subject_of(subscriber->id)});
        return decision;
    }
    if (came.how == Came::How::later && letter.attempt < attempts_max) {
        Letter next = letter;
        ++next.attempt;
        send(decision, next, subscriber ? subscriber->asked_at : Instant{}, now);
        return decision;
    }
    give_up(decision, letter, came.detail);
    if (came.how == Came::How::later || !subscriber) return decision;
    // What could never be confirmed, and what has refused often enough, is not kept.
    if (!subscriber->confirmed || subscriber->refused + 1 >= refusals_max)
        decision.add(remove(*subscriber, Reason::refused));
    else decision.event(SubscriberRefused{subscriber->id}, {subject_of(subscriber->id)});
    return decision;
}

}  // namespace sg::subscribers
