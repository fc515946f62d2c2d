// A small team with its channels, a letter, and notifications folded through the JSON of their
// events, as the ledger does it.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "ops/respond/notify/decide.h"

namespace sg::notify {

constexpr Instant noon{1'795'435'200'000'000'000};  // 2026-11-23T12:00:00Z

inline config::Operations team() {
    using Kind = config::Channel::Kind;
    config::Operations operations;
    operations.public_url = "https://ops.example";
    operations.people["ana"] = {
        .id = "ana", .mail = "ana@example.com", .phone = "+34600000000", .zone = "Europe/Madrid"};
    operations.people["bo"] = {.id = "bo", .mail = "bo@example.com", .zone = "Asia/Singapore"};
    operations.people["dee"] = {.id = "dee"};
    operations.notify["text"] = {
        .kind = Kind::http, .name = "text", .url = "https://sms.example", .place = {3, 1}};
    operations.notify["mail"] = {.kind = Kind::mail, .name = "mail", .place = {1, 1}};
    operations.notify["slack"] = {.kind = Kind::slack, .name = "slack", .place = {2, 1}};
    operations.people["dee"].reach = {"mail", "text"};  // Neither of which reaches her.
    return operations;
}

inline Letter letter(std::int64_t incident, std::string service = "catalog",
                     std::int64_t severity = 2) {
    return {.incident = incident,
            .page = incident,
            .number = 1,
            .severity = severity,
            .service = std::move(service),
            .title = "62 % of requests fail"};
}

// `notification.sent mail`, `notification.failed`, in order.
inline std::vector<std::string> told(const ops::Decision& decision) {
    std::vector<std::string> out;
    for (const auto& event : decision.events) {
        std::string text(ops::row_of(event.kind).name);
        const auto at = event.payload.find("\"channel\":\"");
        if (at != std::string::npos) {
            const auto begin = at + 11;
            text += ' ' + event.payload.substr(begin, event.payload.find('"', begin) - begin);
        }
        out.push_back(text);
    }
    return out;
}

// The tables, in memory.
class World {
  public:
    config::Operations operations = team();
    Instant now = noon;
    std::map<std::string, Notification> notifications;
    std::map<std::string, Sent> sent;
    std::set<std::string> broken;
    std::vector<ops::Action> actions;

    Context context() const { return {operations, now}; }

    Situation situation(const std::string& person, const std::string& origin = {}) const {
        Situation s;
        for (const auto& [id, one] : sent) s.sent.push_back(one);
        for (const auto& [id, one] : notifications) {
            if (one.state == State::waiting && one.person == person) s.waiting.push_back(one);
            if (one.origin == origin) s.siblings.push_back(one);
        }
        s.broken = broken;
        return s;
    }

    std::vector<std::string> happens(const ops::Decision& decision) {
        for (const auto& event : decision.events) fold(event);
        for (const auto& action : decision.actions) actions.push_back(action);
        return told(decision);
    }

    std::vector<std::string> page(const std::string& person, const Letter& about,
                                  oncall::Reach reach = oncall::Reach::preferred) {
        return happens(summon(situation(person), {person, reach, about}, context()));
    }

    std::vector<std::string> receipt(const std::string& id, const Receipt& what) {
        const auto n = notifications.at(id);
        return happens(on_receipt(situation(n.person, n.origin), n, what, context()));
    }

  private:
    void fold(const ops::Event& event) {
        using ops::Kind;
        if (event.kind == Kind::notification_sent || event.kind == Kind::notification_held) {
            const auto n = from_json<Notification>(event.payload).value();
            notifications[n.id] = n;
            std::int64_t severity = 4;
            for (const auto& l : n.letters) severity = std::min(severity, l.severity);
            if (n.state == State::sending)
                sent[n.id] = {n.person, n.channel, n.service, n.purpose, severity, n.due};
        } else if (event.kind == Kind::channel_broken || event.kind == Kind::channel_mended) {
            const auto r = from_json<Reachability>(event.payload).value();
            if (r.broken) broken.insert(r.channel);
            else broken.erase(r.channel);
        } else if (event.kind != Kind::notification_failed) {
            const ops::Recorded record{.at = now, .kind = event.kind, .payload = event.payload};
            auto& row = notifications.at(id_of(record).value());
            row = apply(row, record).value();
        }
    }
};

}  // namespace sg::notify
