#!/usr/bin/python3
"""Whose requests failed: clients at many loopback addresses, the real gateway and operations.

Each client counts what it was refused itself; what operations list of the incident is held against
that, as JSON, in pages, as CSV, after operations were killed, and is looked for where it must not
be: in the ledger.
"""
import argparse
import collections
import csv
import http.client
import io
import os
import pathlib
import signal
import sqlite3
import sys
import tempfile
import threading
import time

import incident_test
import lab

CLIENTS = [f"127.0.7.{n}" for n in range(10, 40)]
CONTENT = [f"127.0.8.{n}" for n in range(10, 20)]  # Come before the fault, and no more.


class Platform(incident_test.Platform):
    def __init__(self, folder):
        super().__init__(folder)
        text = self.config.read_text()
        self.config.write_text(text.replace("workers: 1", "workers: 2"))


class Crowd:
    """Clients, each at an address of its own, that count their own failures."""

    def __init__(self, port, addresses, every):
        self.port, self.every = port, every
        self.failed, self.answered = collections.Counter(), 0
        self.lock, self.stopping = threading.Lock(), threading.Event()
        self.threads = [threading.Thread(target=self.run, args=[a]) for a in addresses]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join()

    def ask(self, address):
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=10, source_address=(address, 0)
        )
        try:
            connection.request("GET", "/")
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()

    def run(self, address):
        # A client with a higher number comes more often, so that the order of the list is known.
        pause = self.every * (1 + 20 / int(address.rpartition(".")[2]))
        while not self.stopping.wait(pause):
            try:
                status = self.ask(address)
            except OSError:
                continue
            with self.lock:
                self.answered += 1
                self.failed[address] += status >= 500


def within_a_minute():
    """Not at its ends: lists are of whole minutes."""
    while not 3 < time.time() % 60 < 35:
        time.sleep(0.2)


def counts_of(answer):
    return {c["client"]: c["failed"] for c in answer.get("clients", [])}


def begin_incident(platform, crowd):
    within_a_minute()
    done = platform.call(
        "gateway", "ctl", "fault", "--service", "api", "--share", "60%", "--abort", "503",
        "--for", "12s", "--id", "clients",
    )  # fmt: skip
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    incident = platform.wait(platform.incidents, "declared", 20)[0]["id"]
    platform.wait(
        lambda: platform.json("incident", "show", str(incident)).get("state") == "mitigated",
        "mitigated",
        90,
    )
    return incident


def shown(platform, checks, incident, failed):
    ident = str(incident)
    shown = platform.json("incident", "show", ident)
    short = shown.get("clients", {})
    checks.check("the incident says how many", short.get("distinct") == len(failed), str(short))
    worst = [c["client"] for c in short.get("worst", [])]
    checks.check("and names the first few", len(worst) == 3 and set(worst) <= set(failed),
                 str(worst))  # fmt: skip
    card = platform.call("incident", "show", ident).stdout
    checks.check("as its card does", worst and worst[0] in card, card)
    table = platform.call("incident", "clients", ident).stdout
    lines = table.splitlines()
    in_order = [line.split()[0] for line in lines[1:-1]]
    checks.check("a table, most affected first",
                 lines[0].split() == ["CLIENT", "FAILED", "FIRST", "LAST"] and in_order[:3] == worst
                 and len(in_order) == len(failed) and "all listed" in lines[-1],
                 table)  # fmt: skip


def listed(platform, checks, incident, failed):
    answer = platform.json("incident", "clients", str(incident), "-n", "1000")
    counts = counts_of(answer)
    strangers = sorted(set(counts) - set(failed))
    missing = sorted(set(failed) - set(counts))
    checks.check("those listed are those whose requests failed", not strangers and not missing,
                 f"{len(counts)} clients, not one of them: {strangers}, missing: {missing}"
                 )  # fmt: skip
    checks.check("each with its count", counts == dict(failed),
                 f"{sum(counts.values())} of {sum(failed.values())} failures")  # fmt: skip
    checks.check("and nothing beside", answer.get("complete") and answer["failed_unlisted"] == 0,
                 answer.get("said", ""))  # fmt: skip
    page = platform.json("incident", "clients", str(incident), "-n", "4")
    checks.check("a page says that more follows", len(page.get("clients", [])) == 4
                 and page.get("next"), page.get("next", ""))  # fmt: skip


def exported(platform, checks, incident, failed):
    text = platform.call("incident", "clients", str(incident), "--csv").stdout
    rows = list(csv.DictReader(io.StringIO(text)))
    counts = {row["client"]: int(row["failed_at_least"]) for row in rows}
    checks.check("the CSV has the same", counts == dict(failed), text[:200])
    kinds = {row["kind"] for row in rows}
    checks.check("by address", kinds == {"address"}, str(kinds))


def survives(platform, checks, incident, failed):
    pid = int((platform.folder / "state/run/ops.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    platform.wait(lambda: platform.call("incident", "list").returncode == 0, "back", 30)
    after = counts_of(platform.json("incident", "clients", str(incident), "-n", "1000"))
    checks.check("after kill -9 of operations it is still known", after == dict(failed),
                 f"{len(after)} clients")  # fmt: skip


def kept_where(platform, checks, failed):
    """In the history of signals; not in the ledger's database."""
    folder = platform.folder / "state/ops"
    with sqlite3.connect(f"file:{folder}/signals.db?mode=ro", uri=True) as history:
        minutes = history.execute("SELECT COUNT(*) FROM signal_affected").fetchone()[0]
    checks.check("kept with the history of signals", minutes > 0, f"{minutes} minutes")
    found = [
        f"{client} in {path.name}"
        for path in folder.glob("ops.db*")
        for client in failed
        if client.encode() in path.read_bytes()
    ]
    checks.check("no address is in the ledger", not found, ", ".join(found[:3]))


def run(platform, checks):
    platform.start()
    with Crowd(platform.port, CONTENT, 0.1) as before:
        time.sleep(3)
    with Crowd(platform.port, CLIENTS, 0.1) as crowd:
        time.sleep(4)
        incident = begin_incident(platform, crowd)
    checks.check("clients before the fault were content",
                 before.answered > 0 and not +before.failed, str(+before.failed))  # fmt: skip
    failed = +crowd.failed
    checks.check("clients failed", len(failed) == len(CLIENTS), str(len(failed)))
    time.sleep(12)  # Until it is written down.
    listed(platform, checks, incident, failed)
    exported(platform, checks, incident, failed)
    shown(platform, checks, incident, failed)
    kept_where(platform, checks, failed)
    survives(platform, checks, incident, failed)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="no shorter: it takes a minute")
    parser.parse_args()
    lab.need(lab.STREAMGATE)
    checks = lab.Checks()
    with tempfile.TemporaryDirectory(prefix="sg-clients-") as folder:
        platform = Platform(pathlib.Path(folder))
        try:
            run(platform, checks)
        except Exception as error:  # The rest cannot be judged.
            checks.check(type(error).__name__, False, str(error))
        finally:
            if checks.failed:
                log = platform.folder / "state/log/ops.log"
                print(log.read_text()[-2000:] if log.exists() else "")
            platform.stop()
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
