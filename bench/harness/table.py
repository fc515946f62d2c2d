"""Figures into tables: medians, spreads, ratios of pairs from the same round."""
import statistics


def median(values):
    values = [value for value in values if value is not None]
    return statistics.median(values) if values else None


def ratios(rounds, peer, figure):
    """StreamGate / peer for each round that has both: pairs share the machine's mood."""
    found = []
    for entry in rounds:
        ours, theirs = entry.get("streamgate"), entry.get(peer)
        if ours and theirs and theirs[figure]:
            found.append(ours[figure] / theirs[figure])
    return found


def best_peer(rounds, peers, figure):
    medians = {
        peer: median([entry[peer][figure] for entry in rounds if entry.get(peer)])
        for peer in peers
        if peer not in ("streamgate", "floor")
    }
    medians = {peer: value for peer, value in medians.items() if value is not None}
    return min(medians, key=medians.get) if medians else None


def verdicts(case, rounds):
    """A line for each goal of the case: the ratio, the goal, met or missed."""
    said = []
    for named, goal in case.goals.items():
        peer = best_peer(rounds, case.peers, case.figure) if named == "best" else named
        pairs = ratios(rounds, peer, case.figure) if peer else []
        if not pairs:
            said.append({"peer": named, "goal": goal, "ratio": None, "met": None})
            continue
        ratio = statistics.median(pairs)
        said.append({"peer": peer, "goal": goal, "ratio": ratio, "met": ratio <= goal})
    return said


def aligned(head, rows):
    """The first column to the left, the others to the right."""
    text = [[str(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[i]) for row in text) for i in range(len(head))]
    lines = []
    for row in text:
        cells = [row[0].ljust(widths[0])] + [
            cell.rjust(width) for cell, width in zip(row[1:], widths[1:])
        ]
        lines.append("  " + "  ".join(cells).rstrip())
    lines.insert(1, "  " + "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def number(value, digits=1):
    return "-" if value is None else f"{value:,.{digits}f}"


def spread(values, digits=1):
    values = [value for value in values if value is not None]
    if not values:
        return "-"
    middle, low, high = (number(pick(values), digits) for pick in (median, min, max))
    return f"{middle} ({low}-{high})"


def seconds_per_gb(entry):
    return entry["cpu_us"] * entry["requests"] * 1e3 / max(entry["bytes"], 1)


# Heading, and the cell made of a peer's measurements in all rounds.
LOAD_COLUMNS = (
    ("req/s", lambda got: spread(each(got, "rps"), 0)),
    ("p50 us", lambda got: number(median(each(got, "p50_us")), 0)),
    ("p99 us", lambda got: spread(each(got, "p99_us"), 0)),
    ("CPU us/req", lambda got: spread(each(got, "cpu_us"))),
    ("CPU s/GB", lambda got: number(median([seconds_per_gb(entry) for entry in got]), 3)),
    ("user", lambda got: percent(each(got, "user_share"))),
    ("core", lambda got: percent(each(got, "core_busy"))),
    ("client", lambda got: percent(each(got, "client_busy"))),
    ("failed", lambda got: sum(each(got, "failed"))),
)


def each(got, key):
    return [entry[key] for entry in got]


def percent(values):
    middle = median(values)
    return "-" if middle is None else f"{middle:.0%}"


def of_load(case, rounds):
    """A row for each peer. `core` is how busy its core was, `client` the generator's."""
    columns = [c for c in LOAD_COLUMNS if c[0] != "CPU s/GB" or case.body >= 1 << 20]
    rows = []
    for peer in case.peers:
        got = [entry[peer] for entry in rounds if entry.get(peer)]
        if got:
            ratio = "" if peer == "streamgate" else spread(ratios(rounds, peer, case.figure), 2)
            rows.append([peer, *(cell(got) for _, cell in columns), ratio])
    return aligned(["peer", *(heading for heading, _ in columns), "ours/theirs"], rows)


def of_idle(case, rounds):
    head = ["peer", "MiB empty", "at 5,000", "at 15,000", "KiB each", "lost", "ours/theirs"]
    rows = []
    for peer in case.peers:
        got = [entry[peer] for entry in rounds if entry.get(peer)]
        if not got:
            continue
        mib = [
            number(median([one[key] for one in got]) / (1 << 20))
            for key in ("resident_empty", "resident_first", "resident_last")
        ]
        rows.append(
            [
                peer,
                *mib,
                spread([one["kib_each"] for one in got], 2),
                sum(one["failed"] for one in got),
                "" if peer == "streamgate" else spread(ratios(rounds, peer, case.figure), 2),
            ]
        )
    return aligned(head, rows)


def of_goals(said):
    lines = []
    for one in said:
        outcome = "not measured" if one["met"] is None else "met" if one["met"] else "MISSED"
        lines.append(
            f"  goal: <= {one['goal']:.2f} x {one['peer']}: {number(one['ratio'], 2)}: {outcome}"
        )
    return "\n".join(lines)
