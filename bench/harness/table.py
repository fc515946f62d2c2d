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
        if peer != "streamgate"
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


def of_load(case, rounds):
    head = [
        "peer",
        "req/s",
        "p50 us",
        "p99 us",
        "CPU us/req",
        "user",
        "core",
        "client",
        "failed",
        "ours/theirs",
    ]
    if case.body >= 1 << 20:
        head.insert(5, "CPU s/GB")
    rows = []
    for peer in case.peers:
        got = [entry[peer] for entry in rounds if entry.get(peer)]
        if not got:
            continue
        values = {key: [one[key] for one in got] for key in got[0]}
        pairs = ratios(rounds, peer, case.figure)
        share = median(values["user_share"])
        row = [
            peer,
            spread(values["rps"], 0),
            number(median(values["p50_us"]), 0),
            spread(values["p99_us"], 0),
            spread(values["cpu_us"]),
            "-" if share is None else f"{share:.0%}",
            f"{median(values['core_busy']):.0%}",
            f"{median(values['client_busy']):.0%}",
            sum(values["failed"]),
            "" if peer == "streamgate" else spread(pairs, 2),
        ]
        if case.body >= 1 << 20:
            row.insert(
                5,
                number(
                    median(
                        [
                            one["cpu_us"] * one["requests"] * 1e3 / max(one["bytes"], 1)
                            for one in got
                        ]
                    ),
                    3,
                ),
            )
        rows.append(row)
    return aligned(head, rows)


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
