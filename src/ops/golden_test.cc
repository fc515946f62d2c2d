// Kinds of events are for ever: what was recorded years ago must read as it was meant. A golden
// file for each kind and version holds every field of its payload, filled; when a payload changes,
// its kind needs a new version, and the old file must still be read.
//
// SG_GOLDEN=write makes the files that are missing; it never changes one that is there.
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "base/json.h"
#include "ops/accept.h"
#include "ops/changes.h"
#include "ops/detect/alerts/model.h"
#include "ops/detect/slo/model.h"
#include "ops/leader.h"
#include "ops/learn/drills/model.h"
#include "ops/learn/knowledge/model.h"
#include "ops/reaction.h"
#include "ops/redact.h"
#include "ops/respond/incidents/model.h"
#include "ops/respond/mitigation/model.h"
#include "ops/respond/notify/model.h"
#include "ops/respond/oncall/model.h"
#include "ops/respond/runs/model.h"
#include "ops/respond/statuspage/model.h"
#include "ops/respond/subscribers/model.h"

namespace sg::ops {
namespace {

struct Payload {
    Kind kind;
    const Type& type;
};

template <class T>
Payload payload() {
    return {T::kind, TypeOf<T>::type()};
}

const std::vector<Payload> payloads = {
    payload<LedgerBegun>(),
    payload<LedgerRedacted>(),
    payload<ReactionSetAside>(),
    payload<ActionFailed>(),
    payload<ConfigAccepted>(),
    payload<ChangeNoted>(),
    payload<LeaderChanged>(),
    payload<ClockStepped>(),
    payload<slo::Breached>(),
    payload<slo::Eased>(),
    payload<slo::Recovered>(),
    payload<slo::BudgetSpent>(),
    payload<slo::BudgetRestored>(),
    payload<slo::Unseen>(),
    payload<slo::Seen>(),
    payload<alerts::AlertPending>(),
    payload<alerts::AlertLapsed>(),
    payload<alerts::AlertRaised>(),
    payload<alerts::AlertSurfaced>(),
    payload<alerts::AlertWorsened>(),
    payload<alerts::AlertReworded>(),
    payload<alerts::AlertAcknowledged>(),
    payload<alerts::AlertCleared>(),
    payload<alerts::AlertGroupTold>(),
    payload<alerts::SilenceCreated>(),
    payload<alerts::SilenceExpired>(),
    payload<alerts::HeartbeatExpected>(),
    payload<alerts::HeartbeatForgotten>(),
    payload<incidents::IncidentDeclared>(),
    payload<incidents::IncidentJoined>(),
    payload<incidents::IncidentAcknowledged>(),
    payload<incidents::IncidentAssessed>(),
    payload<incidents::IncidentSignalCleared>(),
    payload<incidents::IncidentMitigated>(),
    payload<incidents::IncidentVerified>(),
    payload<incidents::IncidentRelapsed>(),
    payload<incidents::IncidentResolved>(),
    payload<incidents::IncidentClosed>(),
    payload<incidents::IncidentCancelled>(),
    payload<incidents::IncidentSeverityChanged>(),
    payload<incidents::IncidentNoted>(),
    payload<incidents::IncidentLinked>(),
    payload<incidents::IncidentRoleTaken>(),
    payload<incidents::IncidentTold>(),
    payload<incidents::IncidentMerged>(),
    payload<incidents::IncidentClockMissed>(),
    payload<incidents::IncidentEscalated>(),
    payload<incidents::IncidentBecameReal>(),
    payload<runs::RunbookStarted>(),
    payload<runs::RunbookChecked>(),
    payload<runs::RunbookDiagnosed>(),
    payload<runs::RunbookAsked>(),
    payload<runs::RunbookAnswered>(),
    payload<runs::RunbookReached>(),
    payload<runs::RunbookWentOn>(),
    payload<runs::RunbookEnded>(),
    payload<knowledge::PostmortemDrafted>(),
    payload<knowledge::PostmortemMeasured>(),
    payload<knowledge::PostmortemEdited>(),
    payload<knowledge::PostmortemHandedOver>(),
    payload<knowledge::PostmortemPublished>(),
    payload<knowledge::PostmortemGivenBack>(),
    payload<knowledge::PostmortemReviewed>(),
    payload<knowledge::PostmortemClosed>(),
    payload<knowledge::PostmortemOverdue>(),
    payload<knowledge::ActionItemAdded>(),
    payload<knowledge::ActionItemDone>(),
    payload<knowledge::ActionItemOverdue>(),
    payload<knowledge::ActionItemReopened>(),
    payload<mitigation::Proposed>(),
    payload<mitigation::Approved>(),
    payload<mitigation::Refused>(),
    payload<mitigation::Prepared>(),
    payload<mitigation::Applied>(),
    payload<mitigation::Verified>(),
    payload<mitigation::Unhelpful>(),
    payload<mitigation::Undone>(),
    payload<mitigation::Expired>(),
    payload<mitigation::Failed>(),
    payload<mitigation::Stuck>(),
    payload<mitigation::SwitchThrown>(),
    payload<drills::DrillBegun>(),
    payload<drills::DrillPrepared>(),
    payload<drills::DrillInjected>(),
    payload<drills::DrillMet>(),
    payload<drills::DrillMissed>(),
    payload<drills::DrillAnswered>(),
    payload<drills::DrillAborted>(),
    payload<drills::DrillLifted>(),
    payload<drills::DrillStuck>(),
    payload<drills::DrillEnded>(),
    payload<oncall::RotationChanged>(),
    payload<oncall::OverrideAdded>(),
    payload<oncall::OverrideRemoved>(),
    payload<oncall::OverridesImported>(),
    payload<oncall::TemporaryAdded>(),
    payload<oncall::TemporaryRemoved>(),
    payload<oncall::HandoverNoted>(),
    payload<oncall::ShiftChanged>(),
    payload<oncall::FeedOpened>(),
    payload<oncall::FeedRevoked>(),
    payload<oncall::PageBegun>(),
    payload<oncall::PageSent>(),
    payload<oncall::PageEscalated>(),
    payload<oncall::PageStepEmpty>(),
    payload<oncall::PageRepeated>(),
    payload<oncall::PageRaised>(),
    payload<oncall::PageAcknowledged>(),
    payload<oncall::PageReopened>(),
    payload<oncall::PageUnanswered>(),
    payload<oncall::PageStopped>(),
    payload<notify::NotificationSent>(),
    payload<notify::NotificationHeld>(),
    payload<notify::NotificationDelayed>(),
    payload<notify::NotificationDelivered>(),
    payload<notify::NotificationRefused>(),
    payload<notify::NotificationFailed>(),
    payload<notify::NotificationWithdrawn>(),
    payload<notify::NotificationsDropped>(),
    payload<notify::ChannelBroken>(),
    payload<notify::ChannelMended>(),
    payload<statuspage::NoticeOpened>(),
    payload<statuspage::UpdateDrafted>(),
    payload<statuspage::UpdatePublished>(),
    payload<statuspage::DraftDiscarded>(),
    payload<statuspage::NoticeReassessed>(),
    payload<statuspage::ComponentChanged>(),
    payload<statuspage::MaintenanceScheduled>(),
    payload<statuspage::MaintenanceMoved>(),
    payload<statuspage::DayClosed>(),
    payload<statuspage::TargetBroken>(),
    payload<statuspage::TargetMended>(),
    payload<subscribers::SubscriberAsked>(),
    payload<subscribers::SubscriberConfirmed>(),
    payload<subscribers::SubscriberRemoved>(),
    payload<subscribers::SubscriberRefused>(),
    payload<subscribers::SubscriberReached>(),
    payload<subscribers::SubscribersTold>(),
    payload<subscribers::LetterGivenUp>(),
};

// The first of these that a scalar takes is its value, so that no field is left out as empty.
constexpr std::array<std::string_view, 9> samples = {
    "2026-01-02T03:04:05.006Z", "7m", "70%", "7MiB", "7/s", "10.0.0.0/8", "true", "7", "1"};

class Filler final : public Visitor {
  public:
    void visit(const About& about, const Type& type, void* value) override {
        switch (type.kind) {
            case Type::Kind::scalar: scalar(about, type, value); break;
            case Type::Kind::record: type.describe(*this, value); break;
            case Type::Kind::list:
            case Type::Kind::optional: visit(about, type.element(), type.add(value, {})); break;
            case Type::Kind::map: visit(about, type.element(), type.add(value, "key")); break;
            case Type::Kind::custom: FAIL() << about.key << " has a form of its own"; break;
        }
    }

