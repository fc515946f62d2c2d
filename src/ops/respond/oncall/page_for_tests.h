// Applies a decision to a page through its events' JSON, as the ledger does it, and tells them.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ops/respond/oncall/decide.h"

namespace sg::oncall {

// `page.sent ana`, `page.escalated secondary`.
inline std::string told(const ops::Event& event) {
    std::string text(ops::row_of(event.kind).name);
    if (event.kind == ops::Kind::page_sent) {
        const auto sent = from_json<PageSent>(event.payload).value();
        text += " " + sent.person + (sent.reach == Reach::every ? " by every channel" : "");
    } else if (event.kind == ops::Kind::page_escalated) {
        text += " " + from_json<PageEscalated>(event.payload).value().to;
    } else if (event.kind == ops::Kind::page_step_empty) {
        text += " " + from_json<PageStepEmpty>(event.payload).value().to;
    } else if (event.kind == ops::Kind::page_acknowledged) {
        text += " " + from_json<PageAcknowledged>(event.payload).value().person;
    } else if (event.kind == ops::Kind::page_reopened) {
        text += " " + from_json<PageReopened>(event.payload).value().person;
    }
    return text;
}

inline void apply_one(Page& page, const ops::Event& event, Instant now) {
    const ops::Recorded recorded{
        .at = now, .kind = event.kind, .subjects = event.subjects, .payload = event.payload};
    const auto applied = apply(page, recorded);
    EXPECT_TRUE(applied) << applied.error().message();
}

inline std::vector<std::string> apply_all(Page& page, const ops::Decision& decision, Instant now) {
    std::vector<std::string> all;
    for (const auto& event : decision.events) {
        apply_one(page, event, now);
        all.push_back(told(event));
    }
    return all;
}

}  // namespace sg::oncall
