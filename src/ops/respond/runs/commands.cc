#include "ops/respond/runs/commands.h"

#include <fmt/format.h>

#include <algorithm>

#include "ops/respond/runbooks/read.h"
#include "ops/respond/runs/store.h"

namespace sg::runs {

namespace {

const ops::Actor nobody{};

Result<Run> load(const ops::Turn& turn, std::int64_t id) {
    TRY(auto found, find(turn.tx.session(), id));
    if (!found)
        return fail(Errc::not_found, fmt::format("there is no run {}", id),
                    "streamgate runbook runs");
    return std::move(*found);
}

Result<void> write(const ops::Turn& turn, const ops::Actor& actor, const ops::Decision& decision) {
    TRY([[maybe_unused]] const auto recorded, ops::record(turn, actor, decision));
    return {};
}

// The rules for a run that goes on, with the runbook as it was.
template <class Decide>
Result<void> go_on(const ops::Turn& turn, const ops::Actor& actor, std::int64_t id,
                   const Diagnose& diagnose, Decide&& decide) {
    TRY(const auto run, load(turn, id));
    TRY(const auto text, text_of(turn.tx.session(), id));
    const auto read = runbooks::read_runbook(text, run.runbook);
    const auto known = diagnose(run);
    TRY(const auto decision, decide(run, Around{read.runbook, turn.config, known}));
    return write(turn, actor, decision);
}

using Decided = Result<ops::Decision>;

}  // namespace

Result<std::int64_t> start(const ops::Turn& turn, const ops::Actor& actor,
                           const runbooks::Runbook& runbook, Beginning beginning,
                           const Diagnose& diagnose) {
    if (beginning.incident != 0 && beginning.mode == Mode::act) {
        TRY(const auto open, open_of(turn.tx.session(), beginning.incident));
        const auto other = std::ranges::find(open, Mode::act, &Run::mode);
        if (other != open.end())
            return fail(Errc::conflict,
                        fmt::format("run {} ({}) of incident {} goes on", other->id, other->runbook,
                                    beginning.incident),
                        "with --observe it only looks");
    }
    TRY(beginning.run, ops::next_number(turn.tx, "run"));
    const auto known = diagnose(Run{.incident = beginning.incident, .service = beginning.service});
    TRY_VOID(write(turn, actor, start(beginning, Around{runbook, turn.config, known}, turn.now)));
    return beginning.run;
}

Result<void> take(const ops::Turn& turn, std::int64_t run, const Look& look,
                  const Diagnose& diagnose) {
    return go_on(turn, nobody, run, diagnose, [&](const Run& row, const Around& around) -> Decided {
        return take(row, around, look, turn.now);
    });
}

Result<void> give_up(const ops::Turn& turn, std::int64_t run, const Diagnose& diagnose) {
    return go_on(turn, nobody, run, diagnose, [&](const Run& row, const Around& around) -> Decided {
        return give_up(row, around, turn.now);
    });
}

Result<void> answer(const ops::Turn& turn, const ops::Actor& actor, std::int64_t run,
                    const Reply& reply, const Diagnose& diagnose) {
    return go_on(turn, actor, run, diagnose, [&](const Run& row, const Around& around) -> Decided {
        return answer(row, around, reply, turn.now);
    });
}

Result<void> unanswered(const ops::Turn& turn, std::int64_t run) {
    TRY(const auto row, load(turn, run));
    return write(turn, nobody, unanswered(row, turn.now));
}

Result<void> follow(const ops::Turn& turn, std::int64_t run, const Aftermath& aftermath,
                    const Diagnose& diagnose) {
    return go_on(turn, nobody, run, diagnose, [&](const Run& row, const Around& around) -> Decided {
        return follow(row, around, aftermath, turn.now);
    });
}

Result<void> overtake(const ops::Turn& turn, std::int64_t incident, const std::string& why) {
    TRY(const auto open, open_of(turn.tx.session(), incident));
    for (const auto& run : open) TRY_VOID(write(turn, nobody, overtake(run, why, turn.now)));
    return {};
}

}  // namespace sg::runs
