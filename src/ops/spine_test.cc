// The spine as a whole: it is drawn for the manual, it has no cycle that a clock does not break,
// and no kind of event is forgotten.
#include "ops/spine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

namespace sg::ops {
namespace {

// Kinds that nothing reacts to: they are for timelines and for who asks.
//
// A budget that is spent wakes nobody: what spent it has declared its incident already, by its
// pace. It freezes changes of the service, which ask slo::budgets_spent.
constexpr std::string_view for_the_record[] = {
    "mitigation.proposed",
    "mitigation.approved",
    "mitigation.prepared",
    "mitigation.applied",
    "mitigation.switch_thrown",
    "statuspage.notice_opened",
    "statuspage.drafted",
    "statuspage.discarded",
    "statuspage.reassessed",
    "statuspage.component_changed",
    "subscriber.asked",
    "subscriber.confirmed",
    "subscriber.removed",
    "subscriber.refused",
    "subscriber.reached",
    "subscribers.told",
    "subscribers.letter_given_up",
    "statuspage.day_closed",
    "ledger.begun",
    "ledger.redacted",
    "leader.changed",
    "clock.stepped",
    "objective.budget_spent",
    "objective.budget_restored",
    "alert.pending",
    "alert.lapsed",
    "alert.reworded",
    "alert.acknowledged",
    "alert.group_told",
    "silence.created",
    "silence.expired",
    "heartbeat.expected",
    "heartbeat.forgotten",
    "incident.assessed",
    "incident.signal_cleared",
    "incident.verified",
    "incident.closed",
    "incident.noted",
    "incident.linked",
    "incident.role_taken",
    "incident.told",
    "rotation.changed",
    "override.added",
    "override.removed",
    "overrides.imported",
    "temporary.added",
    "temporary.removed",
    "handover.noted",
    "shift.changed",
    "feed.opened",
    "feed.revoked",
    "page.begun",
    "page.escalated",
    "page.step_empty",
    "page.repeated",
    "page.raised",
    "page.reopened",
    "page.unanswered",
    "page.stopped",
    "notification.sent",
    "notification.held",
    "notification.delayed",
    "notification.delivered",
    "notification.refused",
    "notification.withdrawn",
    "notifications.dropped",
    "change.noted",
    "drill.begun",
    "drill.prepared",
    "drill.injected",
    "drill.met",
    "drill.missed",
    "drill.answered",
    "drill.aborted",
    "drill.lifted",
    "postmortem.drafted",
    "postmortem.measured",
    "postmortem.edited",
    "postmortem.handed_over",
    "postmortem.published",
    "postmortem.given_back",
    "postmortem.reviewed",
    "postmortem.closed",
    "action_item.added",
    "action_item.done",
    "action_item.reopened",
    "runbook.started",
    "runbook.checked",
    "runbook.diagnosed",
    "runbook.asked",
    "runbook.answered",
    "runbook.went_on",
    "runbook.ended",
};

bool is_for_the_record(Kind kind) {
    return std::ranges::find(for_the_record, row_of(kind).name) != std::end(for_the_record);
}

bool is_reacted_to(Kind kind) {
    return std::ranges::find(spine().reactions, kind, &Reaction::kind) != spine().reactions.end();
}

std::vector<Kind> all_kinds() {
    return {
#define K(kind, name, version, sentence) Kind::kind,
#include "ops/decision/kinds.def"
#undef K
    };
}

std::string drawn() {
    std::string out =
        "# What follows from what\n\n"
        "The whole wiring of operations, as `src/ops/spine.cc` has it; a test keeps this page "
        "equal "
        "to it.\n"
        "Each reaction runs in a transaction of its own and keeps its place: a crash between any "
        "two loses nothing.\n\n"
        "## When this is in the ledger\n\n| event | reaction |\n|---|---|\n";
    for (const auto& reaction : spine().reactions)
        out += "| `" + std::string(row_of(reaction.kind).name) + "` | " +
               std::string(reaction.name) + " |\n";
    out += "\n## When this clock comes due\n\n";
    for (const auto& alarm : spine().alarms) out += "- `" + std::string(alarm.name) + "`\n";
    out += "\n## When this action was performed\n\n";
    for (const auto& outcome : spine().outcomes) out += "- `" + std::string(outcome.action) + "`\n";
    return out;
}

TEST(Spine, EveryKindOfEventIsReactedToOrForTheRecord) {
    for (const Kind kind : all_kinds())
        EXPECT_NE(is_reacted_to(kind), is_for_the_record(kind))
            << row_of(kind).name
            << ": say in src/ops/spine.cc what follows from it, or among for_the_record that "
               "nothing does";
}

TEST(Spine, NamesOfCursorsAndClocksAreUnique) {
    std::set<std::string_view> names;
    for (const auto& reaction : spine().reactions)
        EXPECT_TRUE(names.insert(reaction.name).second) << reaction.name;
    names.clear();
    for (const auto& alarm : spine().alarms)
        EXPECT_TRUE(names.insert(alarm.name).second) << alarm.name;
}

const std::vector<Kind> tells = {Kind::notification_sent,      Kind::notification_held,
                                 Kind::notification_refused,   Kind::notification_failed,
                                 Kind::notification_withdrawn, Kind::channel_broken};

std::vector<Kind> proposed_kinds() {
    return {Kind::mitigation_proposed, Kind::mitigation_approved, Kind::mitigation_refused};
}
std::vector<Kind> declared_kinds() {
    return {Kind::incident_declared, Kind::incident_joined, Kind::incident_severity_changed,
            Kind::incident_relapsed, Kind::incident_became_real};
}
const std::vector<Kind> shows = {Kind::statuspage_component_changed, Kind::statuspage_notice_opened,
                                 Kind::statuspage_drafted,           Kind::statuspage_published,
                                 Kind::statuspage_discarded,         Kind::statuspage_reassessed};
const std::vector<Kind> runs_on = {Kind::runbook_started, Kind::runbook_diagnosed,
                                   Kind::runbook_asked,   Kind::runbook_reached,
                                   Kind::runbook_went_on, Kind::runbook_ended};
const std::vector<Kind> judges = {Kind::statuspage_component_changed};

using LeadsTo = std::map<std::string_view, std::vector<Kind>>;

LeadsTo public_leads_to() {
    using enum Kind;
    return {
        {"statuspage.follow", {statuspage_component_changed, statuspage_day_closed}},
        {"statuspage.declared", shows},
        {"statuspage.breached", {statuspage_component_changed}},
        {"statuspage.eased", {statuspage_component_changed}},
        {"statuspage.recovered", {statuspage_component_changed}},
        {"statuspage.severity", shows},
        {"statuspage.mitigated", shows},
        {"statuspage.relapsed", shows},
        {"statuspage.resolved", shows},
        {"statuspage.cancelled", shows},
        {"statuspage.merged", shows},
        {"statuspage.unheard", shows},
        {"statuspage.maintenance", {statuspage_component_changed}},
        {"incidents.told_public", {incident_told}},
        {"subscribers.update", {}},
        {"subscribers.work", {}},
        {"subscribers.work_goes_on", {}},
        {"incidents.page_broken", declared_kinds()},
        {"incidents.page_mended", {incident_signal_cleared, incident_mitigated}},
    };
}

// Of what is done to help.
LeadsTo mitigation_leads_to() {
    using enum Kind;
    return {
        {"mitigation.propose", proposed_kinds()},
        {"incidents.stuck", declared_kinds()},
        {"incidents.unstuck", {incident_signal_cleared, incident_mitigated}},
        {"runbooks.verified", runs_on},
        {"runbooks.unhelpful", runs_on},
        {"runbooks.undone", runs_on},
        {"runbooks.refused", runs_on},
        {"runbooks.expired", runs_on},
        {"runbooks.failed", runs_on},
        {"mitigation.mitigated", {mitigation_refused}},
        {"mitigation.cancelled", {mitigation_refused}},
        {"mitigation.merged", {mitigation_refused}},
        {"mitigation.drilled", {mitigation_refused, mitigation_expired, mitigation_unhelpful}},
    };
}

// What a reaction may record at once, without a clock or the outside between. Written down here by
// hand: whoever adds a reaction says what it leads to, and this test says whether it ends.
const LeadsTo& leads_to() {
    using enum Kind;
    static const std::vector<Kind> declares = declared_kinds();
    static const std::vector<Kind> clears = {incident_signal_cleared, incident_mitigated};
    static const std::vector<Kind> pages = {page_begun,    page_sent,       page_escalated,
                                            page_raised,   page_step_empty, page_unanswered,
                                            page_repeated, page_stopped};
    static const LeadsTo rest = {
        {"oncall.follow", {rotation_changed, shift_changed}},
        {"notify.tests", {}},
        {"incidents.alert", declares},
        {"incidents.alert_surfaced", declares},
        {"incidents.alert_worsened", declares},
        {"incidents.objective", declares},
        {"incidents.objective_eased", clears},
        {"incidents.unseen", declares},
        {"incidents.ourselves", declares},
        {"incidents.action", declares},
        {"incidents.channel", declares},
        {"incidents.drill_stuck", declares},
        {"incidents.assess", {incident_assessed}},
        {"oncall.page", pages},
        {"oncall.raise", pages},
        {"oncall.relapse", pages},
        {"oncall.became_real", pages},
        {"statuspage.became_real", shows},
        {"oncall.escalate", pages},
        {"notify.deliver", tells},
        {"oncall.unreached", pages},
        {"incidents.page_answered", {incident_acknowledged}},
        {"oncall.incident_answered", {page_acknowledged}},
        {"notify.answered", {notification_sent, notification_held, notification_withdrawn}},
        {"incidents.alert_cleared", clears},
        {"incidents.recovered", clears},
        {"incidents.seen", clears},
        {"incidents.mended", clears},
        {"oncall.mitigated", {page_stopped}},
        {"notify.mitigated", {notification_sent, notification_held, notification_withdrawn}},
        {"oncall.resolved", {page_stopped}},
        {"notify.resolved", {notification_sent, notification_held, notification_withdrawn}},
        {"oncall.cancelled", {page_stopped}},
        {"oncall.merged", {page_stopped}},
        {"runbooks.start", runs_on},
        {"runbooks.resolved", {runbook_ended}},
        {"runbooks.cancelled", {runbook_ended}},
        {"runbooks.merged", {runbook_ended}},
        {"knowledge.draft", {postmortem_drafted}},
        {"knowledge.recurred", {action_item_reopened}},
        {"knowledge.recurred_within", {action_item_reopened}},
        {"knowledge.remind", {notification_sent, notification_held}},
        {"knowledge.remind_of_item", {notification_sent, notification_held}},
    };
    static const LeadsTo table = [] {
        auto all = public_leads_to();
        all.merge(mitigation_leads_to());
        all.insert(rest.begin(), rest.end());
        return all;
    }();
    return table;
}

// Cycles that end by themselves, and why.
const std::map<std::string_view, std::string_view>& ends_by_itself() {
    static const std::map<std::string_view, std::string_view> table = {
        {"oncall.incident_answered", "a page that is answered is not answered again"},
        {"incidents.page_answered", "an incident that is acknowledged is not acknowledged again"},
        {"oncall.unreached", "each step of a page is taken once; the fallback is its end"},
        {"runbooks.refused", "a run is led on rounds_max times at most"},
        {"incidents.channel", "a broken channel is one incident, of SEV-4: it pages nobody"},
    };
    return table;
}

bool finds_itself(Kind start, Kind at, std::set<Kind>& seen) {
    for (const auto& reaction : spine().reactions) {
        if (reaction.kind != at || ends_by_itself().contains(reaction.name)) continue;
        const auto next = leads_to().find(reaction.name);
        if (next == leads_to().end()) continue;
        for (const Kind kind : next->second) {
            if (kind == start) return true;
            if (seen.insert(kind).second && finds_itself(start, kind, seen)) return true;
        }
    }
    return false;
}

TEST(Spine, EveryReactionSaysWhatItLeadsTo) {
    for (const auto& reaction : spine().reactions)
        EXPECT_TRUE(leads_to().contains(reaction.name)) << reaction.name;
    for (const auto& [name, kinds] : leads_to())
        EXPECT_NE(std::ranges::find(spine().reactions, name, &Reaction::name),
                  spine().reactions.end())
            << name << " is no reaction any more";
}

TEST(Spine, HasNoCycleThatAClockDoesNotBreak) {
    for (const Kind kind : all_kinds()) {
        std::set<Kind> seen;
        EXPECT_FALSE(finds_itself(kind, kind, seen))
            << row_of(kind).name << " leads to itself, and no clock comes between";
    }
}

TEST(Spine, IsDrawnInTheManual) {
    const std::string path = SG_SOURCE_DIR "/docs/operations/spine.md";
    if (std::getenv("SG_WRITE_DOCS") != nullptr) std::ofstream(path) << drawn();
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    EXPECT_EQ(text.str(), drawn()) << "SG_WRITE_DOCS=1 writes it anew";
}

}  // namespace
}  // namespace sg::ops
