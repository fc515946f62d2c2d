// A thousand lives in virtual time, seeded: checks that flap, verifications that lie, undoing that
// sticks, crashes between an act and its answer, two responders at once, answers twice and out of
// order. The world keeps its own books, and no safeguard may be found broken in them.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <queue>
#include <random>
#include <set>

#include "ops/respond/mitigation/decide.h"

namespace sg::mitigation {
namespace {

constexpr int lives = 1000;
constexpr std::int64_t rate = 50;      // Requests per second of each service.
constexpr std::int64_t endpoints = 4;  // Of each service.
constexpr Duration length = 12min;     // Of a life.
const Instant dawn{1'800'000'000'000'000'000};

enum class Nature : std::uint8_t { helps, idle, harms, harms_later, flaps };

// What the world knows of a mitigation, beside its row.
struct Fate {
    Nature nature = Nature::helps;
    int undo_fails = 0;
    bool lies = false;  // The signals clear although it does not help.
    Instant began;      // In force on the platform.
    Instant ended = Instant::never();
    Instant harm_from = Instant::never();
    int carried_out = 0;
    int repeats_allowed = 1;  // One more for each crash.
};

struct Due {
    Instant at;
    std::int64_t order;
    std::function<void()> happen;
    bool operator>(const Due& other) const {
        return std::tie(at, order) > std::tie(other.at, other.order);
    }
};

struct Tally {
    int carried_out = 0, harmful = 0, undone = 0, stuck = 0, refused = 0, verified = 0;
    Duration slowest{};
};

class Life {
  public:
    Life(unsigned seed, Tally& tally) : chance_(seed), tally_(tally) {
        policy_.mode = config::MitigationMode::automatic;
        policy_.automatic_up_to = config::AutomaticWeight::heavy;
        policy_.per_hour = static_cast<std::uint32_t>(between(1, 4));
        policy_.per_service = static_cast<std::uint32_t>(between(2, 6));
        policy_.cooldown = Duration(30s) * between(0, 4);
        policy_.verbs["drain"].mode =
            any(0.5) ? config::MitigationMode::propose : config::MitigationMode::automatic;
    }

    void live() {
        const auto count = between(2, 7);
        for (std::int64_t i = 0; i < count; ++i)
            at(dawn + Duration(1s) * between(1, 200), [this] { propose_one(); });
        if (any(0.4)) at(dawn + Duration(1s) * between(1, 200), [this] { throw_it(true); });
        if (any(0.3)) at(dawn + Duration(1s) * between(200, 300), [this] { throw_it(false); });
        for (Duration t = 0s; t < length; t += 1s) at(dawn + t, [this] { second(); });
        while (!due_.empty()) {
            const auto next = due_.top();
            due_.pop();
            if (next.at > dawn + length) break;
            now_ = next.at;
            next.happen();
        }
        close_books();
    }

  private:
    std::int64_t between(std::int64_t a, std::int64_t b) {
        return std::uniform_int_distribution<std::int64_t>(a, b)(chance_);
    }
    bool any(double p) { return std::bernoulli_distribution(p)(chance_); }
    void at(Instant when, std::function<void()> happen) {
        due_.push({when, ++order_, std::move(happen)});
    }

    // --- the engine, in small --------------------------------------------------------------------

    void record(const ops::Decision& decision, const std::string& who) {
        for (const auto& event : decision.events) {
            ops::Recorded recorded{.seq = ++order_,
                                   .at = now_,
                                   .kind = event.kind,
                                   .actor = {who, "test"},
                                   .subjects = event.subjects,
                                   .payload = event.payload};
            if (event.kind == ops::Kind::mitigation_switch_thrown) {
                kill_ = apply(kill_, recorded);
                continue;
            }
            const auto id = mitigation_of(event.subjects.front()).value();
            rows_[id] = apply(rows_[id], recorded);
            if (event.kind == ops::Kind::mitigation_stuck) ++tally_.stuck;
            if (event.kind == ops::Kind::mitigation_refused) ++tally_.refused;
            if (event.kind == ops::Kind::mitigation_verified) ++tally_.verified;
        }
        for (const auto& action : decision.actions)
            if (keys_.insert(action.key).second)
                at(std::max(action.not_before, now_),
                   [this, body = action.body] { perform(body); });
        for (const auto& clock : decision.clocks) {
            const auto name = clock.name + " " + clock.subject;
            const auto number = ++clocks_[name];
            if (!clock.due) continue;
            at(*clock.due, [this, name, number, clock] {
                if (clocks_[name] == number) ring(clock);
            });
        }
    }

