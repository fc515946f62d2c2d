#include "ops/respond/oncall/decide.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/units.h"

namespace sg::oncall {

namespace {

bool contains(const std::vector<std::string>& list, const std::string& one) {
    return std::ranges::find(list, one) != list.end();
}

std::int64_t count(const Policy& policy) { return static_cast<std::int64_t>(policy.steps.size()); }

std::vector<std::string> people_of(const Step& step, const Crew& crew) {
    switch (step.to) {
        case Step::To::everyone: return crew.everyone;
        case Step::To::person:
            if (!contains(crew.known, step.person)) return {};
            return {step.person};
        case Step::To::primary:
        case Step::To::secondary:
        case Step::To::backup: break;
    }
    return crew.on_call[static_cast<std::size_t>(step.to)];
}

// By time; those of one moment stay as they were written.
std::vector<Step> in_order(const std::vector<Step>& steps) {
    std::vector<Step> sorted;
    for (const Step& step : steps)
        sorted.insert(std::ranges::upper_bound(sorted, step.after, {}, &Step::after), step);
    return sorted;
}

std::string name_of(const Step& step) {
    if (step.to == Step::To::person) return step.person;
    return std::string(WordsOf<Step::To>::words[static_cast<std::size_t>(step.to)]);
}

std::string why_of(const Step& step) {
    if (step.to == Step::To::person) return "named in the escalation";
    if (step.to == Step::To::everyone) return "everyone of the team";
    return name_of(step) + " on call";
}

Step step_of(const config::EscalationStep& step) {
    if (step.to == config::EscalationStep::To::person)
        return {Step::To::person, step.person, step.after};
    if (step.to == config::EscalationStep::To::everyone)
        return {Step::To::everyone, {}, step.after};
    return {static_cast<Step::To>(step.level), {}, step.after};
}

// A decision as it grows, and the page as it will be: both by the same events.
class Walk {
  public:
    Walk(const Page& page, const Crew& crew, Instant now) : page_(page), crew_(crew), now_(now) {}

    template <class Event>
    void note(Event event) {
        event.page = page_.id;
        event.incident = page_.incident;
        decision_.event(event, {subject_of(page_), incident_subject(page_.incident)});
        apply(page_, event, now_);
    }

    Page& page() { return page_; }
    void send(const std::vector<std::string>& people, PageSent as);
    void take(std::int64_t step);
    void go_on();

    ops::Decision finish() {
        if (page_.state == PageState::walking)
            decision_.set(std::string(clock_step), subject_of(page_), due(page_));
        else decision_.stop(std::string(clock_step), subject_of(page_));
        return std::move(decision_);
    }
    ops::Decision& decision() { return decision_; }

  private:
    std::string why_now(std::int64_t step) const;
    void end_round();

