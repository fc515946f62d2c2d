// The nouns of the local orchestrator: what should run, what does run, what happens and what to do
// about it. Plain values. The rules that join them are in decide.cc; nothing here knows a process
// from a number.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time.h"
#include "config/model.h"

namespace sg::platform::local {

enum class Happening : std::uint8_t {
#define H(kind, news, sentence) kind,
#include "platform/local/happenings.def"
#undef H
};
enum class News : std::uint8_t { good, plain, bad };

std::string_view name_of(Happening happening);      // start_late
std::string_view sentence_of(Happening happening);  // not healthy in time
News news_of(Happening happening);
std::optional<Happening> happening_named(std::string_view name);

// One version of one service, as it should run.
struct Spec {
    std::string service;
    std::string version;
    config::Run run;
    config::HealthCheck health;
    std::uint32_t weight = 100;
    std::vector<std::string> after = {};  // Services that must be healthy before its first process.
    bool serves =
        true;  // Listens on its port. A worker (no health check, no route to it) need not.

    // Two specs with one digest are served by the same processes: stable over releases and
    // machines.
    std::string digest() const;
};

enum class Phase : std::uint8_t {
    waiting,   // No process: one is started at `deadline`.
    starting,  // A process that has not yet passed its health gate; `deadline` is when it must
               // have.
    healthy,   // Published to the gateway.
    unwell,    // Was healthy, now fails its check; withdrawn unless it is all that is left.
    draining,  // Withdrawn; its requests end, at most until `deadline`.
    stopping,  // Was told to end; killed at `deadline`.
    killing,   // Was killed; the kernel has yet to say so.
};
std::string_view name_of(Phase phase);

// How a process ended. Neither is set when it was not our child and nobody can know.
struct Exit {
    std::optional<int> status;
    std::optional<int> signal;
    bool out_of_memory = false;
    std::string text() const;  // "exit status 3", "signal 9 (Killed)"
};

// A place for one process, which stays while its processes come and go.
struct Instance {
    std::uint64_t id = 0;       // Never used twice under one state folder.
    std::uint32_t replica = 1;  // Smallest number that was free: names its log file.
    std::string digest;         // Of the spec it was started with.
    std::uint32_t epoch = 0;    // Of the group when it was started.
    Phase phase = Phase::waiting;
    Tick since;     // When it came into this phase.
    Tick deadline;  // When this phase must be over.
    int pid = 0;
    std::uint64_t pid_started =
        0;  // Clock ticks since boot: with the pid, the identity of a process.
    std::uint16_t port = 0;
    Instant started_at;          // Of the present process.
    std::uint32_t failures = 0;  // In a row: crashes before it was steady.
    std::uint32_t restarts = 0;  // In all.
    std::string last_exit;
    Tick healthy_since;
    Tick next_probe;
    std::uint32_t probes_ok = 0;      // In a row.
    std::uint32_t probes_failed = 0;  // In a row.
    std::string why_unwell;
    std::uint64_t withdrawn_in = 0;  // The revision of the group's endpoints that no longer has it.
    std::uint32_t idle_polls = 0;    // In a row that found nothing in flight after the withdrawal.
    std::uint64_t in_flight = 0;

    bool leaving() const { return phase >= Phase::draining; }
    bool running() const { return phase != Phase::waiting; }
};

// All instances of one version.
struct Group {
    Spec spec;
    bool configured = true;  // Still in the configuration.
    bool forgotten = false;  // No longer, and the gateway was told so.
    bool held = false;       // Stopped by command.
    std::optional<std::uint32_t>
        scaled;                // By command; in force until the file says another number.
    std::uint32_t epoch = 0;   // `restart` makes a new one.
    std::string restarted_by;  // The last order to restart.
    std::vector<Instance> instances;
    std::vector<std::string> published;  // host:port, sorted: what was last said to the gateway.
    std::uint64_t revision = 0;          // Of `published`.
    std::uint64_t acknowledged = 0;      // The revision that the gateway is known to have...
    Tick acknowledged_at;                // ...since then.
};

struct Roll {
    std::string to;
    std::uint32_t replicas = 1;
    bool done = false;
};

struct Service {
    std::string name;
    std::map<std::string, Group> groups;
    std::optional<Roll> roll;
    bool returning = false;                        // From a roll to what the file says.
    std::map<std::string, std::uint32_t> weights;  // Said to the gateway; empty: as configured.
    bool settled = true;                           // Everything is as it should be.
};

struct State {
    std::map<std::string, Service> services;
    std::uint64_t next_id = 1;
    Tick next_poll = Tick::never();  // Of requests in flight.
    bool stopping = false;
};

// --- inputs
// ----------------------------------------------------------------------------------------

struct Desired {
    std::vector<Spec> specs;
};  // What the configuration says.
struct Spawned {
    std::uint64_t id;
    int pid;
    std::uint64_t pid_started;
    std::uint16_t port;
    Instant at;
};
struct SpawnFailed {
    std::uint64_t id;
    std::string why;
};
struct Exited {
    std::uint64_t id;
    Exit exit;
};
struct Probed {
    std::uint64_t id;
    int pid;  // A verdict on an earlier process of this place is not one on this.
    bool ok;
    std::string why;
};
struct Acknowledged {  // The gateway has these endpoints.
    std::string service;
    std::string version;
    std::uint64_t revision;
};
struct InFlight {  // What the gateway counts, by host:port; who is not in it has none.
    std::map<std::string, std::uint64_t> requests;
    Tick asked_at;
};
struct Scale {
    std::string service;
    std::string version;
    std::uint32_t replicas;
};
struct Restart {
    std::string service;
    std::string version;     // Empty: all.
    std::uint16_t port = 0;  // Only the instance that listens there; 0: all of them.
    std::string order = {};  // The same one again changes nothing; empty: it is none.
};
struct RollTo {
    std::string service;
    std::string version;  // Empty: back to what the file says.
};
struct Hold {  // `stop` and `start`.
    std::string service;
    std::string version;  // Empty: all.
    bool held;
};
struct StopAll {
    bool at_once;
};
struct TimePassed {};

using Input = std::variant<Desired, Spawned, SpawnFailed, Exited, Probed, Acknowledged, InFlight,
                           Scale, Restart, RollTo, Hold, StopAll, TimePassed>;

// --- actions
// ---------------------------------------------------------------------------------------

struct Spawn {
    std::uint64_t id;
    std::string service;
    std::string version;
};
struct Probe {
    std::uint64_t id;
};
struct Signal {
    std::uint64_t id;
    int signal;  // To the whole group of processes.
};
struct Publish {
    std::string service;
    std::string version;
    std::vector<std::string> endpoints;
    std::uint64_t revision;
    bool forget = false;  // The configuration no longer has this version: lift what was said of it.
};
struct SetWeights {  // Empty: lift what was set.
    std::string service;
    std::map<std::string, std::uint32_t> weights;
};
struct AskInFlight {};
struct Note {
    std::string service;
    std::string version;    // Empty: the service.
    std::uint32_t replica;  // 0: the version.
    Happening what;
    std::string detail;
    bool operator==(const Note&) const = default;
};

using Action = std::variant<Spawn, Probe, Signal, Publish, SetWeights, AskInFlight, Note>;
using Actions = std::vector<Action>;

}  // namespace sg::platform::local
