#include "ops/learn/knowledge/decide.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace sg::knowledge {

namespace {

struct Move {
    State from;
    Verb verb;
    State to;
};

// What is not in this table is refused, and the refusal lists what is possible instead.
constexpr std::array moves = {
    Move{State::draft, Verb::publish, State::in_review},
    Move{State::in_review, Verb::give_back, State::draft},
    Move{State::in_review, Verb::review, State::reviewed},
    Move{State::reviewed, Verb::give_back, State::draft},
    Move{State::reviewed, Verb::close, State::closed},
};

std::vector<ops::Subject> subjects_of(const Postmortem& p) {
    std::vector<ops::Subject> subjects{subject_of_incident(p.incident)};
    if (!p.service.empty()) subjects.push_back("service:" + p.service);
    return subjects;
}

std::vector<ops::Subject> subjects_of(const ActionItem& item) {
    return {subject_of_item(item.id), subject_of_incident(item.incident)};
}

std::string name_of(const Postmortem& p) { return fmt::format("PM-{}", p.incident); }

std::vector<std::string_view> empty_sections(const Postmortem& p) {
    std::vector<std::string_view> keys;
    for (const SectionRow& row : section_rows) {
        const auto found = p.sections.find(std::string(row.key));
        const bool empty = found == p.sections.end() || found->second.empty();
        if (row.required && empty) keys.push_back(row.key);
    }
    return keys;
}

Result<void> check_move(const Postmortem& p, Verb verb) {
    std::vector<std::string_view> possible;
    for (const Move& move : moves) {
        if (move.from != p.state) continue;
        if (move.verb == verb) return {};
        possible.push_back(word(move.verb));
    }
    return fail(Errc::conflict,
                fmt::format("{} is {}: it cannot be changed by `{}`", name_of(p), word(p.state),
                            word(verb)),
                possible.empty() ? std::string("nothing is possible any more")
                                 : fmt::format("possible now: {}", fmt::join(possible, ", ")));
}

Result<void> check_open(const Postmortem& p) {
    if (p.state != State::closed) return {};
    return fail(Errc::conflict, fmt::format("{} is closed", name_of(p)),
                "what is new belongs to the next incident");
}

}  // namespace

ops::Subject subject_of_incident(std::int64_t incident) {
    return fmt::format("incident:{}", incident);
}

ops::Subject subject_of_item(std::int64_t item) { return fmt::format("action_item:{}", item); }

std::int64_t number_of(const ops::Subject& subject) {
    const auto digits = std::string_view(subject).substr(subject.find(':') + 1);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return error == std::errc{} && end == digits.data() + digits.size() ? number : 0;
}

ops::Decision draft(const Postmortem& p, Instant measure_at, Instant now) {
    ops::Decision decision;
    decision.event(PostmortemDrafted{p}, subjects_of(p));
    const auto subject = subject_of_incident(p.incident);
    if (p.required) decision.set(std::string(due_clock), subject, p.due);
    if (measure_at > now) decision.set(std::string(measure_clock), subject, measure_at);
    return decision;
}

ops::Decision measure(const Postmortem& p, const PostmortemMeasured& measured) {
    ops::Decision decision;
    if (p.graph == measured.graph) return decision;
    decision.event(measured, subjects_of(p));
    return decision;
}

Result<ops::Decision> edit(const Postmortem& p, const Edit& edit) {
    TRY_VOID(check_open(p));
    if (std::ranges::find(section_rows, edit.section, &SectionRow::key) == section_rows.end()) {
        std::vector<std::string_view> keys;
        for (const SectionRow& row : section_rows) keys.push_back(row.key);
        return fail(Errc::invalid_argument, fmt::format("there is no section `{}`", edit.section),
                    fmt::format("there are {}", fmt::join(keys, ", ")));
    }
    if (edit.text.size() > section_max)
        return fail(Errc::too_large, fmt::format("a section has {} bytes at most", section_max));
    const auto before = p.sections.find(edit.section);
    if ((before == p.sections.end() ? std::string() : before->second) == edit.text)
        return ops::Decision{};
    if (edit.version != p.version)
        return fail(Errc::conflict,
                    fmt::format("{} was edited meanwhile: it is at version {}, not {}", name_of(p),
                                p.version, edit.version),
                    "read it again, and put your words to what is there now");
    ops::Decision decision;
    decision.event(PostmortemEdited{p.incident, edit.section, edit.text, p.version + 1},
                   subjects_of(p));
    return decision;
}

