#include "ops/respond/subscribers/commands.h"

#include <fmt/format.h>

#include <algorithm>

#include "ops/respond/statuspage/ask.h"
#include "ops/respond/subscribers/ask.h"
#include "ops/respond/subscribers/store.h"

namespace sg::subscribers {

namespace {

const ops::Actor nobody{};
const ops::Actor by_link{"a subscriber", "link"};

Result<void> write(const ops::Turn& turn, const ops::Actor& actor, const ops::Decision& decision) {
    TRY([[maybe_unused]] const auto recorded, ops::record(turn, actor, decision));
    return {};
}

// The row goes with its address.
Result<void> write_removal(const ops::Turn& turn, const ops::Actor& actor,
                           const Subscriber& subscriber, Reason reason) {
    TRY_VOID(forget(turn.tx, subscriber.id));
    return write(turn, actor, remove(subscriber, reason));
}

Result<void> check_components(const ops::Turn& turn, const Components& names) {
    const auto parts = statuspage::parts_of(turn.config);
    for (const auto& name : names)
        if (std::ranges::find(parts, name, &statuspage::Part::name) == parts.end())
            return fail(Errc::invalid_argument, "there is no such component",
                        "take the names that stand on the status page");
    return {};
}

Result<void> check_room(const ops::Turn& turn) {
    TRY(const auto there, count(turn.tx.session()));
    if (there.confirmed < confirmed_most && there.asked < asked_most) return {};
    return fail(Errc::exhausted, "there are too many subscribers", "try again tomorrow");
}

// Whose link it is, if it is one of ours.
Result<std::optional<Subscriber>> signer_of(const ops::Turn& turn, const Claim& claim) {
    TRY(const auto known, contact(turn.tx.session(), claim.link.subscriber));
    // A secret that nobody knows stands for one that is gone: the same time, the same answer.
    const bool is_ours = is_signed(claim, known ? known->secret : "gone");
    if (!known || !is_ours) return std::optional<Subscriber>{};
    return find(turn.tx.session(), claim.link.subscriber);
}

}  // namespace

Result<void> ask(const ops::Turn& turn, const ops::Actor& actor, const Question& question) {
    if (!is_open(turn.config))
        return fail(Errc::not_found, "nobody can subscribe by mail here",
                    "it takes `status_page.subscribe_by`, `ops.listen` and `public_url`");
    TRY_VOID(check_components(turn, question.components));
    TRY(const auto known, contact_at(turn.tx.session(), question.address));
    SubscriberAsked asked{question.id, question.components};
    std::optional<Subscriber> subscriber;
    if (known) {
        asked.subscriber = known->subscriber;
        TRY(subscriber, find(turn.tx.session(), known->subscriber));
    } else {
        TRY_VOID(check_room(turn));
        TRY_VOID(keep(turn.tx, {question.id, question.address, question.secret}));
    }
    return write(turn, actor, ask(subscriber, asked, turn.now));
}

Result<void> confirm(const ops::Turn& turn, const Claim& claim) {
    TRY(const auto subscriber, signer_of(turn, claim));
    constexpr std::int64_t second = 1'000'000'000;
    const bool is_latest =
        subscriber && subscriber->asked_at.ns / second == claim.link.asked_at.ns / second;
    if (!is_latest || turn.now >= subscriber->asked_at + question_lasts)
        return fail(Errc::permission_denied, "this link does not work, or no longer",
                    "open the whole link of the latest mail, or subscribe anew");
    return write(turn, by_link, confirm(*subscriber));
}

Result<void> unsubscribe(const ops::Turn& turn, const Claim& claim) {
    TRY(const auto subscriber, signer_of(turn, claim));
    if (!subscriber) return {};
    return write_removal(turn, by_link, *subscriber, Reason::unsubscribed);
}

Result<void> remove(const ops::Turn& turn, const ops::Actor& actor, const std::string& whom) {
    std::string id = whom;
    if (const auto address = address_of(whom)) {
        TRY(const auto known, contact_at(turn.tx.session(), *address));
        id = known ? known->subscriber : "";
    }
    TRY(const auto subscriber, find(turn.tx.session(), id));
    if (!subscriber)
        return fail(Errc::not_found, "there is no such subscriber",
                    "`streamgate statuspage subscribers` lists them");
    return write_removal(turn, actor, *subscriber, Reason::operators);
}

Result<void> on_expiry(const ops::Turn& turn, const ops::Subject& subject) {
    constexpr std::string_view prefix = "subscriber:";
    if (!subject.starts_with(prefix)) return fail(Errc::internal, "a clock of nobody");
    TRY(const auto subscriber, find(turn.tx.session(), subject.substr(prefix.size())));
    if (!subscriber) return {};
    const auto decision = ring(*subscriber, turn.now);
    if (decision.empty()) return {};
    TRY_VOID(forget(turn.tx, subscriber->id));
    return write(turn, nobody, decision);
}

Result<void> on_published(const ops::Turn& turn, const ops::Recorded& event) {
    const auto& page = turn.config.operations.status_page;
    if (!page || (page->subscribe_by.empty() && page->webhooks.empty())) return {};
    if (event.subjects.empty()) return {};
    const auto& about = event.subjects.front();
    TRY(const auto number, statuspage::update_at(turn.tx.session(), about, event.at));
    if (number == 0) return {};
    return write(turn, nobody, begin(about, number, turn.now));
}

Result<void> on_batch_due(const ops::Turn& turn, const std::string& subject) {
    const auto telling = telling_of(subject);
    if (!telling) return fail(Errc::internal, "a clock of no update");
    const auto& page = turn.config.operations.status_page;
    if (!page) return {};
    TRY(const auto said, statuspage::said(turn.tx.session(), turn.config,
                                          {telling->about, telling->update}, turn.now));
    if (!said) return {};
    Batch batch{.concerned = said->components};
    if (telling->after.empty())
        for (const auto& [name, hook] : page->webhooks)
            if (concerns(hook.components, said->components)) batch.webhooks.push_back(name);
    if (!page->subscribe_by.empty()) {
        TRY(batch.next, next_confirmed(turn.tx.session(), telling->after, batch_most));
    }
    return write(turn, nobody, tell(*telling, batch, turn.now));
}

Result<void> on_result(const ops::Turn& turn, const std::string& body, const Came& came) {
    TRY(const auto letter, from_json<Letter>(body));
    std::optional<Subscriber> subscriber;
    if (letter.webhook.empty()) {
        TRY(subscriber, find(turn.tx.session(), letter.subscriber));
    }
    const auto decision = on_result(letter, subscriber, came, turn.now);
    for (const auto& event : decision.events)
        if (event.kind == ops::Kind::subscriber_removed)
            TRY_VOID(forget(turn.tx, letter.subscriber));
    return write(turn, nobody, decision);
}

}  // namespace sg::subscribers
