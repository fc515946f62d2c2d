#!/usr/bin/python3
"""A post-mortem on the real processes: an incident is declared, worked on and resolved by the
command line; its draft must be there within 10 s with at least 95 % of what was done on its
timeline; it is edited in $EDITOR, reviewed and closed, and the key figures count the incident.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import incident_test
import lab

DRAFT_S = 10
EDITOR = """#!/bin/sh
/usr/bin/python3 - "$1" <<'END'
import sys
text = open(sys.argv[1]).read()
for key, words in (("summary", "Nobody could pay."), ("factors", "One cable.")):
    at = text.index("\\n", text.index(f"## {key}:"))
    text = text[: at + 1] + "\\n" + words + "\\n" + text[at + 1 :]
open(sys.argv[1], "w").write(text)
END
"""


class Tool:
    """The command line, as ana uses it."""

    def __init__(self, platform):
        self.config = platform.config
        self.environment = dict(os.environ)

    def run(self, *words, code=0):
        done = subprocess.run(
            [lab.STREAMGATE, *words, "--config", str(self.config), "--as", "ana"],
            capture_output=True, text=True, timeout=60, env=self.environment, check=False,
        )  # fmt: skip
        if done.returncode != code:
            raise RuntimeError(f"{' '.join(words)}: {done.returncode} {done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def asked(self, *words):
        return json.loads(self.run(*words, "--json"))


def drafted(tool, incident):
    began = time.monotonic()
    while time.monotonic() - began < 60:
        found = tool.asked("postmortem", "list")["postmortems"]
        if any(p["incident"] == incident for p in found):
            return time.monotonic() - began
        time.sleep(0.1)
    return None


def happen(tool):
    """An incident with everything that people do to one; what each leaves on the timeline."""
    incident = tool.asked("incident", "declare", "payments fail", "--severity", "1",
                          "--service", "api")["id"]  # fmt: skip
    name = f"INC-{incident}"
    tool.run("incident", "ack", name)
    done = ["ana declared incident", "ana acknowledged incident"]
    for number in range(12):
        tool.run("incident", "note", name, f"looked at shard {number}")
        done.append(f"ana noted: looked at shard {number}")
    tool.run("incident", "tell", name, "we are looking")
    tool.run("incident", "role", name, "--communications", "bo")
    tool.run("incident", "mitigate", name, "moved the traffic")
    tool.run("incident", "resolve", name, "a new cable")
    done += ["ana told: we are looking", "bo is communications", "was mitigated after",
             "ana resolved incident"]  # fmt: skip
    return incident, done


def learn(tool, checks, folder):
    incident, done = happen(tool)
    name = f"PM-{incident}"
    took = drafted(tool, incident)
    checks.check("a draft is there", took is not None and took <= DRAFT_S, f"{took:.1f} s")
    draft = tool.asked("postmortem", "show", name)
    told = [line["text"] for line in draft["timeline"]]
    found = sum(any(what in text for text in told) for what in done)
    checks.check("with what was done", found >= 0.95 * len(done), f"{found} of {len(done)}")
    checks.check("it is ana's, and due", draft["owner"] == "ana" and "due" in draft)
    times = draft["times"]
    checks.check("it says how long it took", "time to respond" in times, str(times))

    refused = tool.run("postmortem", "publish", name, code=1)
    checks.check("nothing to review yet", "summary and factors" in refused, refused.strip())
    editor = pathlib.Path(folder) / "editor"
    editor.write_text(EDITOR)
    editor.chmod(0o755)
    tool.environment["EDITOR"] = str(editor)
    tool.environment.pop("VISUAL", None)
    tool.run("postmortem", "edit", name)
    tool.run("postmortem", "edit", name, "--section", "lessons", "--text", "Two cables.")
    text = tool.run("postmortem", "export", name)
    written = ("Nobody could pay.", "One cable.", "Two cables.")
    checks.check("what was written is in the export", all(words in text for words in written))
    tool.run("action", "add", name, "a second cable", "--owner", "bo", "--due", "14d")
    listed = tool.run("action", "list")
    checks.check("the action item is listed", "a second cable" in listed and "bo" in listed, listed)
    for verb in ("publish", "review", "close"):
        tool.run("postmortem", verb, name)
    checks.check("it is closed", "closed" in tool.run("postmortem", "list", "two", "cables"))


def figures(tool, checks):
    kpis = tool.asked("kpis")
    phases = {phase["name"]: phase for phase in kpis["phases"]}
    count = phases["mitigate"]["took"]["n"]
    checks.check("the incident counts", kpis["incidents"] >= 1 and count >= 1)
    checks.check("nothing is concluded from it", phases["mitigate"]["verdict"] == "too_few")
    table = tool.run("kpis", "--since", "7d")
    checks.check("and there is a table", "TIME TO" in table and "mtbf" in table, "\n" + table)
    tool.run("kpis", "--service", "nothing", code=1)


def run(folder):
    checks = lab.Checks()
    platform = incident_test.Platform(folder)
    platform.start()
    try:
        tool = Tool(platform)
        learn(tool, checks, folder)
        figures(tool, checks)
    finally:
        platform.stop()
    return checks.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the same: it is short")
    parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sg-postmortem-") as folder:
        return run(folder)


if __name__ == "__main__":
    sys.exit(main())