Result<ops::Decision> decide(const Postmortem& p, const Command& command, Instant now) {
    TRY_VOID(check_move(p, command.verb));
    const auto subjects = subjects_of(p);
    const auto subject = subject_of_incident(p.incident);
    ops::Decision decision;
    switch (command.verb) {
        case Verb::publish:
            if (const auto empty = empty_sections(p); !empty.empty())
                return fail(Errc::conflict,
                            fmt::format("{} has nothing to review yet: {}", name_of(p),
                                        fmt::join(empty, " and ")),
                            fmt::format("streamgate postmortem edit {}", name_of(p)));
            decision.event(PostmortemPublished{p.incident, now - p.drafted_at}, subjects);
            decision.stop(std::string(due_clock), subject);
            break;
        case Verb::give_back:
            decision.event(PostmortemGivenBack{p.incident, command.text}, subjects);
            if (p.required)
                decision.set(std::string(due_clock), subject,
                             std::max(p.due, now + command.remind));
            break;
        case Verb::review:
            decision.event(PostmortemReviewed{p.incident, command.text}, subjects);
            break;
        case Verb::close:
            decision.event(PostmortemClosed{p.incident, command.text}, subjects);
            break;
    }
    return decision;
}

Result<ops::Decision> hand_over(const Postmortem& p, const std::string& owner) {
    TRY_VOID(check_open(p));
    if (owner.empty()) return fail(Errc::invalid_argument, "a post-mortem needs an owner");
    ops::Decision decision;
    if (owner != p.owner) decision.event(PostmortemHandedOver{p.incident, owner}, subjects_of(p));
    return decision;
}

ops::Decision ring(const Postmortem& p, Duration remind, Instant now) {
    ops::Decision decision;
    if (p.state != State::draft) return decision;
    decision.event(PostmortemOverdue{p.incident, p.reminders + 1, p.due}, subjects_of(p));
    decision.set(std::string(due_clock), subject_of_incident(p.incident), now + remind);
    return decision;
}

// --- action items --------------------------------------------------------------------------------

Result<ops::Decision> add(const Postmortem& p, const ActionItem& item, Instant now) {
    TRY_VOID(check_open(p));
    if (item.what.empty()) return fail(Errc::invalid_argument, "what is to be done?");
    if (item.owner.empty())
        return fail(Errc::invalid_argument, "an action item needs an owner", "--owner ana");
    if (item.due <= now)
        return fail(Errc::invalid_argument, "an action item needs a date that is to come",
                    "--due 14d");
    if (item.priority < 1 || item.priority > 4)
        return fail(Errc::invalid_argument, "priorities are 1 (first) to 4");
    ActionItem added = item;
    added.incident = p.incident;
    added.service = p.service;
    added.team = p.team;
    added.state = ItemState::open;
    added.added_at = now;
    ops::Decision decision;
    decision.event(ActionItemAdded{added}, subjects_of(added));
    decision.set(std::string(item_clock), subject_of_item(item.id), item.due);
    return decision;
}

Result<ops::Decision> finish(const ActionItem& item, const std::string& verification) {
    if (item.state == ItemState::done)
        return fail(Errc::conflict, fmt::format("action item {} is done already", item.id));
    const auto shown = verification.empty() ? item.verification : verification;
    // What is to prevent, mitigate or detect can be shown; a process is a promise.
    if (shown.empty() && item.kind != ItemKind::process)
        return fail(Errc::invalid_argument,
                    fmt::format("how does one see that action item {} is done?", item.id),
                    "--verified-by https://… : a test, a drill, a graph");
    ops::Decision decision;
    decision.event(ActionItemDone{item.id, item.what, shown}, subjects_of(item));
    decision.stop(std::string(item_clock), subject_of_item(item.id));
    return decision;
}

ops::Decision ring(const ActionItem& item, Duration remind, Instant now) {
    ops::Decision decision;
    if (item.state != ItemState::open) return decision;
    decision.event(ActionItemOverdue{item.id, item.what, item.owner, item.reminders + 1, item.due},
                   subjects_of(item));
    decision.set(std::string(item_clock), subject_of_item(item.id), now + remind);
    return decision;
}

ops::Decision recur(const std::vector<ActionItem>& items, std::int64_t incident, Instant due) {
    ops::Decision decision;
    for (const ActionItem& item : items) {
        const bool failed = item.kind == ItemKind::prevent && item.state == ItemState::done;
        if (!failed || item.incident == incident) continue;
        decision.event(ActionItemReopened{item.id, item.what, incident, item.incident, due},
                       {subject_of_item(item.id), subject_of_incident(item.incident),
                        subject_of_incident(incident)});
        decision.set(std::string(item_clock), subject_of_item(item.id), due);
    }
    return decision;
}

}  // namespace sg::knowledge