    void ring(const ops::ClockChange& clock) {
        const auto id = mitigation_of(clock.subject).value();
        const auto& m = rows_.at(id);
        if (clock.name == "mitigation_approve_by") record(on_approve_by(m, now_), "system");
        if (clock.name == "mitigation_expires") record(on_expiry(m, now_), "system");
        if (clock.name == "mitigation_go") record(on_go(m, around(m), now_), "system");
        if (clock.name == "mitigation_check") record(on_check(m, sight(m), now_), "system");
    }

    // An answer that is lost in a crash comes once more, from doing it again; one that is not may
    // come late, and twice.
    void perform(const std::string& body) {
        const auto errand = from_json<Errand>(body).value();
        if (any(0.05)) {  // A crash, after the act and before its answer is noted.
            [[maybe_unused]] const auto lost = act(errand);
            ++fates_[errand.mitigation].repeats_allowed;
            at(now_ + Duration(1s) * between(1, 4), [this, body] { perform(body); });
            return;
        }
        const auto answer = act(errand);
        const auto note = [this, errand, answer] {
            const auto& m = rows_.at(errand.mitigation);
            if (errand.kind == "prepare") record(on_prepared(m, answer, now_), "system");
            else if (errand.kind == "carry_out") record(on_carried_out(m, answer, now_), "system");
            else record(on_taken_back(m, errand, answer, now_), "system");
        };
        at(now_ + Duration(100ms) * between(1, 20), note);
        if (any(0.2)) at(now_ + Duration(100ms) * between(1, 60), note);
    }

    // --- the platform ----------------------------------------------------------------------------

    Answer act(const Errand& errand) {
        using How = Answer::How;
        auto& fate = fates_[errand.mitigation];
        const auto& m = rows_.at(errand.mitigation);
        if (errand.not_after != Instant{} && now_ > errand.not_after)
            return {How::failed, "too late"};
        if (errand.kind == "prepare") {
            if (any(0.05)) return {How::failed, "cannot be done here"};
            return {How::done, "what was before"};
        }
        if (errand.kind == "carry_out") {
            look_into_the_books(m, fate);
            if (any(0.05)) return {How::failed, "refused by the platform"};
            if (fate.began == Instant{}) {
                fate.began = now_;
                if (fate.nature == Nature::harms) fate.harm_from = now_;
                if (fate.nature == Nature::harms_later) fate.harm_from = now_ + 20s;
                ++tally_.carried_out;
            }
            fate.ended = Instant::never();
            // Done, and said not to be.
            if (any(0.05)) return {How::failed, "the connection broke"};
            return {How::done, "done"};
        }
        if (fate.undo_fails > 0) {
            --fate.undo_fails;
            return {How::failed, "the platform does not answer"};
        }
        if (fate.ended == Instant::never()) fate.ended = now_;
        ++tally_.undone;
        return {How::done, "put back"};
    }

    bool in_force(const Fate& fate) const {
        return fate.began != Instant{} && fate.began <= now_ && now_ < fate.ended;
    }

    double wrong_share(const std::string& service) const {
        double share = 0.3;
        for (const auto& [id, fate] : fates_) {
            if (rows_.at(id).service != service || !in_force(fate)) continue;
            const auto seconds = (now_ - fate.began) / 1s;
            const bool harms = now_ >= fate.harm_from;
            if (harms) return 0.9;
            if (fate.nature == Nature::helps) share = 0;
            if (fate.nature == Nature::flaps && seconds / 3 % 2 == 0) share = 0;
        }
        return share;
    }

    void second() {
        for (const auto* service : {"catalog", "live"}) {
            std::binomial_distribution<std::int64_t> wrong(rate, wrong_share(service));
            history_[service][now_.ns] = {rate, wrong(chance_)};
        }
    }

    // --- what is seen ----------------------------------------------------------------------------

    Span sum(const std::string& service, Instant from, Instant to) {
        Span span;
        const auto& seconds = history_[service];
        for (auto it = seconds.lower_bound(from.ns); it != seconds.end() && it->first < to.ns;
             ++it) {
            span.requests += it->second.requests;
            span.wrong += it->second.wrong;
        }
        return span;
    }

