// Alerts from anybody: reading never crashes, what is read is bounded, and a decision about it can
// be written and read again.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/json.h"
#include "ops/detect/alerts/decide.h"

namespace {

using sg::alerts::Incoming;

sg::Result<Incoming> read(std::uint8_t form, std::string_view body, sg::Instant now) {
    static const std::map<std::string, std::string> mapping{
        {"title", "/alert/name"}, {"service", "/tags/0"}, {"key", "/id"}, {"status", "/state"}};
    switch (form % 4) {
        case 0: return sg::alerts::read_alertmanager_webhook(body, now);
        case 1: return sg::alerts::read_alertmanager_alerts(body, now);
        case 2: return sg::alerts::read_pagerduty(body, now);
        default: return sg::alerts::read_mapped(body, mapping, now);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    constexpr sg::Instant now{1'795'414'951'042'000'000};
    const auto incoming = read(data[0], {reinterpret_cast<const char*>(data) + 1, size - 1}, now);
    if (!incoming) return 0;
    CHECK(incoming->alerts.size() <= sg::alerts::inbox_alerts_max);
    sg::config::Inbox inbox;
    inbox.name = "fuzz";
    for (const auto& alert : incoming->alerts) {
        CHECK(alert.title.size() <= sg::alerts::text_max);
        CHECK(alert.labels.size() <= sg::alerts::labels_max);
        CHECK(alert.starts_at <= now);
        const auto decision = sg::alerts::take_in({}, {}, inbox, alert, now);
        for (const auto& event : decision.events) {
            sg::ops::Recorded recorded;
            recorded.at = now;
            recorded.kind = event.kind;
            recorded.payload = event.payload;
            const auto row = sg::alerts::apply(sg::alerts::Alert{}, recorded);
            CHECK(row.has_value());
            CHECK(row->title == alert.title);
        }
    }
    (void)sg::alerts::pagerduty_reply(*incoming);
    return 0;
}
