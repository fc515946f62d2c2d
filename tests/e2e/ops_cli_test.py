#!/usr/bin/python3
"""The command line of operations, against operations that run: from "they do not run" through a
whole incident to a ledger that somebody changed.

No gateway is needed: a person declares the incident. Every command is a process of its own, as
people use it. --quick is the same.
"""
import argparse
import contextlib
import datetime
import json
import os
import pathlib
import select
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

import lab

CONFIG = """
listen: 127.0.0.1:{port}
telemetry: {{ listen: off }}
services: {{ shop: "127.0.0.1:{port}" }}
routes: [ {{ path: /, to: shop }} ]
people: {{ ana: ana@example.com, bo: bo@example.com, cy: cy@example.com }}
teams: {{ shop: [ana, bo, cy] }}
notify: {{ desk: terminal }}
"""


HOLIDAYS = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//t//EN\r\nBEGIN:VEVENT\r\nUID:1@t\r\n"
    "DTSTAMP:20260101T000000Z\r\nDTSTART:{day}T090000Z\r\nDTEND:{next}T090000Z\r\n"
    "SUMMARY:away\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


def in_days(days):
    return (datetime.date.today() + datetime.timedelta(days=days)).strftime("%Y%m%d")


def after(moment):
    """A minute into a shift."""
    at = datetime.datetime.fromisoformat(moment.replace("Z", "+00:00"))
    return (at + datetime.timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


class Ops:
    """`streamgate ops` in a folder of its own, and its command line."""

    def __init__(self, folder, config=CONFIG):
        self.folder = pathlib.Path(folder)
        self.config = self.folder / "streamgate.yaml"
        self.state = self.folder / "state"
        self.config.write_text(config.format(port=lab.free_port()))
        self.environment = dict(os.environ, TZ="UTC", STREAMGATE_USER="ana")
        self.environment.pop("STREAMGATE_STATE", None)
        self.process = None

    def words(self, *words):
        return [lab.STREAMGATE, *words, "--config", self.config, "--state", self.state]

    def start(self):
        with open(self.folder / "ops.log", "ab") as output:
            self.process = subprocess.Popen(
                self.words("ops"), stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                env=self.environment,
            )
        until = time.monotonic() + 20
        while time.monotonic() < until:
            if self.say("incident", "list").returncode == 0:
                return
            time.sleep(0.05)
        raise RuntimeError((self.folder / "ops.log").read_text()[-3000:])

    def stop(self):
        """The exit code; None where nothing ran."""
        if self.process is None:
            return None
        self.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        code, self.process = self.process.returncode, None
        return code

    def say(self, *words, timeout=30):
        return subprocess.run(
            self.words(*words), stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=timeout, env=self.environment,
        )

    def ask(self, *words):
        done = self.say(*words, "--json")
        return json.loads(done.stdout) if done.returncode == 0 else {}

    def follow(self, *words):
        """A command that goes on; its output is read line by line."""
        return subprocess.Popen(
            self.words(*words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            env=self.environment,
        )


def read_until(process, text, seconds=10):
    """What a process says until a line contains the text; empty if none does in time."""
    said, until = b"", time.monotonic() + seconds
    while time.monotonic() < until:
        ready, _, _ = select.select([process.stdout], [], [], 0.1)
        more = os.read(process.stdout.fileno(), 1 << 16) if ready else b""
        said += more
        if text.encode() in said:
            return said.decode()
        if ready and not more:
            break
    return ""


def end(process):
    process.terminate()
    process.wait(10)
    process.stdout.close()


class Script:
    def __init__(self, ops, checks):
        self.ops, self.checks = ops, checks

    def shows(self, *words, has=(), code=0):
        """The command ends with this code and says all of these, on either output."""
        done = self.ops.say(*words)
        said = done.stdout + done.stderr
        missing = [text for text in has if text not in said]
        good = done.returncode == code and not missing
        detail = "" if good else f"exit {done.returncode}, without {missing}: {said[-500:]}"
        self.checks.check(" ".join(map(str, words)), good, detail)
        return said

    def refusals(self):
        self.shows("incident", "list", code=1,
                   has=["error: operations do not run here", "hint:  `streamgate up`"])
        self.shows("status", "--json", code=1, has=['"ok":false'])
        self.shows("ledger", "verify", code=1, has=["there is no ledger at"])
        self.shows("incident", "ack", "soon", code=2, has=["`soon` is not an incident"])
        self.shows("incident", "declare", code=2)
        self.shows("incident", "frob", code=2)
        self.shows("--server", "ftp://x", "status", code=2, has=["is not an address"])

    def incident(self):
        self.shows("incident", has=["no incident is open"])
        self.shows("incident", "ack", code=1, has=["no incident is open"])
        watching = self.ops.follow("incident", "watch")
        time.sleep(0.5)
        self.shows("incident", "declare", "checkout", "fails", "--severity", "1", "--service",
                   "shop", has=["INC-1 SEV-1 is declared · checkout fails", "next  streamgate"])
        seen = read_until(watching, "declared")
        self.checks.check("incident watch says it", "INC-1" in seen, seen)
        end(watching)
        self.shows("incident", "list", has=["INC-1", "SEV-1", "declared", "shop", "nobody yet"])
        self.shows("status", has=["1 incident open", "on call: ", "INC-1"])
        self.shows("incident", "ack", "--as", "bo", has=["INC-1 SEV-1 is acknowledged"])
        self.checks.check("--as says who", self.ops.ask("incident", "show")["acknowledged_by"]
                          == "bo")
        timeline = self.ops.follow("incident", "timeline", "1", "-w")
        self.shows("incident", "note", "1", "the", "card", "provider", "is", "down")
        seen = read_until(timeline, "the card provider is down")
        self.checks.check("timeline -w goes on", "declared" in seen, seen)
        end(timeline)
        self.shows("incident", "tell", "1", "we know, and are at it")
        self.shows("incident", "severity", "1", "sev2", "--reason", "half of them work",
                   has=["SEV-2"])
        self.shows("incident", "role", "INC-1", "--commander", "cy")
        self.shows("incident", "role", "INC-1", code=2, has=["which role"])
        self.shows("incident", "show", "1", has=["roles      ", "commander cy", "clocks     "])
        self.shows("incident", "close", "1", code=1, has=["error: "])
        self.shows("incident", "show", "77", code=1, has=["there is no incident 77", "hint:  "])

    def ending(self):
        self.shows("incident", "mitigate", "1", "moved to the other provider",
                   has=["is mitigated", "resolve 1"])
        self.shows("incident", "resolve", "1", "they fixed it", has=["is resolved", "close 1"])
        self.shows("incident", "close", "1", "written down", has=["is closed"])
        self.shows("incident", "list", has=["no incident is open"])
        self.shows("incident", "list", "-a", has=["INC-1", "closed"])
        self.shows("incident", "timeline", "1",
                   has=["bo acknowledged incident 1", "ana noted: the card provider is down"])

    def people(self):
        self.shows("oncall", has=["PRIMARY", "shop"])
        self.shows("oncall", "schedule", "--for", "14d", has=["primary", "(now)"])
        said = self.ops.ask("oncall", "override", "add", "--takes", "cy", "--leaves", "ana",
                            "--for", "4h", "--why", "dentist")
        self.checks.check("override add --json", said.get("id", 0) > 0, said)
        self.shows("oncall", has=["dentist", "OVERRIDE"])
        self.shows("oncall", "override", "remove", str(said.get("id")), has=["is taken back"])
        self.shows("oncall", "override", "add", "--takes", "cy", code=2, has=["until when?"])
        self.shows("oncall", "now", "--at", "someday", code=2, has=["`someday` is not a time"])
        self.shows("oncall", "pages", "1", has=["INC-1"])
        self.schedules()
        self.shows("notify", has=["CHANNEL", "desk"])
        self.shows("notify", "list", "1")
        self.shows("notify", "test", "nosuch", "ana", code=1, has=["error: "])

    def schedules(self):
        self.shows("oncall", "quality", has=["score ", "coverage 100", "primary    covered", "ana"])
        shifts = self.ops.ask("oncall", "schedule", "--for", "28d")["shifts"]
        mine = [s for s in shifts if s["level"] == "primary"]
        one, other = mine[1], next(s for s in mine[2:] if s["person"] != mine[1]["person"])
        swapped = self.ops.ask("oncall", "swap", after(one["from"]), after(other["from"]))
        takes = {(o["takes"], o["leaves"]) for o in swapped.get("overrides", [])}
        want = {(other["person"], one["person"]), (one["person"], other["person"])}
        self.checks.check("a swap is two overrides", takes == want, f"{takes}, not {want}")
        then = self.ops.ask("oncall", "now", "--at", after(one["from"]))["teams"][0]["levels"]
        self.checks.check("and holds", then[0]["people"] == [other["person"]], str(then[0]))
        self.shows("oncall", "temporary", "list", has=["the rotations hold"])
        self.shows("oncall", "temporary", "add", "--to", "+2h", "--shift", "primary=cy,now,+2h",
                   "--why", "launch", has=["temporary schedule 1 stands in"])
        self.shows("oncall", "temporary", "list", has=["cy", "launch"])
        self.shows("oncall", "now", has=["cy"])
        self.shows("oncall", "temporary", "add", "--to", "+2h", "--shift", "primary=cy", code=2,
                   has=["is not a shift"])
        self.shows("oncall", "temporary", "remove", "1", has=["the rotations hold again"])
        self.shows("oncall", "note", "the", code=0, has=["whoever comes next"])
        self.shows("oncall", has=["note from ana for the next primary"])
        calendar = self.ops.folder / "holidays.ics"
        calendar.write_text(HOLIDAYS.format(day=in_days(60), next=in_days(61)))
        self.shows("oncall", "import", calendar, "--leaves", "ana", "--takes", "bo",
                   has=["1 overrides"])
        self.shows("oncall", "import", "/nowhere.ics", "--leaves", "ana", code=1,
                   has=["cannot be read"])
        opened = self.ops.ask("oncall", "feed", "open", "--person", "ana")
        self.checks.check("a calendar has an address", opened.get("path", "").startswith("/c/"))
        self.shows("oncall", "feed", "list", has=["ana"])
        self.shows("oncall", "feed", "revoke", "1", has=["can no longer be read"])
        self.shows("oncall", "feed", "list", has=["nobody reads a calendar"])
        before = len(self.ops.ask("oncall", "pages", "1")["pages"][0]["people"])
        self.shows("incident", "escalate", "1", "--why", "no idea", has=["INC-1"])
        pages = self.ops.ask("oncall", "pages", "1")["pages"]
        more = len(pages[0]["people"]) > before or len(pages) > 1
        self.checks.check("escalated by hand, the next level is paged", more, str(pages))

    def detection(self):
        until = time.monotonic() + 15
        while "gateway_silent" not in self.ops.say("alert").stdout and time.monotonic() < until:
            time.sleep(0.1)
        self.shows("alert", has=["gateway_silent", "gateway local does not answer"])
        self.shows("alert", "show", "gateway_silent", has=["labels     ", "since      "])
        self.shows("alert", "show", "zzz", code=1, has=["no one alert is `zzz`"])
        self.shows("slo", has=["OBJECTIVE"])
        self.shows("signals", has=["SERVICE", "GATEWAYS"])
        self.shows("silence", "add", "service=shop", code=2, has=["without an end"])
        said = self.shows("silence", "add", "service=shop", "--for", "2h", "--comment", "racks",
                          has=["silence 1 · service=shop · until "])
        self.shows("silence", has=["service=shop", "ana", "racks", "in force"] if said else [])
        self.shows("silence", "expire", "1", has=["silence 1 has ended"])
        self.shows("silence", has=["nothing is silenced"])

    def json_everywhere(self):
        for words in (["status"], ["incident", "list", "-a"], ["alert", "list"], ["silence"],
                      ["slo"], ["signals"],
                      ["oncall"], ["oncall", "schedule"], ["oncall", "quality"],
                      ["notify", "list"], ["notify", "channels"], ["ledger", "head"],
                      ["ledger", "verify", "--deep"]):
            self.checks.check(f"{' '.join(words)} --json", self.ops.ask(*words))

    def told_to_end(self):
        """While somebody follows the ledger, and a connection is kept: it ends, and cleanly."""
        following = self.ops.follow("incident", "watch")
        time.sleep(0.5)
        code = self.ops.stop()
        self.checks.check("told to end, it ends cleanly", code == 0, str(code))
        end(following)

    def ledger(self):
        anchors = self.ops.folder / "anchors"
        head = self.ops.say("ledger", "head").stdout
        anchors.write_text(head)
        records = int(head.split()[0])
        self.shows("ledger", "verify", "--anchor", anchors, "--deep",
                   has=["the chain holds: ", "1 anchors agree", "rows are as the records say"])
        export = self.ops.folder / "export.jsonl"
        self.shows("ledger", "export", "--to", export, has=["records are in"])
        lines = [json.loads(line) for line in export.read_text().splitlines()]
        self.checks.check("ledger export has every record, in order",
                          [line["seq"] for line in lines][:records] == list(range(1, records + 1)))
        self.shows("ledger", "export", "--to", export, code=1, has=["error: "])
        self.shows("ledger", "redact", "3", "--reason", "a secret", code=2, has=["--yes"])
        self.shows("ledger", "redact", "999999", "--reason", "a secret", "--yes", code=1,
                   has=["there is no record 999999"])

    def tampering(self):
        """Operations have stopped; somebody edits the file."""
        path = self.ops.state / "ops" / "ops.db"
        anchors = self.ops.folder / "anchors"
        self.shows("ledger", "verify", has=["the chain holds"])

        def edit(*statements):
            with contextlib.closing(sqlite3.connect(path)) as database:
                for statement in statements:
                    database.execute(statement)
                database.commit()

        edit("UPDATE incidents SET severity = 4")
        self.shows("ledger", "verify", has=["the chain holds"])
        self.shows("ledger", "verify", "--deep", code=1, has=["NOT AS THE RECORDS SAY: incidents"])
        edit("CREATE TABLE kept AS SELECT * FROM ledger")
        edit("UPDATE ledger SET who = 'mallory' WHERE seq = 5")
        self.shows("ledger", "verify", code=1, has=["THE CHAIN IS BROKEN at record 5"])
        edit("UPDATE ledger SET who = (SELECT who FROM kept WHERE seq = 5) WHERE seq = 5",
             "DELETE FROM ledger WHERE seq = (SELECT max(seq) FROM kept)")
        last = int(anchors.read_text().split()[0])
        edit(f"DELETE FROM ledger WHERE seq >= {last}")
        self.shows("ledger", "verify", has=["the chain holds"])
        self.shows("ledger", "verify", "--anchor", anchors, code=1,
                   has=["was published, but the ledger ends at"])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.parse_args()
    checks = lab.Checks()
    with tempfile.TemporaryDirectory(prefix="sg-ops-cli-") as folder:
        ops = Ops(folder)
        script = Script(ops, checks)
        try:
            script.refusals()
            ops.start()
            script.incident()
            script.people()
            script.ending()
            script.detection()
            script.json_everywhere()
            script.ledger()
            script.told_to_end()
        finally:
            ops.stop()
        script.tampering()
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
