// Escalations by the thousand, seeded: through changes of the clocks of people, steps of the clock
// of the machine, holes in schedules, acknowledgements that hold or run out.
//
// The loop of the ops process, in virtual time: once a second of true time it reads the clock,
// which may have been stepped, and never lets its own time run backwards or stand still.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "ops/respond/oncall/page_for_tests.h"

namespace sg::oncall {
namespace {

struct Place {
    const char* zone;
    const char* change;  // Of its clocks.
};
constexpr Place places[] = {
    {"America/Chicago", "2026-03-08T08:00:00Z"},     {"America/Chicago", "2026-11-01T07:00:00Z"},
    {"Europe/Berlin", "2026-03-29T01:00:00Z"},       {"Europe/Berlin", "2026-10-25T01:00:00Z"},
    {"Australia/Lord_Howe", "2026-04-04T15:00:00Z"}, {"UTC", "2026-12-31T23:59:59Z"},
};

class Random {
  public:
    explicit Random(std::uint64_t seed) : engine_(seed) {}
    // In [least, most].
    std::int64_t pick(std::int64_t least, std::int64_t most) {
        return least +
               static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(most - least + 1));
    }
    bool chance(int percent) { return pick(1, 100) <= percent; }

  private:
    std::mt19937_64 engine_;
};

Schedule random_schedule(Random& random, const Place& place) {
    Roster roster{.team = "checkout"};
    const std::vector<std::string> people = {"ana", "bo", "cy", "di"};
    const Duration shifts[] = {1h, 12h, 24h, 168h};
    for (const Level level : levels) {
        if (random.chance(15)) continue;  // Nobody there.
        Era era{.team = "checkout",
                .level = level,
                .handover = "02:30",
                .shift = shifts[random.pick(0, 3)],
                .zone = place.zone,
                .since = "2026-01-05",
                .slot = 0,
                .index = random.pick(0, 3)};
        era.members = people;
        era.members.resize(static_cast<std::size_t>(random.pick(1, 4)));
        era.index %= static_cast<std::int64_t>(era.members.size());
        roster.eras.push_back(era);
    }
    const Instant change = *parse_rfc3339(place.change);
    if (random.chance(30))
        roster.overrides.push_back(
            {.id = 1, .leaves = "ana", .from = change - 1h, .to = change + 30min});
    auto schedule = Schedule::of(std::move(roster));
    EXPECT_TRUE(schedule);
    return std::move(*schedule);
}

class Simulation {
  public:
    explicit Simulation(std::uint64_t seed)
        : random_(seed),
          place_(places[random_.pick(0, std::size(places) - 1)]),
          schedule_(random_schedule(random_, place_)) {
        wall_ = now_ = *parse_rfc3339(place_.change) - std::chrono::seconds{random_.pick(0, 5400)};
    }

    void run() {
        begin();
        const Instant end = now_ + 12h;
        while (page_.state != PageState::unanswered && now_ < end) {
            pass_quiet_seconds();
            tick();
        }
        check_end();
    }

    std::int64_t fired() const { return fired_; }
    bool was_unanswered() const { return page_.state == PageState::unanswered; }

  private:
    Crew crew() const {
        return {.on_call = schedule_.at(now_),
                .everyone = everyone(schedule_, now_),
                .known = {"ana", "bo", "cy", "di", "eve"}};
    }

    void begin() {
        const Trouble trouble{.incident = 1, .severity = random_.pick(1, 3), .team = "checkout"};
        config::Team team{.id = "checkout",
                          .repeat = static_cast<std::uint32_t>(random_.pick(0, 2))};
        if (random_.chance(50)) team.fallback = {"eve"};
        page_.id = 1;
        page_.incident = 1;
        page_.severity = trouble.severity;
        page_.policy = policy_of(&team, trouble, crew());
        take(oncall::begin(page_, crew(), now_));
    }

    // Ticks at which nothing happens, in one go: up to the next clock, or to what is next drawn.
    void pass_quiet_seconds() {
        if (quiet_ == 0) quiet_ = random_.pick(1, 3000);
        const Instant next =
            std::min(step_.value_or(Instant::never()), reopen_.value_or(Instant::never()));
        const auto until = std::max<std::int64_t>((next - now_ - 1ns) / 1s, 0);
        const std::int64_t quiet = std::min(quiet_ - 1, until);
        wall_ = wall_ + std::chrono::seconds{quiet};
        now_ = now_ + std::chrono::seconds{quiet};
        quiet_ -= quiet + 1;
    }