  private:
    static bool is_within(const About& about, const Type& type, const void* value) {
        if (type.measure == nullptr) return true;
        const auto measure = type.measure(value);
        return about.least <= measure && measure <= about.most;
    }

    static void scalar(const About& about, const Type& type, void* value) {
        if (&type == &text_type()) {
            ASSERT_TRUE(type.parse(about.key.empty() ? "text" : about.key, value));
            return;
        }
        if (!type.words.empty()) {
            ASSERT_TRUE(type.parse(type.words.back(), value));
            return;
        }
        for (const auto sample : samples)
            if (type.parse(sample, value) && is_within(about, type, value)) return;
        FAIL() << about.key << ": nothing fits " << type.name;
    }
};

std::filesystem::path file_of(Kind kind, int version) {
    return std::filesystem::path(SG_SOURCE_DIR) / "tests/golden/events" /
           (std::string(row_of(kind).name) + "." + std::to_string(version) + ".json");
}

std::string text_of(const std::filesystem::path& path) {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

std::string filled(const Type& type) {
    const auto value = type.make();
    Filler filler;
    type.describe(filler, value.get());
    return write_json(type, value.get()) + "\n";
}

TEST(Golden, every_kind_has_a_payload_here) {
    std::set<std::string_view> have;
    for (const auto& one : payloads) have.insert(row_of(one.kind).name);
    for (const auto name : {
#define K(kind, name, version, sentence) std::string_view(name),
#include "ops/decision/kinds.def"
#undef K
         })
        EXPECT_TRUE(have.contains(name)) << name;
}

TEST(Golden, payloads_are_as_they_were_recorded) {
    const auto* asked = std::getenv("SG_GOLDEN");
    const bool may_write = asked != nullptr && std::string_view(asked) == "write";
    for (const auto& one : payloads) {
        const auto& row = row_of(one.kind);
        const auto path = file_of(one.kind, row.version);
        if (may_write && !std::filesystem::exists(path)) std::ofstream(path) << filled(one.type);
        EXPECT_EQ(text_of(path), filled(one.type))
            << row.name << ": its payload is another than version " << row.version
            << " was; give it a new version in kinds.def. A new kind: SG_GOLDEN=write";
    }
}

TEST(Golden, what_was_recorded_is_still_read) {
    for (const auto& one : payloads)
        for (int version = 1; version <= row_of(one.kind).version; ++version) {
            const auto path = file_of(one.kind, version);
            const auto value = one.type.make();
            const auto read = read_json(one.type, value.get(), text_of(path));
            EXPECT_TRUE(read) << path << ": " << (read ? "" : read.error().message());
        }
}

TEST(Golden, no_file_is_of_no_kind) {
    for (const auto& entry : std::filesystem::directory_iterator(
             std::filesystem::path(SG_SOURCE_DIR) / "tests/golden/events")) {
        const auto name = entry.path().stem().stem().string();  // `incident.declared.1.json`
        EXPECT_TRUE(kind_of(name)) << entry.path() << ": kinds are for ever";
    }
}

}  // namespace
}  // namespace sg::ops
