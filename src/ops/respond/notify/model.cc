#include "ops/respond/notify/model.h"

namespace sg::notify {

void describe(Visitor& v, Briefing& briefing) {
    v.field({.key = "since"}, briefing.since);
    v.field({.key = "impact"}, briefing.impact);
    v.field({.key = "likely"}, briefing.likely);
    v.field({.key = "proposed"}, briefing.proposed);
    v.field({.key = "runbook"}, briefing.runbook);
    v.field({.key = "graph"}, briefing.graph);
    v.field({.key = "contacts"}, briefing.contacts);
    v.field({.key = "next"}, briefing.next);
    v.field({.key = "next_at"}, briefing.next_at);
    v.field({.key = "drill"}, briefing.drill);
}

void describe(Visitor& v, Company& company) {
    v.field({.key = "paged"}, company.paged);
    v.field({.key = "next"}, company.next);
    v.field({.key = "next_at"}, company.next_at);
}

void describe(Visitor& v, Letter& letter) {
    v.field({.key = "incident"}, letter.incident);
    v.field({.key = "page"}, letter.page);
    v.field({.key = "number"}, letter.number);
    v.field({.key = "severity"}, letter.severity);
    v.field({.key = "service"}, letter.service);
    v.field({.key = "title"}, letter.title);
    v.field({.key = "briefing"}, letter.briefing);
    v.field({.key = "company"}, letter.company);
    v.field({.key = "by"}, letter.by);
    v.field({.key = "ended"}, letter.ended);
}

void describe(Visitor& v, Notification& notification) {
    v.field({.key = "id"}, notification.id);
    v.field({.key = "origin"}, notification.origin);
    v.field({.key = "person"}, notification.person);
    v.field({.key = "channel"}, notification.channel);
    v.field({.key = "service"}, notification.service);
    v.field({.key = "purpose"}, notification.purpose);
    v.field({.key = "state"}, notification.state);
    v.field({.key = "letters"}, notification.letters);
    v.field({.key = "more"}, notification.more);
    v.field({.key = "tried"}, notification.tried);
    v.field({.key = "attempt"}, notification.attempt);
    v.field({.key = "begun_at"}, notification.begun_at);
    v.field({.key = "due"}, notification.due);
    v.field({.key = "ended_at"}, notification.ended_at);
    v.field({.key = "detail"}, notification.detail);
    v.field({.key = "told"}, notification.told);
}

void describe(Visitor& v, Reachability& reachability) {
    v.field({.key = "channel"}, reachability.channel);
    v.field({.key = "person"}, reachability.person);
    v.field({.key = "broken"}, reachability.broken);
    v.field({.key = "since"}, reachability.since);
    v.field({.key = "detail"}, reachability.detail);
}

void describe(Visitor& v, Progress& progress) {
    v.field({.key = "id"}, progress.id);
    v.field({.key = "person"}, progress.person);
    v.field({.key = "channel"}, progress.channel);
    v.field({.key = "told"}, progress.told);
    v.field({.key = "attempt"}, progress.attempt);
    v.field({.key = "detail"}, progress.detail);
}

void describe(Visitor& v, NotificationDelayed& event) {
    describe(v, static_cast<Progress&>(event));
    v.field({.key = "due"}, event.due);
}

void describe(Visitor& v, NotificationDelivered& event) {
    describe(v, static_cast<Progress&>(event));
    v.field({.key = "after"}, event.after);
}

void describe(Visitor& v, NotificationFailed& event) {
    v.field({.key = "incident"}, event.incident);
    v.field({.key = "page"}, event.page);
    v.field({.key = "person"}, event.person);
    v.field({.key = "channels"}, event.channels);
    v.field({.key = "told"}, event.told);
    v.field({.key = "detail"}, event.detail);
}

void describe(Visitor& v, NotificationsDropped& event) {
    v.field({.key = "count"}, event.count);
    v.field({.key = "before"}, event.before);
}

}  // namespace sg::notify