    void tick() {
        const bool something = quiet_ == 0;
        const bool steps = something && random_.chance(75);
        wall_ = wall_ + 1s;
        if (steps) wall_ = wall_ + std::chrono::seconds{random_.pick(-7200, 1200)};
        const Instant before = now_;
        now_ = std::max(now_ + 1s, wall_);
        if (step_ && *step_ <= now_) {
            check_due(*step_, before);
            ++fired_;
            take(advance(page_, crew(), now_));
            if (step_) EXPECT_GT(*step_, now_) << "what is due is decided";
        } else if (reopen_ && *reopen_ <= now_) {
            check_due(*reopen_, before);
            reopen_.reset();
            take(oncall::reopen(page_, crew(), now_));
        } else if (something && !steps) {
            act();
        }
    }

    // Fired at the first tick at which it was due; within a second, unless the clock leapt over it.
    void check_due(Instant due, Instant before) const {
        EXPECT_GT(due, before);
        if (now_ == before + 1s) EXPECT_LT(now_ - due, 1s);
    }

    void act() {
        if (page_.state == PageState::acknowledged && random_.chance(50)) {
            const auto decision = escalate(page_, crew(), {"bo", ""}, now_);
            ASSERT_TRUE(decision);
            take(*decision);
        } else if (page_.state == PageState::walking) {
            const auto decision = acknowledge(page_, "bo", "link", now_);
            ASSERT_TRUE(decision);
            take(*decision);
        }
    }

    void take(const ops::Decision& decision) {
        for (const auto& event : decision.events) {
            if (event.kind == ops::Kind::page_sent) {
                check_sent(from_json<PageSent>(event.payload).value());
                continue;
            }
            if (event.kind == ops::Kind::page_acknowledged) acknowledged_ = true;
            if (event.kind == ops::Kind::page_reopened || event.kind == ops::Kind::page_escalated)
                acknowledged_ = false;
            apply_one(page_, event, now_);
        }
        for (const auto& clock : decision.clocks) {
            if (clock.name == clock_step) step_ = clock.due;
            else reopen_ = clock.due;
        }
        check_clocks();
    }

    void check_sent(const PageSent& sent) {
        EXPECT_FALSE(acknowledged_) << sent.person << " was paged after an acknowledgement";
        EXPECT_EQ(sent.number, page_.sent + 1);
        apply(page_, sent, now_);
        if (sent.reach == Reach::every) fallback_.insert(sent.person);
        for (const Level level : levels) {
            if (sent.why != std::string(word(level)) + " on call") continue;
            const auto people = schedule_.at(now_)[static_cast<std::size_t>(level)];
            EXPECT_NE(std::ranges::find(people, sent.person), people.end()) << sent.person;
        }
    }

    // A page that walks has its clock; one that does not has none.
    void check_clocks() const {
        EXPECT_EQ(step_.has_value(), page_.state == PageState::walking);
        if (step_) EXPECT_EQ(*step_, due(page_));
        EXPECT_EQ(reopen_.has_value(), page_.state == PageState::acknowledged);
    }

    void check_end() const {
        if (page_.state != PageState::unanswered) return;
        const auto& wanted = page_.policy.fallback;
        EXPECT_EQ(fallback_, std::set<std::string>(wanted.begin(), wanted.end()));
        EXPECT_FALSE(step_);
        EXPECT_FALSE(reopen_);
        EXPECT_FALSE(wanted.empty());
    }

    Random random_;
    Place place_;
    Schedule schedule_;
    Page page_;
    Instant wall_;
    Instant now_;
    std::optional<Instant> step_;
    std::optional<Instant> reopen_;
    std::int64_t quiet_ = 0;  // Seconds until something else than a clock.
    bool acknowledged_ = false;
    std::set<std::string> fallback_;
    std::int64_t fired_ = 0;
};

TEST(Escalations, TenThousandFireWhenTheyAreDueAndEndInTheFallback) {
    std::int64_t fired = 0;
    std::int64_t unanswered = 0;
    for (std::uint64_t seed = 1; seed <= 10'000; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Simulation simulation(seed);
        simulation.run();
        fired += simulation.fired();
        unanswered += simulation.was_unanswered() ? 1 : 0;
        if (testing::Test::HasFailure()) return;
    }
    EXPECT_GT(fired, 50'000);  // It is no test of pages that nothing happens to.
    EXPECT_GT(unanswered, 5'000);
}

}  // namespace
}  // namespace sg::oncall
