#include "operate/mitigations_view.h"

#include <fmt/format.h>

#include "platform/local/table.h"

namespace sg::operate {

namespace {

using platform::local::coloured;
using platform::local::News;
using platform::local::Table;

constexpr const char* nothing = "nothing is proposed or in force\n";

bool is_one_of(const std::string& word, std::initializer_list<std::string_view> words) {
    for (const auto one : words)
        if (word == one) return true;
    return false;
}

std::string until(const Json& m, const char* key, const Screen& screen) {
    const auto at = moment_at(m, key);
    return at && *at > screen.now ? ", " + show_span(*at - screen.now) + " left" : std::string();
}

News news_of(const Json& m) {
    const auto state = text_at(m, "state");
    if (is_one_of(state, {"stuck", "failed"}) || flag_at(m, "harmful")) return News::bad;
    return state == "verified" ? News::good : News::plain;
}

std::string incident_text(const Json& m) {
    const auto incident = number_at(at(m, "wanted"), "incident");
    return incident == 0 ? "-" : incident_name(incident);
}

std::string moment_text(const Json& m, const char* key, const Screen& screen) {
    const auto moment = moment_at(m, key);
    return moment ? show_moment(*moment, screen.now) : std::string();
}

std::string verification_of(const Json& wanted) {
    const Json& verify = at(wanted, "verify");
    const auto inspect = text_at(verify, "inspect");
    return fmt::format("it must help within {}, for {}, by {}", text_at(verify, "within"),
                       text_at(verify, "holds"),
                       inspect.empty() ? "the signals that fired and the requests"
                                       : inspect + " " + text_at(verify, "when"));
}

std::string proposer_of(const Json& m) {
    const Json& wanted = at(m, "wanted");
    auto text = "by " + text_at(m, "proposed_by");
    if (const auto step = text_at(wanted, "step"); !step.empty())
        text += fmt::format(", step {} (streamgate runbook show-run {})", step,
                            number_at(wanted, "run"));
    if (flag_at(wanted, "break_glass")) text += ", with the glass broken";
    return text;
}

// What the platform wrote down, for people where they can read it.
std::string before_of(const Json& m) {
    const auto text = text_at(m, "before");
    const auto before = Json::parse(text, nullptr, false);
    if (before.is_discarded()) return text;
    const Json& in_force = at(before, "in_force");
    if (!in_force.is_object()) return text;
    std::string out;
    for (const auto& [gateway, directives] : in_force.items())
        out += fmt::format("{}{}: {}", out.empty() ? "" : " · ", gateway,
                           directives.empty() ? std::string("as configured") : directives.dump());
    return out;
}

std::string times_of(const Json& m, const Screen& screen) {
    constexpr std::pair<const char*, const char*> all[] = {
        {"proposed_at", "proposed"}, {"approved_at", "approved"}, {"applied_at", "carried out"},
        {"verified_at", "verified"}, {"undone_at", "taken back"}, {"expires_at", "expires"}};
    std::string out;
    const bool over = moment_at(m, "undone_at").has_value();
    for (const auto& [key, word] : all) {
        if (over && std::string_view(key) == "expires_at") continue;
        if (const auto text = moment_text(m, key, screen); !text.empty())
            out += fmt::format("{}{} {}", out.empty() ? "" : " · ", word, text);
    }
    return out;
}

std::string next_of(const Json& m) {
    const auto next = text_at(m, "next");
    if (text_at(m, "state") != "proposed") return next;
    return fmt::format("{0}     or: streamgate mitigate refuse {1} --reason WHY", next,
                       number_at(m, "id"));
}

std::string yes(const Json& object, const char* key, const char* word) {
    return flag_at(object, key) ? word : "no";
}

}  // namespace

bool mitigation_settles(const Json& m) {
    return flag_at(m, "taking_back") || is_one_of(text_at(m, "state"), {"approved", "prepared"});
}

std::string mitigation_state(const Json& m, const Screen& screen) {
    const auto state = text_at(m, "state");
    if (state == "stuck") return "STUCK: it cannot be taken back, and is tried again";
    if (flag_at(m, "taking_back")) return "being taken back";
    if (state == "proposed") return "waits for approval" + until(m, "approve_by", screen);
    if (state == "approved" || state == "prepared") return "being carried out";
    const bool in_force = flag_at(m, "in_force");
    if (state == "applied")
        return (in_force ? "in force, not verified yet" : "done, not verified yet") +
               until(m, "expires_at", screen);
    if (state == "verified")
        return in_force ? "in force, verified" + until(m, "expires_at", screen) : "done, verified";
    if (state == "unhelpful") return flag_at(m, "harmful") ? "did harm" : "did not help";
    if (state == "undone") return flag_at(m, "harmful") ? "taken back: it did harm" : "taken back";
    if (state == "refused") return fmt::format("refused [{}]", text_at(m, "safeguard"));
    return state;
}

std::string mitigation_list(const Json& answer, const Screen& screen) {
    Table table({">ID", "WHAT", "INCIDENT", "BY", "SINCE", "STATE"});
    for (const auto& m : list_at(answer, "mitigations"))
        table.row({fmt::to_string(number_at(m, "id")), text_at(m, "sentence"), incident_text(m),
                   text_at(m, "proposed_by"), moment_text(m, "proposed_at", screen),
                   mitigation_state(m, screen)},
                  news_of(m));
    auto out = switch_line(at(answer, "switch"), screen);
    if (table.empty()) return out + nothing;
    out += table.text(screen.colour);
    for (const auto& m : list_at(answer, "mitigations"))
        if (const auto next = text_at(m, "next"); !next.empty())
            out += fmt::format("next  {}\n", next);
    return out;
}

std::string mitigation_card(const Json& m, const Screen& screen) {
    const Json& wanted = at(m, "wanted");
    auto out = coloured(fmt::format("mitigation {}  {}  {}", number_at(m, "id"),
                                    mitigation_state(m, screen), text_at(m, "sentence")),
                        news_of(m), screen.colour) +
               "\n";
    const auto say = [&](const char* name, const std::string& text) {
        if (!text.empty()) out += fmt::format("{:<11}{}\n", name, text);
    };
    const auto refused = text_at(m, "safeguard");
    if (number_at(wanted, "incident") != 0) say("incident", incident_text(m));
    say("service", text_at(m, "service"));
    say("reason", text_at(wanted, "reason"));
    say("proposed", proposer_of(m));
    if (const auto by = text_at(m, "approved_by"); !by.empty())
        say("approved",
            flag_at(m, "automatic") ? "by its safeguards, nobody was asked" : "by " + by);
    say("verify", verification_of(wanted));
    say("way back", text_at(m, "way_back"));
    say("before", before_of(m));
    say("done", text_at(m, "done"));
    if (!refused.empty()) say("refused", fmt::format("[{}] {}", refused, text_at(m, "why")));
    else if (text_at(m, "why") != text_at(wanted, "reason")) say("now", text_at(m, "why"));
    say("times", times_of(m, screen));
    say("next", next_of(m));
    return out;
}

std::vector<MitigationLine> mitigation_lines(const Json& mitigations, const Screen& screen) {
    std::vector<MitigationLine> lines;
    for (const auto& m : mitigations) {
        const auto next = text_at(m, "next");
        if (next.empty() && !mitigation_settles(m) && text_at(m, "state") != "stuck") continue;
        const bool waits = text_at(m, "state") == "proposed";
        lines.push_back(
            {waits ? "proposed" : "mitigation",
             fmt::format("{} {}: {}{}", number_at(m, "id"), text_at(m, "sentence"),
                         mitigation_state(m, screen), next.empty() ? "" : " · " + next)});
    }
    return lines;
}

std::string switch_text(const Json& one, const Screen& screen) {
    if (!flag_at(one, "off")) return {};
    return fmt::format("OFF since {} ({}): {} · streamgate mitigate on",
                       moment_text(one, "at", screen), text_at(one, "by"), text_at(one, "reason"));
}

std::string switch_line(const Json& one, const Screen& screen) {
    const auto text = switch_text(one, screen);
    if (text.empty()) return {};
    return coloured("mitigation is " + text, News::bad, screen.colour) + "\n";
}

std::string switch_outcome(const Json& one, const Screen& screen) {
    if (!flag_at(one, "off"))
        return "mitigation is on: runbooks propose, and what is `auto` is carried out\n";
    return switch_line(one, screen) +
           "nothing is carried out; what is in force stays, and can be taken back: streamgate "
           "mitigate list\n";
}

std::string tried_mitigation(const Json& answer, const Screen& screen) {
    const auto outcome = text_at(answer, "outcome");
    auto out = text_at(answer, "sentence") + "\n";
    const auto say = [&](const char* name, const std::string& text) {
        if (!text.empty()) out += fmt::format("{:<11}{}\n", name, text);
    };
    say("way back", text_at(answer, "way_back"));
    say("lasts", text_at(answer, "lasts"));
    Table table({"SAFEGUARD", "SAYS", "WHY"});
    for (const auto& one : list_at(answer, "safeguards")) {
        const auto says = text_at(one, "says");
        table.row(
            {text_at(one, "name"), says == "passed_by" ? "passed by" : says, text_at(one, "why")},
            says == "refuses" ? News::bad : News::plain);
    }
    out += table.text(screen.colour);
    out += outcome == "refused" ? "it would be refused\n"
           : outcome == "waits" ? "it would wait for another person's approval\n"
                                : "it would be carried out at once\n";
    return out;
}

std::string verb_list(const Json& answer, const Screen& screen) {
    Table table({"VERB", "PARAMETERS", "WEIGHT", "TAKEN BACK", "DOES"});
    for (const auto& verb : list_at(answer, "verbs")) {
        std::string parameters;
        for (const auto& one : list_at(verb, "parameters"))
            parameters += fmt::format("{0}{1}{2}={3}", parameters.empty() ? "" : " ",
                                      flag_at(one, "required") ? "" : "[", text_at(one, "name"),
                                      flag_at(one, "required") ? "…" : "…]");
        table.row({text_at(verb, "name"), parameters, text_at(verb, "weight"),
                   yes(verb, "taken_back", "yes"), text_at(verb, "does")});
    }
    return table.text(screen.colour) +
           "next  streamgate mitigate do VERB PARAMETER=VALUE… --dry-run\n";
}

std::string safeguard_list(const Json& answer, const Screen& screen) {
    auto out = switch_line(at(answer, "switch"), screen);
    Table table({"SAFEGUARD", "REFUSES WHEN", "SET TO", "BREAK-GLASS"});
    for (const auto& one : list_at(answer, "safeguards"))
        table.row({text_at(one, "name"), text_at(one, "refuses_when"), text_at(one, "set_to"),
                   yes(one, "break_glass", "passes")});
    Table verbs({"VERB", "WEIGHT", "MODE", "WHO SAYS YES", ">THIS HOUR", ">COOLDOWN"});
    for (const auto& verb : list_at(answer, "verbs"))
        verbs.row({text_at(verb, "name"), text_at(verb, "weight"), text_at(verb, "mode"),
                   text_at(verb, "decided_by"),
                   fmt::format("{} of {}", number_at(verb, "used"), number_at(verb, "per_hour")),
                   text_at(verb, "cooldown")});
    return out + table.text(screen.colour) + "\n" + verbs.text(screen.colour);
}

}  // namespace sg::operate
