// The rules of the status page. Pure: no clock, no database, no log.
//
// They serve one invariant: what the public reads is what those who are paged know, no later than
// was promised, and never because somebody did not press a button.
#pragma once

#include <string>
#include <vector>

#include "config/status_page.h"
#include "ops/decision/decision.h"
#include "ops/respond/incidents/model.h"
#include "ops/respond/statuspage/model.h"

namespace sg::statuspage {

ops::Subject subject_of_notice(std::int64_t notice);            // `notice:17`
ops::Subject subject_of_maintenance(std::int64_t maintenance);  // `maintenance:3`

// --- components ----------------------------------------------------------------------------------

// What is known of one service that a component is made of.
struct Sight {
    bool burning = false;       // An objective of it burns at the pace of a page.
    int bad_minutes = 0;        // The latest in a row that were bad.
    bool half_failed = false;   // In each of those at least half of the requests failed.
    std::int64_t severity = 0;  // Of the gravest incident that hurts; 0: none.
    std::string why = {};       // For people of ours.
};

// Three in a row: reference, operations.md §3.13.
inline constexpr int bad_minutes_least = 3;

struct Judged {
    Condition condition = Condition::operational;
    std::string why;
};
Judged judge(const std::vector<Sight>& services);

// What a component is to be now; nothing, if it is so already.
struct Claim {
    const Component& before;
    Judged judged;
    bool in_maintenance = false;
};
ops::Decision judge(const Claim& claim, Instant now);
ops::Decision fix(const Component& before, const Component& wanted);

// --- notices -------------------------------------------------------------------------------------

// What happened to an incident that the public should hear of.
enum class Occasion : std::uint8_t {
    declared,
    graver,  // Or less grave: its severity changed.
    mitigated,
    relapsed,
    resolved,
    cancelled,
    merged,
    unheard,  // No update for as long as was promised.
};

struct Opening {
    std::int64_t id = 0;
    const incidents::Incident& incident;
    std::vector<std::string> components;  // That it concerns.
};

// Whether anything about it may be public at all: not what is wrong with ourselves.
bool may_be_public(const incidents::Incident& incident);
config::Publish policy_of(const config::StatusPage& page, const incidents::Incident& incident,
                          const std::vector<std::string>& components);

ops::Decision opened(const Opening& opening);  // And nothing said yet.
ops::Decision open(const Opening& opening, const config::StatusPage& page, Instant now);
ops::Decision follow(const Notice& notice, const incidents::Incident& incident, Occasion occasion,
                     const config::StatusPage& page, Instant now);

// The time limit of a draft is over.
ops::Decision ring(const Notice& notice, Instant now);

struct Words {
    Stage stage = Stage::investigating;
    std::string body;
    std::string title = {};                    // Empty: as before.
    std::vector<std::string> components = {};  // The same.
};
Result<ops::Decision> publish(const Notice& notice, const Words& words);
Result<ops::Decision> draft(const Notice& notice, const Draft& wanted);
Result<ops::Decision> discard(const Notice& notice, const std::string& reason);

Notice apply(Notice notice, const ops::Recorded& event);  // The first is applied to Notice{}.

// --- maintenance ---------------------------------------------------------------------------------

Result<ops::Decision> schedule(const MaintenanceScheduled& wanted, Instant now);
// Its clock: it begins, or it is over.
ops::Decision ring(const Maintenance& maintenance, Instant now);
Result<ops::Decision> move(const Maintenance& maintenance, Phase to, const std::string& body);

Maintenance apply(Maintenance maintenance, const ops::Recorded& event);

// --- where it is written -------------------------------------------------------------------------

inline constexpr std::string_view here = "here";  // The folder that the gateway serves.

// The body of an action `statuspage.deliver`: what is written is what holds when it is performed.
struct Delivery {
    std::string target = std::string(here);
    std::int64_t attempt = 1;
};
void describe(Visitor& v, Delivery& d);

void deliver(ops::Decision& decision, const std::string& target, std::int64_t attempt, Instant now);
void deliver(ops::Decision& decision, const config::StatusPage& page, Instant now);
// What came of one. An empty detail: it was written.
ops::Decision on_result(const Delivery& delivery, const std::string& detail, const Target& target,
                        Instant now);

// --- what is doubtful ----------------------------------------------------------------------------

struct Shown {
    std::vector<Component> components;
    std::vector<Notice> notices;  // Public and not over.
    std::vector<Maintenance> maintenances;
    std::vector<Target> broken;
};
// In words for people of ours. Source: reference, operations.md §3.13.
std::vector<std::string> doubts(const Shown& shown, Instant now);

}  // namespace sg::statuspage
