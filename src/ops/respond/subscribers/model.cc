#include "ops/respond/subscribers/model.h"

namespace sg::subscribers {

void describe(Visitor& v, Subscriber& s) {
    v.field({.key = "id"}, s.id);
    v.field({.key = "components"}, s.components);
    v.field({.key = "wanted"}, s.wanted);
    v.field({.key = "confirmed"}, s.confirmed);
    v.field({.key = "asked_at"}, s.asked_at);
    v.field({.key = "confirmed_at"}, s.confirmed_at);
    v.field({.key = "refused"}, s.refused);
}

void describe(Visitor& v, Letter& l) {
    v.field({.key = "subscriber"}, l.subscriber);
    v.field({.key = "webhook"}, l.webhook);
    v.field({.key = "about"}, l.about);
    v.field({.key = "update"}, l.update);
    v.field({.key = "attempt"}, l.attempt);
}

void describe(Visitor& v, SubscriberAsked& e) {
    v.field({.key = "subscriber"}, e.subscriber);
    v.field({.key = "components"}, e.components);
}

void describe(Visitor& v, SubscriberConfirmed& e) { v.field({.key = "subscriber"}, e.subscriber); }

void describe(Visitor& v, SubscriberRemoved& e) {
    v.field({.key = "subscriber"}, e.subscriber);
    v.field({.key = "reason"}, e.reason);
}

void describe(Visitor& v, SubscriberRefused& e) { v.field({.key = "subscriber"}, e.subscriber); }

void describe(Visitor& v, SubscriberReached& e) { v.field({.key = "subscriber"}, e.subscriber); }

void describe(Visitor& v, SubscribersTold& e) {
    v.field({.key = "about"}, e.about);
    v.field({.key = "update"}, e.update);
    v.field({.key = "mails"}, e.mails);
    v.field({.key = "webhooks"}, e.webhooks);
}

void describe(Visitor& v, LetterGivenUp& e) {
    v.field({.key = "to"}, e.to);
    v.field({.key = "about"}, e.about);
    v.field({.key = "update"}, e.update);
    v.field({.key = "attempts"}, e.attempts);
    v.field({.key = "detail"}, e.detail);
}

}  // namespace sg::subscribers
