#include "world.h"

#include <fmt/format.h>

#include <algorithm>

#include "config/document.h"
#include "looks.h"
#include "ops/accept.h"
#include "ops/detect/alerts/commands.h"
#include "ops/detect/alerts/heartbeats.h"
#include "ops/detect/slo/commands.h"
#include "ops/respond/incidents/ask.h"
#include "ops/respond/incidents/decide.h"
#include "ops/respond/mitigation/perform.h"
#include "ops/respond/notify/compose.h"
#include "ops/respond/runs/decide.h"
#include "ops/respond/subscribers/decide.h"
#include "ops/spine.h"
#include "store/digest.h"
#include "store/ledger.h"

namespace sg::sim {

namespace {

constexpr Duration patience = 60s;     // As the product's: ops::Writer::Options.
constexpr Duration newcomer = 10min;   // The gateway was there before operations were.
constexpr int tries_max = 5;           // Bound: of a person with one command.
constexpr int rounds_max = 1000;       // Bound: of what comes due in one step.
constexpr Duration write_every = 10s;  // As the product's: signals::Collector.

struct SentMessage {  // What an expectation can ask of a message.
    std::string kind;
    std::string to;
    std::string channel;
    std::int64_t severity = 0;
    std::string incident;
    std::string subject;
    std::string text;
};
void describe(Visitor& v, SentMessage& m) {
    v.field({.key = "kind"}, m.kind);
    v.field({.key = "to"}, m.to);
    v.field({.key = "channel"}, m.channel);
    v.field({.key = "severity"}, m.severity);
    v.field({.key = "incident"}, m.incident);
    v.field({.key = "subject"}, m.subject);
    v.field({.key = "text"}, m.text);
}

SentMessage shown(const ports::Message& message) {
    return {.kind = std::string(
                WordsOf<notify::Purpose>::words[static_cast<std::size_t>(message.kind)]),
            .to = message.person,
            .channel = message.channel,
            .severity = message.topics.empty() ? 0 : message.topics.front().severity,
            .incident = message.topics.empty() ? "" : message.topics.front().incident,
            .subject = message.subject,
            .text = message.text};
}

Instant floored(Instant at) { return {at.ns / 1'000'000'000 * 1'000'000'000}; }

}  // namespace

World::World(Options options)
    : options_(std::move(options)),
      config_(options_.config),
      start_(options_.start),
      gateway_(*config_, "local", start_ - newcomer) {
    for (const auto& [name, probe] : config_->operations.probes)
        probes_[name] = signals::Health::well;
    for (const auto& [name, need] : config_->operations.needs) needs_[name] = signals::Health::well;
    keys_ = notify::renewed({}, std::string(64, '0'), start_);
}

Result<std::unique_ptr<World>> World::create(Options options) {
    std::unique_ptr<World> it(new World(std::move(options)));
    TRY(it->database_, Database::create(it->options_.store));
    TRY(it->onlooker_, it->database_->open());
    it->start();
    if (!it->session_) return fail(Errc::unavailable, "the database cannot be opened");
    return it;
}

// --- operations, as a process --------------------------------------------------------------------

Result<void> World::open() {
    TRY(session_, database_->open());
    session_->sabotage([this](std::string_view statement) { return may(statement); });
    engine_ = std::make_unique<ops::Engine>(*session_, ops::spine(), config_);
    engine_->sense({&history_, &shelf_});
    return {};
}

Result<void> World::may(std::string_view statement) {
    if (dead_) return fail(Errc::unavailable, "the process is gone");
    ++statements_;
    if (on_statement) on_statement(statement);
    if (statements_ != options_.sabotage.statement) return {};
    dead_ = options_.sabotage.how == Sabotage::How::crash;
    return fail(Errc::unavailable, "sabotage");
}

void World::stop() {
    engine_.reset();
    session_.reset();
    stopped_ = true;
}

void World::start() {
    stopped_ = false;
    dead_ = false;
    engine_.reset();
    session_.reset();
    meter_ = {};
    watch_ = {};
    if (const auto opened = open(); !opened) {
        broken_.push_back(opened.error().message());
        return;
    }
    std::map<std::string, std::string> services;
    for (const auto& [name, probe] : config_->operations.probes) services[name] = probe.service;
    history_.set_probes(std::move(services));
    begin_term();
    if (const auto accepted = accept(config_); !accepted)
        broken_.push_back(accepted.error().message());
}

// As ops::Writer: tried until the database answers.
void World::begin_term() {
    for (int tries = 0; tries < tries_max; ++tries) {
        if (engine_->take_over(wall())) return;
        if (!dead_) continue;
        // It died at the very beginning, and comes back.
        ++crashes_;
        dead_ = false;
    }
    broken_.emplace_back("operations cannot begin");
}

void World::revive() {
    if (!dead_) return;
    ++crashes_;
    start();
}

Result<void> World::accept(config::Snapshot config) {
    config_ = std::move(config);
    const auto document = config::to_yaml(config::to_document(*config_));
    const ops::ConfigAccepted accepted{store::sha256_hex(document), "story", ""};
    return run([&](const ops::Turn& turn) -> Result<void> {
        TRY([[maybe_unused]] const bool is_new,
            ops::accept(turn, {"system", "start"}, accepted, "simulated"));
        return {};
    });
}

Result<void> World::run(const ops::Engine::Command& command) {
    if (stopped_) return fail(Errc::unavailable, "operations are stopped");
    for (int tries = 0;; ++tries) {
        engine_->use(config_);
        auto done = engine_->run(wall(), command);
        const bool again = !done && done.error().code == Errc::unavailable && tries < tries_max;
        if (dead_) revive();
        if (again) continue;
        if (done) pump();
        return done;
    }
}

// --- time ----------------------------------------------------------------------------------------

void World::jump(Duration distance) { jumped_ += distance; }

void World::pass(Duration span) {
    const Duration until = elapsed_ + span;
    gateway_.pass(span, options_.chance);
    for (int round = 0; !stopped_ && round < rounds_max; ++round) {
        const auto due = engine_->next_due();
        if (dead_) revive();
        if (!due || *due >= start_ + jumped_ + until) break;
        elapsed_ = std::max(elapsed_, *due - start_ - jumped_);
        const auto before = statements_;
        pump();
        if (statements_ == before) break;
    }
    elapsed_ = until;
    if (stopped_) return;
    beat();
    pull();
    check_clocks();
}

void World::beat() {
    for (const auto& [name, every] : beats_) {
        if (every == 0s) continue;
        const auto last = beaten_at_.find(name);
        if (last != beaten_at_.end() && elapsed_ - last->second < every) continue;
        beaten_at_[name] = elapsed_;
        const auto done = run([&](const ops::Turn& turn) { return alerts::heartbeat(turn, name); });
        if (!done) broken_.push_back(done.error().message());
    }
}

void World::pull() {
    const Instant at = floored(wall());
    if (gateway_answers_) counts_.hear("local", gateway_.snapshot(wall()), wall());
    else counts_.miss("local");
    auto second = counts_.close(at);
    second.resources["host"] = signals::Resources{.cpu = 0.2, .memory = 0.4, .disk = 0.3};
    for (const auto& [of, resources] : resources_) second.resources[of] = resources;
    for (const auto& [name, health] : probes_) {
        const auto probe = config_->operations.probes.find(name);
        if (probe == config_->operations.probes.end()) continue;
        auto& looked = probed_at_[name];
        if (looked == Instant{} || at < looked || at - looked >= probe->second.every) looked = at;
        second.probes[name] = {health, 20ms, health == signals::Health::ill ? "timed out" : "",
                               looked};
    }
    for (const auto& [name, health] : needs_)
        second.needs[name] = {health, 5ms, health == signals::Health::ill ? "refused" : "", at};
    history_.add(second, counts_.known());
    if (elapsed_ % write_every < 1s) [[maybe_unused]]
        const auto written = history_.write();
    judge(second);
    pump();
}

void World::judge(const signals::Second& second) {
    engine_->use(config_);
    [[maybe_unused]] const auto objectives = engine_->run(
        wall(), [&](const ops::Turn& turn) { return slo::judge(turn, history_, meter_); });
    if (dead_) revive();
    [[maybe_unused]] const auto alerts = engine_->run(wall(), [&](const ops::Turn& turn) {
        return alerts::judge(turn, second, history_, watch_);
    });
    if (dead_) revive();
}

// As ops::Writer: what follows, then what is to be done outside, until nothing is left.
void World::pump() {
    for (int round = 0; round < rounds_max; ++round) {
        const auto settled = engine_->settle(wall());
        if (dead_) return revive();
        read_ledger();
        if (!settled) return;  // Looked at again in a second.
        const auto before = log_.size();
        act();
        read_ledger();
        if (log_.size() == before) return;
    }
    broken_.emplace_back("it never comes to rest");
}

void World::act() {
    const auto jobs = engine_->begin_actions(wall(), patience);
    if (dead_) return revive();
    if (!jobs) return;
    for (const auto& job : *jobs) {
        if (hangs(job)) continue;
        auto performed = perform(job);
        // If that fails it is kept, and noted by the next settle().
        if (!dead_) [[maybe_unused]]
            const auto noted = engine_->end_action(wall(), {job, std::move(performed)});
        if (dead_) return revive();  // What was begun and not performed comes again.
    }
}

// --- the platform --------------------------------------------------------------------------------

ops::Performed World::perform(const store::Job& job) {
    using How = ops::Performed::How;
    if (job.kind == "heartbeat.send") {
        note({.kind = "beat", .payload = job.body, .key = job.key});
        return {How::done, "answered 200", {}};
    }
    if (job.kind == runs::look_action) return look(job);
    if (job.kind.starts_with("mitigation.")) {
        const auto answer = mitigation::perform(job.body, platform_, wall());
        const bool done = answer.how == mitigation::Answer::How::done;
        note({.kind = done ? "act" : "act.failed", .payload = job.body, .key = job.key});
        return {done ? How::done : How::failed, answer.text, {}};
    }
    if (job.kind == "statuspage.deliver") {
        note({.kind = "page.written", .payload = job.body, .key = job.key});
        return {How::done, {}, {}};
    }
    if (job.kind == subscribers::letter_action) {
        note({.kind = "told", .payload = job.body, .key = job.key});
        return {How::done, {}, {}};
    }
    if (job.kind != "notify.send") return {How::failed, "no such action: " + job.kind, {}};
    return send(job);
}

bool World::hangs(const store::Job& job) const {
    if (job.kind != runs::look_action || job.attempts > runs::tries_max) return false;
    const auto order = from_json<runs::LookOrder>(job.body);
    return order && hanging_.contains(order->inspect);
}

ops::Performed World::look(const store::Job& job) {
    using How = ops::Performed::How;
    const auto order = from_json<runs::LookOrder>(job.body);
    if (!order) return {How::failed, order.error().message(), {}};
    if (job.attempts > runs::tries_max) return {How::failed, "it was begun and never ended", {}};
    note({.kind = "looked", .payload = job.body, .key = job.key});
    return {How::done, to_json(sim::look(*order, {needs_, bad_, history_.latest()})), {}};
}

ops::Performed World::send(const store::Job& job) {
    using How = ops::Performed::How;
    const auto message = notify::message_of(job.body, {config_->operations, keys_});
    if (!message) return {How::failed, message.error().message(), {}};
    ++sends_;
    const bool sabotaged = sends_ == options_.sabotage.send;
    const auto state = channels_[message->channel];
    const bool works = state == ChannelState::works &&
                       (!sabotaged || options_.sabotage.how == Sabotage::How::crash);
    note({.kind = works ? "sent" : "unsent",
          .payload = to_json(shown(*message)),
          .key = message->key});
    if (sabotaged && options_.sabotage.how == Sabotage::How::crash) {
        dead_ = true;
        return {How::done, "", {}};
    }
    if (works) return {How::done, "250 accepted", {}};
    if (state == ChannelState::refuses) return {How::failed, "550 no such mailbox", {}};
    return {How::again, "connection refused", {}};
}

// --- what came of it -----------------------------------------------------------------------------

void World::note(Happening happening) {
    read_ledger();
    happening.at = elapsed_;
    log_.push_back(std::move(happening));
}

void World::read_ledger() {
    for (;;) {
        const auto list = store::entries(*onlooker_, {.after = read_to_, .limit = 500});
        if (!list || list->empty()) return;
        for (const auto& entry : *list) {
            read_to_ = entry.seq;
            log_.push_back({.at = elapsed_,
                            .kind = entry.kind,
                            .seq = entry.seq,
                            .cause = entry.cause.value_or(0),
                            .who = entry.who,
                            .payload = entry.payload});
            if (entry.kind != "incident.declared") continue;
            for (const auto& subject : entry.subjects)
                if (const auto id = incidents::incident_of(subject)) last_incident_ = *id;
        }
    }
}

// While users hurt, a clock is running that somebody must answer for.
void World::check_clocks() {
    if (last_incident_ == 0 || checked_to_ == log_.size()) return;
    checked_to_ = log_.size();
    const auto open = incidents::open_incidents(*onlooker_);
    if (!open) return;
    for (const auto& incident : *open) {
        if (!incidents::users_hurt(incident.state)) continue;
        const auto clocks = store::wakeups_of(*onlooker_, incidents::subject_of(incident.id));
        if (!clocks || !clocks->empty()) continue;
        const auto what = fmt::format("incident {}: users hurt and no clock runs", incident.id);
        if (std::ranges::find(broken_, what) == broken_.end()) broken_.push_back(what);
    }
}

}  // namespace sg::sim
