#!/usr/bin/python3
"""Drills on the real processes: an outage that is called is paged as a drill, taken back and leaves
the key figures alone; controls make nobody move; and when operations are killed in the middle the
fault goes by itself, and what was begun is brought to its end.
"""
import argparse
import json
import os
import pathlib
import signal
import sys
import tempfile

import incident_test
import lab

CONTROLS = ["nothing", "nothing-much"]


def drill(platform, number):
    return platform.json("drill", "report", str(number))


def begin(platform, name):
    """Its number. It is refused until there is steady traffic."""

    def begun():
        done = platform.call("drill", "run", name, "--detach", "--json")
        if done.returncode != 0:
            return None
        return int(done.stdout.split()[1])

    return platform.wait(begun, f"begun {name}", 60)


def is_ended(platform, number):
    found = drill(platform, number)
    return found if found.get("state") == "ended" else None


def faults(platform):
    done = platform.call("gateway", "ctl", "directives", "--json")
    return [d for d in json.loads(done.stdout)["directives"] if d["id"].startswith("drill-")]


def outcomes(found):
    return {one["what"]: one.get("outcome") for one in found["expect"]}


def outage(platform, checks):
    number = begin(platform, "outage")
    refused = platform.call("drill", "run", "outage", "--detach")
    checks.check("one at a time", refused.returncode != 0, refused.stderr.strip())
    found = platform.wait(lambda: is_ended(platform, number), "ended", 420)
    seen = outcomes(found)
    for what in ("detected", "declared", "paged"):
        checks.check(f"{what} was judged", seen.get(what) in ("met", "missed"), seen.get(what))
    checks.check("the status page kept silent", seen.get("told") == "met")
    checks.check("the undo is on record", found["undo"] == [f"lift directive drill-{number}.1"])
    checks.check("the fault is lifted", not faults(platform))
    incidents = [i for i in platform.incidents() if i.get("drill") == number]
    checks.check("its incident says that it is a drill", len(incidents) == 1)
    pages = (pathlib.Path(platform.folder) / "up.log").read_text(errors="replace")
    pages += "".join(p.read_text(errors="replace")
                     for p in (platform.folder / "state/ops").glob("pages.log"))  # fmt: skip
    unmarked = [line for line in pages.splitlines() if "SEV-" in line and "[DRILL]" not in line]
    checks.check("every page is marked", "[DRILL]" in pages and not unmarked, unmarked[:3])
    kpis = platform.json("kpis", "--since", "7d")
    checks.check("the key figures know nothing of it", kpis["incidents"] == 0)


def controls(platform, checks):
    before = len(platform.incidents())
    for name in CONTROLS:
        number = begin(platform, name)
        found = platform.wait(lambda n=number: is_ended(platform, n), "ended", 420)
        checks.check(f"{name}: nobody moves", found["verdict"] == "passed", outcomes(found))
    checks.check("no incident", len(platform.incidents()) == before)


def ops_pid(platform):
    return int((platform.folder / "state/run/ops.pid").read_text().split()[0])


def killed(platform, checks):
    number = begin(platform, "outage")
    platform.wait(lambda: faults(platform), "injected", 60)
    checks.check("recorded before", bool(drill(platform, number).get("undo")))
    victim = ops_pid(platform)
    os.kill(victim, signal.SIGKILL)
    # With or without operations: at the latest by its expiry.
    platform.wait(lambda: not faults(platform), "gone", 180)
    found = platform.wait(lambda: is_ended(platform, number), "ended", 420)
    checks.check("it was brought to its end", bool(found.get("lifted_at")), found["verdict"])


def run(folder):
    checks = lab.Checks()
    platform = incident_test.Platform(folder)
    config = platform.config.read_text()
    platform.config.write_text(config)
    platform.start()
    try:
        refused = platform.wait(
            lambda: platform.call("drill", "run", "outage").stderr or None, "an answer"
        )
        checks.check("refused where not permitted", "not permitted" in refused, refused.strip())
        platform.config.write_text(config + "drills: { permitted: true }\n")
        platform.call("reload")
        with incident_test.Traffic(platform.port):
            controls(platform, checks)
            outage(platform, checks)
            killed(platform, checks)
    finally:
        platform.stop()
    return checks.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the same")
    parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sg-drill-") as folder:
        return run(folder)


if __name__ == "__main__":
    sys.exit(main())