    Sight sight(const Mitigation& m) {
        const auto& fate = fates_[m.id];
        const std::string other = m.service == "live" ? "catalog" : "live";
        Sight s{.has_signals = true, .usual = {6000, 12}};
        s.before = sum(m.service, m.applied_at - looked_back, m.applied_at);
        const Instant from = std::max(now_ - looked_at, m.applied_at + settle);
        s.after = sum(m.service, from, now_);
        const bool other_is_touched = std::ranges::any_of(rows_, [&](const auto& row) {
            return row.second.service == other &&
                   (is_under_way(row.second) || is_in_force(row.second));
        });
        if (!other_is_touched) {
            s.others_before = sum(other, m.applied_at - looked_back, m.applied_at);
            s.others_after = sum(other, from, now_);
        }
        const Instant lately = now_ - m.wanted.verify.holds;
        s.lately = sum(m.service, lately, now_);
        s.lately_whole = lately >= m.applied_at + settle;
        for (Instant t = lately; t < now_; t = t + 5s)
            s.worst_lately = std::max(s.worst_lately, share_of(sum(m.service, t, t + 5s)));
        if (fate.lies && m.applied_at != Instant{} && now_ > m.applied_at + 3s)
            s.cleared_at = m.applied_at + 3s;
        return s;
    }

    Situation around(const Mitigation& m) {
        Situation s{.policy = policy_, .kill = kill_, .has_incident = true, .severity = 1};
        s.incident_state = "declared";
        std::int64_t drained = 0;
        for (const auto& [id, other] : rows_) {
            if (id == m.id) continue;
            if (is_under_way(other) && other.target == m.target) s.under_way = id;
            if (other.state == State::proposed || other.state == State::refused) continue;
            if (other.prepared_at == Instant{}) continue;
            s.of_verb += other.wanted.act.verb == m.wanted.act.verb ? 1 : 0;
            s.of_service += other.service == m.service ? 1 : 0;
            if (other.spot == m.spot) s.same_before = std::max(s.same_before, other.prepared_at);
            const bool holds = is_under_way(other) || is_in_force(other);
            drained += holds && other.service == m.service && other.wanted.act.verb == "drain";
        }
        const bool drains = m.wanted.act.verb == "drain";
        s.capacity = {.touched = drains,
                      .endpoints = endpoints,
                      .healthy = endpoints - drained,
                      .left = endpoints - drained - 1,
                      .taken = drained + 1,
                      .rate = rate,
                      .each_after = 1,
                      .each_at_most = 1};
        return s;
    }

    // --- people and runbooks ---------------------------------------------------------------------

    void propose_one() {
        const std::string service = any(0.5) ? "catalog" : "live";
        const bool by_hand = any(0.3);
        Mitigation m{.id = std::ssize(rows_) + 1};
        m.service = service;
        m.target = "service:" + service;
        m.proposed_by = by_hand ? "ana" : "runbook";
        const auto endpoint = "10.0.0." + std::to_string(between(1, endpoints)) + ":80";
        if (any(0.2)) {
            m.wanted.act = {"clear_cache", {{"need", "cache"}}};
            m.target = "need:cache";
        } else if (any(0.4)) {
            m.wanted.act = {"shed", {{"service", service}, {"share", "10%"}}};
        } else {
            m.wanted.act = {"drain", {{"service", service}, {"endpoint", endpoint}}};
        }
        m.spot = m.wanted.act.verb + service + endpoint;
        m.wanted.incident = 1;
        m.wanted.run = by_hand ? 0 : 7;
        m.wanted.runbook = "bad-release";
        m.wanted.expires = Duration(1min) * between(2, 8);
        m.wanted.verify = {.within = 60s, .holds = 15s};
        if (m.wanted.act.verb == "clear_cache") {
            m.wanted.undo = Undo::none;
            m.wanted.why_no_undo = "it fills again";
        }
        Fate fate{.nature = static_cast<Nature>(between(0, 4)), .lies = any(0.2)};
        if (m.wanted.undo == Undo::none) fate.nature = Nature::idle;
        if (any(0.15)) fate.undo_fails = static_cast<int>(between(1, 6));
        fates_[m.id] = fate;
        record(propose(m, around(m), now_), m.proposed_by);
        const auto id = m.id;
        // Two responders, at the same time: one of them decides.
        if (rows_.at(id).state != State::proposed) return;
        at(now_ + Duration(1s) * between(1, 40), [this, id] {
            int decided = 0;
            for (const auto* who : {"ana", "bo"}) {
                const auto& row = rows_.at(id);
                const auto yes = approve(row, {who, "cli"}, around(row), now_);
                if (!yes) continue;
                ++decided;
                record(*yes, who);
            }
            EXPECT_LE(decided, 1) << "both approved mitigation " << id;
        });
    }

