#include "ops/respond/statuspage/render.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "store/digest.h"

namespace sg::statuspage {

std::string escaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t length = utf8_length(text.substr(i));
        const char c = text[i];
        const bool control = length == 1 && (c < ' ' && c != '\n' && c != '\t');
        if (length == 0 || control || c == 0x7f) {
            out += '?';
            ++i;
            continue;
        }
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\'': out += "&#39;"; break;
            default: out += text.substr(i, length);
        }
        i += length;
    }
    return out;
}

std::string component_id(const std::string& name) {
    return store::sha256_hex("component\n" + name).substr(0, 12);
}

std::string incident_path(const Notice& notice) {
    return fmt::format("incidents/{}.html", notice.id);
}

std::string maintenance_path(const Maintenance& maintenance) {
    return fmt::format("maintenances/{}.html", maintenance.id);
}

Overall overall(const View& view) {
    Condition worst = Condition::operational;
    bool in_maintenance = false;
    for (const auto& shown : view.components) {
        const auto condition = shown.component.condition;
        if (condition == Condition::under_maintenance) in_maintenance = true;
        else worst = std::max(worst, condition);
    }
    bool open = false;
    for (const auto& notice : view.notices) open |= !notice.is_over();
    switch (worst) {
        case Condition::major_outage: return {"critical", "Major outage"};
        case Condition::partial_outage: return {"major", "Partial outage"};
        case Condition::degraded_performance: return {"minor", "Degraded performance"};
        case Condition::operational:
        case Condition::under_maintenance: break;
    }
    if (open) return {"minor", "An incident is open"};
    if (in_maintenance) return {"maintenance", "Maintenance under way"};
    return {"none", "All systems operational"};
}

std::optional<double> uptime(const ComponentShown& component) {
    std::int64_t known = 0, bad = 0;
    for (const auto& day : component.days) {
        known += day.known;
        bad += day.bad;
    }
    if (known == 0) return std::nullopt;
    return 1 - static_cast<double>(bad) / static_cast<double>(known);
}

std::string percent(double share) {
    const double floored = std::floor(share * 10'000 + 1e-9) / 100;
    return floored >= 100 ? "100" : fmt::format("{:.2f}", floored);
}

Files render(const View& view) {
    Files files;
    render_html(view, files);
    render_api(view, files);
    files["history.atom"] = atom(view);
    return files;
}

}  // namespace sg::statuspage