    Page page_;
    const Crew& crew_;
    Instant now_;
    ops::Decision decision_;
    std::vector<std::string> sent_now_;
};

// Nobody is paged twice in one moment.
void Walk::send(const std::vector<std::string>& people, PageSent as) {
    for (const auto& person : people) {
        if (contains(sent_now_, person)) continue;
        sent_now_.push_back(person);
        as.person = person;
        as.number = page_.sent + 1;
        as.round = page_.round;
        note(as);
    }
}

void Walk::take(std::int64_t number) {
    if (number >= count(page_.policy)) return;
    const Step step = page_.policy.steps[static_cast<std::size_t>(number)];
    const auto people = people_of(step, crew_);
    if (people.empty()) {
        // The rest of the round moves up, so that the next step is due now.
        Instant since = page_.since;
        if (number + 1 < count(page_.policy)) {
            const auto after = page_.policy.steps[static_cast<std::size_t>(number) + 1].after;
            since = std::min(since, now_ - after);
        }
        note(PageStepEmpty{
            .step = number, .round = page_.round, .to = name_of(step), .since = since});
        return;
    }
    const bool goes_on = page_.next_step == number;  // Not the first step of a round.
    if (goes_on)
        note(PageEscalated{.step = number,
                           .round = page_.round,
                           .to = name_of(step),
                           .why = step.after == 0s ? "paged at once" : why_now(number),
                           .since = page_.since});
    send(people, {.step = number, .why = why_of(step)});
}

// What is true, not what was planned: an empty step is passed over at once, so that less time went
// by than the policy says; and where nobody was paged, nobody could answer.
std::string Walk::why_now(std::int64_t number) const {
    std::string empty;
    for (auto before = number - 1; before >= 0; --before) {
        const Step& step = page_.policy.steps[static_cast<std::size_t>(before)];
        if (!people_of(step, crew_).empty()) break;
        empty = name_of(step) + (empty.empty() ? "" : " or " + empty);
    }
    if (page_.reached == 0) return fmt::format("nobody stands at {}", empty);
    const auto waited = std::chrono::floor<std::chrono::seconds>(now_ - page_.taken_at);
    return fmt::format("no answer within {}{}", sg::to_text(Duration{waited}),
                       empty.empty() ? "" : "; nobody stands at " + empty);
}

// All that is due by now. Bound: a round cannot begin and end in one moment unless it reaches
// nobody, and then it is the last.
void Walk::go_on() {
    while (page_.state == PageState::walking && due(page_) <= now_) {
        if (page_.next_step < count(page_.policy)) take(page_.next_step);
        else end_round();
    }
}

void Walk::end_round() {
    if (page_.reached > 0 && page_.round < page_.policy.repeat) {
        note(PageRepeated{.round = page_.round + 1});
        take(0);
        return;
    }
    note(PageUnanswered{
        .sent = page_.sent, .after = now_ - page_.begun_at, .fallback = page_.policy.fallback});
    send(page_.policy.fallback,
         {.step = count(page_.policy), .why = "nobody answered: fallback", .reach = Reach::every});
}

std::unexpected<Error> has_stopped(const Page& page) {
    return fail(Errc::conflict, fmt::format("page {} has stopped", page.id),
                fmt::format("see incident {}: it is mitigated or over", page.incident));
}

}  // namespace

ops::Subject subject_of(const Page& page) { return fmt::format("page:{}", page.id); }
ops::Subject incident_subject(std::int64_t incident) {
    return fmt::format("incident:{}", incident);
}

Instant due(const Page& page) {
    const auto& steps = page.policy.steps;
    if (page.next_step < count(page.policy))
        return page.since + steps[static_cast<std::size_t>(page.next_step)].after;
    if (page.reached == 0) return page.since;  // Nobody to wait for.
    return page.taken_at + page.policy.patience;
}

Policy policy_of(const config::Team* team, const Trouble& trouble, const Crew& crew) {
    Policy policy;
    if (team != nullptr) {
        policy.repeat = team->repeat;
        for (const auto& step : team->escalate) policy.steps.push_back(step_of(step));
        if (policy.steps.empty())
            policy.steps = {{Step::To::primary, {}, 0s},
                            {Step::To::secondary, {}, 5min},
                            {Step::To::backup, {}, 15min},
                            {Step::To::everyone, {}, 30min}};
        if (trouble.severity == 1) {
            const auto is_secondary = [](const Step& s) { return s.to == Step::To::secondary; };
            auto found = std::ranges::find_if(policy.steps, is_secondary);
            if (found == policy.steps.end()) policy.steps.push_back({Step::To::secondary, {}, 0s});
            else found->after = 0s;
        }
        policy.steps = in_order(policy.steps);
        for (const auto& person : team->fallback)
            if (contains(crew.known, person)) policy.fallback.push_back(person);
    }
    if (policy.fallback.empty()) policy.fallback = crew.everyone;
    if (policy.fallback.empty()) policy.fallback = crew.known;
    return policy;
}

ops::Decision begin(const Page& page, const Crew& crew, Instant now) {
    Walk walk(page, crew, now);
    PageBegun begun{page.id,      page.incident, page.title, page.severity,
                    page.service, page.team,     page.policy};
    walk.decision().event(begun, {subject_of(page), incident_subject(page.incident)});
    walk.page() = apply(begun, now);
    walk.take(0);
    walk.go_on();
    return walk.finish();
}

ops::Decision advance(const Page& page, const Crew& crew, Instant now) {
    if (page.state != PageState::walking) return {};
    Walk walk(page, crew, now);
    walk.go_on();
    return walk.finish();
}

ops::Decision reopen(const Page& page, const Crew& crew, Instant now) {
    if (page.state != PageState::acknowledged) return {};
    Walk walk(page, crew, now);
    walk.note(PageReopened{.person = page.acknowledged_by, .after = now - page.acknowledged_at});
    walk.take(0);
    walk.go_on();
    return walk.finish();
}

Result<ops::Decision> acknowledge(const Page& page, const std::string& person,
                                  const std::string& how, Instant now) {
    if (page.state == PageState::stopped) return has_stopped(page);
    const Crew nobody;  // An acknowledgement pages no one.
    Walk walk(page, nobody, now);
    const bool again = page.state == PageState::acknowledged && page.acknowledged_by == person;
    if (!again)
        walk.note(PageAcknowledged{.person = person, .how = how, .after = now - page.begun_at});
    ops::Decision decision = again ? ops::Decision{} : walk.finish();
    if (page.policy.acknowledged_for > 0s)
        decision.set(std::string(clock_reopen), subject_of(page),
                     now + page.policy.acknowledged_for);
    return decision;
}

Result<ops::Decision> escalate(const Page& page, const Crew& crew, const Push& push, Instant now) {
    if (page.state == PageState::stopped) return has_stopped(page);
    Walk walk(page, crew, now);
    const bool past_the_end =
        page.next_step >= count(page.policy) || page.state == PageState::unanswered;
    const std::int64_t number = past_the_end ? 0 : page.next_step;
    const Step step = page.policy.steps.empty()
                          ? Step{Step::To::everyone, {}, 0s}
                          : page.policy.steps[static_cast<std::size_t>(number)];
    const auto people = people_of(step, crew);
    walk.note(PageEscalated{
        .step = number,
        .round = past_the_end && page.state != PageState::unanswered ? page.round + 1 : page.round,
        .to = name_of(step),
        .why = push.why.empty() ? push.by + " asked for it" : push.why,
        .since = now - step.after});
    if (people.empty()) walk.take(number);  // Notes that it is empty.
    else walk.send(people, {.step = number, .why = fmt::format("{} escalated", push.by)});
    walk.go_on();
    ops::Decision decision = walk.finish();
    if (page.state == PageState::acknowledged)
        decision.stop(std::string(clock_reopen), subject_of(page));
    return decision;
}

ops::Decision raise(const Page& page, std::int64_t severity, const Crew& crew, Instant now) {
    if (page.state == PageState::stopped || severity == page.severity) return {};
    Walk walk(page, crew, now);
    walk.note(PageRaised{.severity = severity});
    if (severity == 1) {
        std::vector<std::string> people;
        for (const auto& person : crew.on_call[static_cast<std::size_t>(Level::secondary)])
            if (!contains(page.people, person)) people.push_back(person);
        walk.send(people, {.step = page.next_step, .why = "secondary on call: it is SEV-1 now"});
    }
    return std::move(walk.decision());  // The clocks stay as they are.
}

ops::Decision stop(const Page& page, const std::string& why) {
    if (page.state == PageState::stopped) return {};
    const Crew nobody;
    Walk walk(page, nobody, {});
    walk.note(PageStopped{.why = why});
    ops::Decision decision = walk.finish();
    decision.stop(std::string(clock_reopen), subject_of(page));
    return decision;
}

Page apply(const PageBegun& event, Instant at) {
    Page page;
    page.id = event.page;
    page.incident = event.incident;
    page.title = event.title;
    page.severity = event.severity;
    page.service = event.service;
    page.team = event.team;
    page.policy = event.policy;
    page.since = page.begun_at = page.taken_at = at;
    page.next_step = 1;  // The first is taken with it.
    return page;
}

void apply(Page& page, const PageSent& event, Instant) {
    page.sent = event.number;
    ++page.reached;
    if (!contains(page.people, event.person)) page.people.push_back(event.person);
}

void apply(Page& page, const PageEscalated& event, Instant at) {
    if (event.round != page.round || event.step == 0) page.reached = 0;
    page.state = PageState::walking;
    page.round = event.round;
    page.next_step = event.step + 1;
    page.since = event.since;
    page.taken_at = at;
}

void apply(Page& page, const PageStepEmpty& event, Instant) {
    page.next_step = event.step + 1;
    page.since = event.since;
}

void apply(Page& page, const PageRepeated& event, Instant at) {
    page.round = event.round;
    page.reached = 0;
    page.next_step = 1;
    page.since = page.taken_at = at;
}

void apply(Page& page, const PageRaised& event, Instant) { page.severity = event.severity; }

void apply(Page& page, const PageAcknowledged& event, Instant at) {
    page.state = PageState::acknowledged;
    page.acknowledged_by = event.person;
    page.how = event.how;
    page.acknowledged_at = at;
}

void apply(Page& page, const PageReopened&, Instant at) {
    page.state = PageState::walking;
    page.round = 0;
    page.reached = 0;
    page.next_step = 1;
    page.since = page.taken_at = at;
}

void apply(Page& page, const PageUnanswered&, Instant) { page.state = PageState::unanswered; }
void apply(Page& page, const PageStopped&, Instant) { page.state = PageState::stopped; }

namespace {

template <class Event>
Result<void> apply_as(Page& page, const ops::Recorded& event) {
    TRY(const auto payload, from_json<Event>(event.payload));
    if constexpr (std::is_same_v<Event, PageBegun>) page = apply(payload, event.at);
    else apply(page, payload, event.at);
    return {};
}

struct Row {
    ops::Kind kind;
    Result<void> (*apply)(Page&, const ops::Recorded&);
};

template <class... Event>
constexpr std::array<Row, sizeof...(Event)> rows_of() {
    return {Row{Event::kind, &apply_as<Event>}...};
}

constexpr auto rows =
    rows_of<PageBegun, PageSent, PageEscalated, PageStepEmpty, PageRepeated, PageRaised,
            PageAcknowledged, PageReopened, PageUnanswered, PageStopped>();

}  // namespace

Result<void> apply(Page& page, const ops::Recorded& event) {
    for (const Row& row : rows)
        if (row.kind == event.kind) return row.apply(page, event);
    return {};
}

std::int64_t page_of(const ops::Recorded& event) {
    constexpr std::string_view prefix = "page:";
    for (const auto& subject : event.subjects) {
        if (!subject.starts_with(prefix)) continue;
        std::int64_t id = 0;
        const auto digits = std::string_view(subject).substr(prefix.size());
        std::from_chars(digits.data(), digits.data() + digits.size(), id);
        return id;
    }
    return 0;
}

}  // namespace sg::oncall