    void throw_it(bool off) {
        const auto thrown = throw_switch(kill_, {.off = off, .by = "cy", .reason = "enough"});
        if (!thrown) return;
        ops::Decision decision = *thrown;
        if (off)
            for (const auto& [id, m] : rows_) decision.add(halt(m, "enough", now_));
        record(decision, "cy");
    }

    // --- the books -------------------------------------------------------------------------------

    // When something is about to be done, as the world knows it.
    void look_into_the_books(const Mitigation& m, Fate& fate) {
        EXPECT_NE(m.prepared_at, Instant{}) << "done before what is put back was recorded";
        EXPECT_FALSE(kill_.off && kill_.at < m.prepared_at) << "done after the switch was thrown";
        ++fate.carried_out;
        EXPECT_LE(fate.carried_out, fate.repeats_allowed) << "mitigation " << m.id << " twice";
        if (m.wanted.act.verb == "clear_cache") {
            EXPECT_NE(m.approved_by, m.proposed_by) << "destroyed by one person alone";
            EXPECT_FALSE(m.automatic);
        }
        std::uint32_t of_verb = 0;
        std::uint32_t of_service = 0;
        std::set<std::string> drained;
        for (const auto& [id, other] : rows_) {
            const auto& its = fates_.at(id);
            if (id == m.id || its.carried_out == 0) continue;
            of_verb += other.wanted.act.verb == m.wanted.act.verb ? 1 : 0;
            of_service += other.service == m.service ? 1 : 0;
            if (!in_force(its)) continue;
            if (other.service == m.service && other.wanted.act.verb == "drain")
                drained.insert(other.wanted.act.with.at("endpoint"));
            EXPECT_FALSE(other.target == m.target && is_under_way(other))
                << "two at a time on " << m.target;
            EXPECT_FALSE(other.spot == m.spot && now_ - its.began < policy_.cooldown - 10s)
                << "the same too soon: " << m.spot;
        }
        EXPECT_LT(of_verb, policy_.per_hour) << m.wanted.act.verb << " too often";
        EXPECT_LT(of_service, policy_.per_service) << "too much on " << m.service;
        if (m.wanted.act.verb != "drain") return;
        drained.insert(m.wanted.act.with.at("endpoint"));
        EXPECT_LT(std::ssize(drained), endpoints) << "the last healthy endpoint";
        EXPECT_LE(static_cast<double>(drained.size()) / endpoints, policy_.takes_most.of_one);
    }

    void close_books() {
        for (const auto& [id, fate] : fates_) {
            const auto& m = rows_.at(id);
            if (fate.began == Instant{} || fate.harm_from == Instant::never()) continue;
            if (fate.ended <= fate.harm_from) continue;  // Gone before it could.
            ++tally_.harmful;
            ASSERT_NE(fate.ended, Instant::never()) << "harm was never taken back: " << id;
            const Duration harmed = fate.ended - fate.harm_from;
            // The platform refused to take it back for a while; that was told.
            if (m.undo_failures > 0) continue;
            tally_.slowest = std::max(tally_.slowest, harmed);
            EXPECT_LE(harmed, 30s) << "mitigation " << id << ", " << word(m.state);
        }
    }

    std::mt19937_64 chance_;
    Tally& tally_;
    config::Mitigation policy_;
    Instant now_ = dawn;
    std::int64_t order_ = 0;
    std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
    std::map<std::string, std::int64_t> clocks_;
    std::set<std::string> keys_;
    std::map<std::int64_t, Mitigation> rows_;
    std::map<std::int64_t, Fate> fates_;
    Switch kill_;
    std::map<std::string, std::map<std::int64_t, Span>> history_;
};

TEST(MitigationLife, NoSafeguardIsEverViolatedAndHarmIsTakenBackWithinHalfAMinute) {
    Tally tally;
    for (unsigned seed = 1; seed <= lives; ++seed) {
        Life life(seed, tally);
        life.live();
        ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed;
    }
    RecordProperty("carried_out", tally.carried_out);
    std::printf(
        "%d lives: %d carried out, %d harmful, slowest taken back after %.1f s, %d stuck, "
        "%d refused, %d verified\n",
        lives, tally.carried_out, tally.harmful,
        std::chrono::duration<double>(tally.slowest).count(), tally.stuck, tally.refused,
        tally.verified);
    // A world in which nothing happens proves nothing.
    EXPECT_GT(tally.carried_out, 500);
    EXPECT_GT(tally.harmful, 100);
    EXPECT_GT(tally.stuck, 10);
    EXPECT_GT(tally.refused, 100);
    EXPECT_GT(tally.verified, 100);
}

}  // namespace
}  // namespace sg::mitigation
