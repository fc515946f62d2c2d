#include "ops/respond/statuspage/words.h"

#include <fmt/format.h>

namespace sg::statuspage::words {

namespace {

std::string counted(std::int64_t count, std::string_view noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

// `Our service` where a sentence begins.
std::string opening(const std::vector<std::string>& components) {
    return components.empty() ? std::string("Our service") : words::names(components);
}

std::string next_update(const Notice& notice) {
    if (notice.promised <= 0s) return "We will post an update as soon as we know more.";
    return fmt::format("The next update follows within {}.", span(notice.promised));
}

}  // namespace

std::string span(Duration duration) {
    const auto minutes = std::chrono::ceil<std::chrono::minutes>(duration).count();
    if (minutes < 60) return counted(minutes, "minute");
    if (minutes % 60 == 0 && minutes < 48 * 60) return counted(minutes / 60, "hour");
    if (minutes < 48 * 60)
        return counted(minutes / 60, "hour") + " " + counted(minutes % 60, "minute");
    return counted(minutes / (24 * 60), "day");
}

std::string names(const std::vector<std::string>& components) {
    if (components.empty()) return "our service";
    std::string out;
    for (std::size_t i = 0; i < components.size(); ++i) {
        if (i > 0) out += i + 1 == components.size() ? " and " : ", ";
        out += components[i];
    }
    return out;
}

std::string title(Impact impact, const std::vector<std::string>& components) {
    const auto of = components.empty() ? std::string("Service") : names(components);
    switch (impact) {
        case Impact::critical: return of + ": outage";
        case Impact::major: return of + ": partial outage";
        case Impact::minor: return of + ": degraded performance";
        case Impact::none: break;
    }
    return of + ": under investigation";
}

std::string first(const Notice& notice) {
    const auto of = names(notice.components);
    const auto what =
        notice.impact == Impact::critical ? fmt::format("an outage of {}. It may not work", of)
        : notice.impact == Impact::major
            ? fmt::format("a problem with {}. You may see errors or slow responses", of)
            : fmt::format("a problem with {}. Some of you may see errors or slow responses", of);
    return fmt::format("We are investigating {}. {}", what, next_update(notice));
}

std::string still(const Notice& notice) {
    return fmt::format("We are still working on the problem with {}. {}", names(notice.components),
                       next_update(notice));
}

std::string monitoring(const Notice& notice) {
    return fmt::format(
        "{} should work normally again. We are watching whether it stays so before we call it "
        "resolved.",
        opening(notice.components));
}

std::string again(const Notice& notice) {
    return fmt::format("The problem with {} has come back. We are investigating. {}",
                       names(notice.components), next_update(notice));
}

std::string resolved(const Notice& notice) {
    return fmt::format("The problem with {} is resolved. We are sorry for the trouble it caused.",
                       names(notice.components));
}

std::string no_incident(const Notice& notice) {
    return fmt::format("{} works normally. What we reported turned out not to concern you.",
                       opening(notice.components));
}

std::string told_elsewhere(const Notice&) {
    return "This turned out to be part of another incident. Updates follow there.";
}

std::string maintenance_begins(const Maintenance& maintenance) {
    return fmt::format("The announced maintenance of {} has begun.", names(maintenance.components));
}

std::string maintenance_is_over(const Maintenance& maintenance) {
    return fmt::format("The maintenance of {} is completed.", names(maintenance.components));
}

}  // namespace sg::statuspage::words
