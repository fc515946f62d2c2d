#include "ops/respond/notify/ask.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/whole.h"
#include "ops/respond/notify/people.h"
#include "ops/respond/notify/store.h"

namespace sg::notify {

Result<std::vector<ChannelReport>> channel_reports(const store::Tx& tx,
                                                   const config::Operations& operations,
                                                   Instant now) {
    TRY(const auto broken, broken_channels(tx));
    TRY(const auto taken, last_taken(tx));
    TRY(const auto moving, under_way(tx));
    std::vector<ChannelReport> reports;
    for (const auto& name : channels_in_order(operations)) {
        ChannelReport report{.channel = name, .kind = operations.notify.at(name).kind};
        report.people = people_of(name, operations);
        for (const auto& row : broken)
            if (row.channel == name) report.broken.push_back(row);
        for (const auto& last : taken) {
            if (last.channel != name) continue;
            report.taken_at = std::max(report.taken_at, last.at);
            if (last.purpose == Purpose::test) report.tested_at = last.at;
        }
        report.under_way = std::ranges::count(moving, name, &Notification::channel);
        if (const auto next = next_test(name, operations, now)) report.test_due = next->at;
        reports.push_back(std::move(report));
    }
    return reports;
}

std::string Place::text() const { return fmt::format("{}:{}", sent_at.ns, id); }

Result<Place> Place::parse(std::string_view text) {
    const auto colon = text.find(':');
    const auto sent_at = parse_whole<std::int64_t>(text.substr(0, std::min(colon, text.size())));
    if (colon == text.npos || !sent_at)
        return fail(Errc::invalid_argument, fmt::format("`{}` is no place in this list", text),
                    "give back the `next` of the answer before");
    return Place{{*sent_at}, std::string(text.substr(colon + 1))};
}

void describe(Visitor& v, ChannelReport& report) {
    v.field({.key = "channel"}, report.channel);
    v.field({.key = "kind"}, report.kind);
    v.field({.key = "people"}, report.people);
    v.field({.key = "broken"}, report.broken);
    v.field({.key = "under_way"}, report.under_way);
    v.field({.key = "taken_at"}, report.taken_at);
    v.field({.key = "tested_at"}, report.tested_at);
    v.field({.key = "test_due"}, report.test_due);
}

}  // namespace sg::notify
