// A world in which operations run: generated traffic, a clock that is an argument, a database, and
// people who can be reached. Everything between is the product: telemetry is pulled and judged, the
// spine reacts, the outbox acts. Only the last step of a message is simulated: what is handed to
// the platform is written down as sent.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "gateway.h"
#include "ops/detect/alerts/watch.h"
#include "ops/detect/signals/rollup.h"
#include "ops/detect/slo/meter.h"
#include "ops/engine.h"
#include "ops/respond/notify/ack_link.h"
#include "ops/respond/runbooks/shelf.h"
#include "ports/executor.h"
#include "store.h"

namespace sg::sim {

// A record of the ledger, or something that left the house.
struct Happening {
    Duration at{};           // Since the world began.
    std::string kind;        // `incident.declared`; `sent`, `unsent`, `beat`
    std::int64_t seq = 0;    // 0: not a record.
    std::int64_t cause = 0;  // Of records.
    std::string who;
    std::string payload;  // JSON.
    std::string key;      // Of what was sent.
};

enum class ChannelState : std::uint8_t { works, fails, refuses };

// Does whatever it is told, and remembers nothing: what comes of it is said by the story's traffic.
class WillingPlatform final : public ports::Executor {
  public:
    Result<std::string> before(const ports::Act&, Instant) const override { return "as it was"; }
    Result<std::string> carry_out(const ports::Order&, Instant) const override { return "done"; }
    Result<std::string> take_back(const ports::Order&, const std::string&, Instant) const override {
        return "put back";
    }
};

// What goes wrong in a run of torture. Counted from 1; 0: nothing of that sort.
struct Sabotage {
    enum class How : std::uint8_t { fail, crash };
    std::int64_t statement = 0;
    std::int64_t send = 0;
    How how = How::fail;  // A send that crashes has left the house; nobody noted it.
};

class World {
  public:
    struct Options {
        std::string store = "sqlite";
        config::Snapshot config;
        Instant start;
        Sabotage sabotage{};
        Random* chance = nullptr;
    };
    static Result<std::unique_ptr<World>> create(Options options);

    // --- time ---
    Duration elapsed() const { return elapsed_; }
    Instant wall() const { return start_ + elapsed_ + jumped_; }
    void pass(Duration span);      // Everything that comes due on the way happens.
    void jump(Duration distance);  // The wall clock; everything else goes on.

    // --- the outside ---
    Gateway& gateway() { return gateway_; }
    void gateway_answers(bool does) { gateway_answers_ = does; }
    void set_channel(const std::string& name, ChannelState state) { channels_[name] = state; }
    void set_probe(const std::string& name, signals::Health health) { probes_[name] = health; }
    void set_need(const std::string& name, signals::Health health) { needs_[name] = health; }
    void set_resources(const std::string& of, const signals::Resources& resources) {
        resources_[of] = resources;
    }
    void let_hang(const std::string& inspection) { hanging_.insert(inspection); }
    void let_find_bad(const std::string& inspection) { bad_.insert(inspection); }
    void beat_every(const std::string& heartbeat, Duration every) { beats_[heartbeat] = every; }

    // --- the inside ---
    // By a person, who tries again when the database was the trouble.
    Result<void> run(const ops::Engine::Command& command);
    Result<void> accept(config::Snapshot config);
    void stop();   // Operations are down: time passes without them.
    void start();  // With what is in the database, and nothing else.
    store::Session& onlooker() { return *onlooker_; }
    const config::Config& config() const { return *config_; }
    const signals::History& history() const { return history_; }

    // --- what came of it ---
    const std::vector<Happening>& log() const { return log_; }
    std::int64_t last_incident() const { return last_incident_; }
    std::int64_t statements() const { return statements_; }
    std::int64_t sends() const { return sends_; }
    std::int64_t crashes() const { return crashes_; }
    const std::vector<std::string>& broken_promises() const { return broken_; }

    // Called before each statement, with its name.
    std::function<void(std::string_view)> on_statement;

  private:
    explicit World(Options options);
    Result<void> open();
    Result<void> may(std::string_view statement);
    void begin_term();
    void revive();  // After a crash.
    void pull();
    void judge(const signals::Second& second);
    void pump();
    void act();
    ops::Performed perform(const store::Job& job);
    bool hangs(const store::Job& job) const;
    ops::Performed look(const store::Job& job);
    ops::Performed send(const store::Job& job);
    void note(Happening happening);
    void read_ledger();
    void beat();
    void check_clocks();

    Options options_;
    config::Snapshot config_;
    Instant start_;
    Duration elapsed_{};
    Duration jumped_{};
    Gateway gateway_;
    WillingPlatform platform_;
    bool gateway_answers_ = true;
    std::map<std::string, ChannelState> channels_;
    std::map<std::string, signals::Health> probes_;
    std::map<std::string, signals::Health> needs_;
    std::map<std::string, signals::Resources> resources_;
    std::set<std::string> hanging_;  // Inspections that never answer.
    std::set<std::string> bad_;      // Inspections that find something bad.
    std::map<std::string, Duration> beats_;
    std::map<std::string, Instant> probed_at_;
    std::map<std::string, Duration> beaten_at_;

    signals::Accumulator counts_;
    signals::Rollup history_{""};
    runbooks::Shelf shelf_;
    std::unique_ptr<Database> database_;
    std::unique_ptr<store::Session> session_;
    std::unique_ptr<store::Session> onlooker_;  // Ours: nothing that it asks is sabotaged.
    std::unique_ptr<ops::Engine> engine_;
    slo::Meter meter_;
    alerts::Watch watch_;
    notify::Keys keys_;
    bool stopped_ = false;
    bool dead_ = false;  // Crashed, until revive().

    std::int64_t statements_ = 0;
    std::int64_t sends_ = 0;
    std::int64_t crashes_ = 0;
    std::int64_t read_to_ = 0;
    std::int64_t last_incident_ = 0;
    std::size_t checked_to_ = 0;  // Of the log.
    std::vector<Happening> log_;
    std::vector<std::string> broken_;
    Duration trouble_since_{-1};  // The database could not be used.
};

}  // namespace sg::sim
