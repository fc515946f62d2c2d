#include "play.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "base/units.h"
#include "ops/rebuild.h"
#include "ops/spine.h"
#include "store/ledger.h"

namespace sg::sim {

namespace {

constexpr Duration tick = 1s;
constexpr Duration stride = 5s;         // While nothing happens and nothing changes.
constexpr Duration calm = 2min;         // So long since something did.
constexpr std::size_t shown_most = 60;  // Bound: lines of the log in a report.

class Play {
  public:
    Play(const Story& story, const Staging& staging) : story_(story), staging_(staging) {}

    Outcome run() {
        auto made = World::create({.store = staging_.store,
                                   .config = story_.config,
                                   .start = story_.start,
                                   .sabotage = staging_.sabotage});
        if (!made) {
            outcome_.failure = made.error().message();
            return outcome_;
        }
        world_ = std::move(*made);
        if (staging_.on_statement)
            world_->on_statement = [this](std::string_view name) {
                staging_.on_statement(world_->statements(), name, world_->log().size());
            };
        const Duration end = story_.end + staging_.grace;
        while (world_->elapsed() < end || next_ < story_.doings.size()) {
            let_happen();
            world_->pass(step(end));
        }
        judge();
        return std::move(outcome_);
    }

  private:
    void blame(int line, const std::string& what) {
        outcome_.failure += fmt::format("{}{}:{}: {}", outcome_.failure.empty() ? "" : "\n",
                                        story_.file, line, what);
    }

    void let_happen() {
        for (; next_ < story_.doings.size() && story_.doings[next_].at <= world_->elapsed();
             ++next_) {
            const Doing& doing = story_.doings[next_];
            const auto done = doing.act(*world_);
            changed_at_ = world_->elapsed();
            const bool succeeds = doing.outcome == Doing::Outcome::succeeds;
            if (!done && succeeds) blame(doing.line, done.error().message());
            if (done && !succeeds) blame(doing.line, "this was not refused");
        }
    }

    Duration step(Duration end) {
        if (world_->log().size() != seen_) {
            seen_ = world_->log().size();
            changed_at_ = world_->elapsed();
        }
        const bool is_calm = world_->elapsed() - changed_at_ >= calm;
        Duration span = is_calm ? stride : tick;
        if (next_ < story_.doings.size())
            span = std::min(span, story_.doings[next_].at - world_->elapsed());
        else if (end > world_->elapsed()) span = std::min(span, end - world_->elapsed());
        return std::max<Duration>(span, 1ms);
    }

    void judge() {
        outcome_.log = world_->log();
        outcome_.virtual_time = world_->elapsed();
        outcome_.statements = world_->statements();
        outcome_.sends = world_->sends();
        outcome_.crashes = world_->crashes();
        static const Pattern page{"sent", {{"kind", Ask::How::is, "page"}}, ""};
        for (const auto& happening : outcome_.log) {
            outcome_.events += happening.seq != 0 ? 1 : 0;
            outcome_.pages += fits(page, happening, outcome_.log) ? 1 : 0;
        }
        judge_expectations();
        for (const auto& ban : story_.bans) judge_ban(ban);
        for (const auto& broken : world_->broken_promises()) blame(1, broken);
        if (const auto wrong = look_over(*world_); !wrong.empty()) blame(1, wrong);
    }

    void judge_expectations() {
        const auto& log = outcome_.log;
        // While something fails, what is expected by the same time may come in another order: a
        // message is sent again after the next one.
        const bool in_order = staging_.grace == 0s;
        std::size_t from = 0, furthest = 0;
        std::set<std::size_t> found;
        std::optional<Duration> by;
        for (const auto& expect : story_.expects) {
            if (in_order || by != expect.by) from = furthest;
            by = expect.by;
            std::size_t at = from;
            while (at < log.size() && (found.contains(at) || !fits(expect.pattern, log[at], log)))
                ++at;
            const bool late = at < log.size() && log[at].at > expect.by + staging_.grace;
            if (at < log.size() && !late) {
                found.insert(at);
                furthest = std::max(furthest, at + 1);
                continue;
            }
            std::string what =
                fmt::format("expected by {}: {}", to_text(expect.by), expect.pattern.text);
            if (late) what += fmt::format("\n  it came at {}", to_text(log[at].at));
            what += "\n  what happened since the line before:";
            for (std::size_t i = from; i < log.size() && i < from + shown_most; ++i)
                what += "\n    " + shown(log[i]);
            return blame(expect.line, what);  // What follows would only repeat it.
        }
    }

    void judge_ban(const Ban& ban) {
        const auto& log = outcome_.log;
        std::int64_t count = 0;
        std::string what;
        for (const auto& happening : log) {
            if (happening.at < ban.from || !fits(ban.pattern, happening, log)) continue;
            ++count;
            what += "\n    " + shown(happening);
        }
        const bool is_message = ban.pattern.kind == "sent" || ban.pattern.kind == "unsent";
        if (count > ban.most + (is_message ? staging_.duplicates : 0))
            blame(ban.line, fmt::format("{} times instead of {}: {}{}", count, ban.most,
                                        ban.pattern.text, what));
        if (count < ban.least)
            blame(ban.line, fmt::format("only {} times instead of {}: {}{}", count, ban.least,
                                        ban.pattern.text, what));
    }

    const Story& story_;
    const Staging& staging_;
    std::unique_ptr<World> world_;
    std::size_t next_ = 0;
    std::size_t seen_ = 0;
    Duration changed_at_{};
    Outcome outcome_;
};

}  // namespace

Outcome play(const Story& story, const Staging& staging) { return Play(story, staging).run(); }

std::string look_over(World& world) {
    const auto verdict = store::verify(world.onlooker(), {});
    if (!verdict) return verdict.error().message();
    if (!verdict->wrong.empty()) return "the chain does not verify: " + verdict->wrong;
    const auto comparison = ops::compare_rows(world.onlooker(), ops::spine().folds);
    if (!comparison) return comparison.error().message();
    std::string wrong;
    for (const auto& different : comparison->different)
        wrong +=
            (wrong.empty() ? "rows are not the fold of their events:\n  " : "\n  ") + different;
    return wrong;
}

std::string shown(const Happening& happening) {
    constexpr std::size_t payload_most = 300;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(happening.at).count();
    return fmt::format("{:>3}:{:02}:{:02} {} {}", seconds / 3600, seconds / 60 % 60, seconds % 60,
                       happening.kind, happening.payload.substr(0, payload_most));
}

}  // namespace sg::sim
