#!/usr/bin/python3
"""Two processes of operations on one PostgreSQL: one leads, the other stands by and takes over when
the leader is killed, stopped, cut off from the database, or the database restarts. The chain never
forks, no page is lost, and who stands by says so.
"""
import argparse
import contextlib
import http.server
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time

import lab
import postgres

# Seconds. The goal is a few; these are bounds that a machine under other load keeps.
TAKEN_OVER_WITHIN = 20
STOPPED_TAKEN_OVER_WITHIN = 40


class Sink:
    """A channel that does not answer when told so: pages are under way when a leader dies."""

    def __init__(self):
        self.port = lab.free_port()
        self.hangs = threading.Event()
        self.asked, self.taken = [], []
        sink = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                sink.asked.append(body)
                if sink.hangs.is_set():
                    with contextlib.suppress(OSError):
                        self.connection.recv(1)  # Until who asked has gone.
                    return
                sink.taken.append(body)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Ops:
    """One process of operations, with a state folder of its own."""

    def __init__(self, folder, name, store, sink):
        self.name = name
        self.store = store
        self.folder = pathlib.Path(folder) / name
        self.folder.mkdir()
        self.config = self.folder / "streamgate.yaml"
        self.config.write_text(
            f"state: {self.folder}/state\n"
            f"listen: [ 127.0.0.1:{lab.free_port()} ]\n"
            f"services: {{ api: {{ endpoints: [ 127.0.0.1:{lab.free_port()} ] }} }}\n"
            "routes: [ { path: /, to: api } ]\n"
            "people: { ana: { name: Ana Ruiz }, bo: { name: Bo Chen } }\n"
            "teams: { web: { oncall: { primary: [ana], secondary: [bo], backup: [bo] } } }\n"
            f"ops: {{ store: '{store}' }}\n"
            f"notify: {{ hook: {{ kind: webhook, url: 'http://127.0.0.1:{sink.port}/' }} }}\n"
        )
        self.process = None

    def start(self):
        with open(self.folder / "ops.log", "ab") as output:
            self.process = subprocess.Popen(
                [lab.STREAMGATE, "ops", "--config", self.config],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        wait(lambda: self.status(), f"{self.name} answers", 60)
        return self

    def signal(self, number):
        os.kill(self.process.pid, number)

    def kill(self):
        self.process.kill()
        self.process.wait(20)

    def stop(self):
        if self.process and self.process.poll() is None:
            with contextlib.suppress(OSError):
                self.signal(signal.SIGCONT)
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(20)
                return
            self.kill()

    def call(self, *words):
        return subprocess.run(
            [lab.STREAMGATE, *words, "--config", self.config],
            capture_output=True,
            text=True,
            timeout=60,
        )

    def json(self, *words):
        done = self.call(*words, "--json")
        return json.loads(done.stdout) if done.returncode == 0 else {}

    def status(self):
        return self.json("status")

    def leads(self):
        return self.status().get("leads")

    def declare(self, title):
        done = self.call("incident", "declare", title, "--severity", "2", "--json")
        return json.loads(done.stdout).get("id") if done.returncode == 0 else None

    def titles(self):
        return [i["title"] for i in self.json("incident", "list", "-a").get("incidents", [])]

    def post(self, path, body):
        connection = lab.UnixConnection(self.folder / "state/run/ops.sock", 20)
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, answer.getheader("Content-Type"), json.loads(answer.read())


def wait(condition, what, seconds):
    if found := lab.until(condition, seconds):
        return found
    raise RuntimeError(f"not within {seconds} s: {what}")


class Pair:
    def __init__(self, folder, database, sink):
        self.database, self.sink = database, sink
        self.both = [Ops(folder, name, database.url, sink) for name in ("one", "two")]

    def roles(self):
        """The leader and the other. Exactly one leads."""
        leading = [ops for ops in self.both if ops.leads()]
        if len(leading) != 1:
            return None
        return leading[0], next(ops for ops in self.both if ops is not leading[0])


def timed(until, what, seconds):
    began = time.monotonic()
    wait(until, what, seconds)
    return f"{time.monotonic() - began:.1f} s"


def standing_by(pair, checks):
    leader, other = pair.roles()
    status = other.status()
    named = status.get("leader", {}).get("name", "")
    checks.check("who stands by names the leader", f"process {leader.process.pid}" in named, named)
    said = other.call("status").stdout.splitlines()[0]
    checks.check("and says so to people", "standing by; the leader is " + named in said, said)
    first = leader.declare("declared by the leader")
    checks.check("the leader declares", bool(first))
    seen = wait(lambda: other.titles(), "seen by who stands by", 10)
    checks.check("who stands by answers reads", seen == ["declared by the leader"], str(seen))
    status, kind, problem = other.post("/api/v1/incidents", {"title": "not here"})
    checks.check("a write is refused with 503", status == 503, str(status))
    checks.check("as problem details", kind == "application/problem+json", str(kind))
    detail = problem["detail"]
    checks.check("that say who leads", detail == "standing by; the leader is " + named, detail)
    checks.check("and what to do", "ask the leader" in problem.get("hint", ""), str(problem))
    done = other.call("incident", "declare", "not here")
    checks.check("the command says it, too", "standing by" in done.stderr, done.stderr.strip())


def pages(bodies, title):
    return [body for body in bodies if title in body]


def killed(pair, checks):
    """While a page is on its way: the new leader sends it."""
    leader, other = pair.roles()
    pair.sink.hangs.set()
    title = f"under way when {leader.name} dies"
    leader.declare(title)
    wait(lambda: pages(pair.sink.asked, title), "the page is under way", 20)
    checks.check("a page is under way", not pages(pair.sink.taken, title))
    leader.kill()
    pair.sink.hangs.clear()
    took = timed(other.leads, "taken over after kill -9", TAKEN_OVER_WITHIN)
    checks.check("kill -9: the other leads", True, took)
    took = timed(lambda: pages(pair.sink.taken, title), "the page is sent again", 20)
    checks.check("and sends the page that was under way", True, took)
    checks.check("it declares", bool(other.declare(f"declared by {other.name}")))
    leader.start()
    checks.check("who comes back stands by", leader.leads() is False)


def stopped(pair, checks):
    """A leader that is stopped wakes up in a world in which another leads."""
    leader, other = pair.roles()
    leader.signal(signal.SIGSTOP)
    took = timed(other.leads, "taken over after SIGSTOP", STOPPED_TAKEN_OVER_WITHIN)
    checks.check("SIGSTOP: the other leads", True, took)
    checks.check("and declares", bool(other.declare("declared while the first slept")))
    before = pair.database.ask("SELECT max(seq) FROM ledger")
    leader.signal(signal.SIGCONT)
    wait(lambda: leader.leads() is False, "the old leader stands by", 20)
    checks.check("SIGCONT: the old leader stands by", pair.roles() == (other, leader))
    refused = leader.declare("by a stale leader")
    checks.check("and writes nothing", refused is None)
    by = pair.database.ask(
        f"SELECT count(*) FROM ledger WHERE seq > {before[0]} AND kind = 'leader.changed'"
    )
    checks.check("nobody else has led since", by == ["0"], str(by))


HOLDER = (
    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
)


def cut_off(pair, checks):
    leader, _ = pair.roles()
    terms = "SELECT count(*) FROM ledger WHERE kind = 'leader.changed'"
    before = int(pair.database.ask(terms)[0])
    ended = pair.database.ask(HOLDER)
    checks.check("one connection holds the lock", ended == ["t"], str(ended))
    took = timed(lambda: int(pair.database.ask(terms)[0]) > before, "led again", TAKEN_OVER_WITHIN)
    checks.check("its connection is cut: there is a leader again", True, took)
    wait(pair.roles, "exactly one leads", TAKEN_OVER_WITHIN)
    log = (leader.folder / "ops.log").read_text()
    checks.check("the old one stepped down", "the connection to the database was lost" in log)
    now, _ = pair.roles()
    checks.check("the leader declares", bool(now.declare(f"after term {before} was cut off")))


def restarted(pair, checks):
    pair.database.stop()
    time.sleep(2)
    for ops in pair.both:
        checks.check(f"without a database {ops.name} lives", ops.process.poll() is None)
    pair.database.start()
    took = timed(pair.roles, "one leads again", 2 * TAKEN_OVER_WITHIN)
    checks.check("the database restarted: one leads", True, took)
    leader, other = pair.roles()
    checks.check("it declares", bool(leader.declare("after the restart")))
    titles = wait(other.titles, "the other answers reads", 20)
    checks.check("the other answers reads", "after the restart" in titles, str(titles))


def whole(pair, checks):
    """The history of it all is one chain, and says what happened."""
    leader, _ = pair.roles()
    done = leader.call("ledger", "verify", "--deep", "--store", pair.database.url)
    said = " · ".join(done.stdout.splitlines())
    checks.check("the chain holds and the rows follow from it", done.returncode == 0, said)
    twice = pair.database.ask("SELECT count(*) - count(DISTINCT prev) FROM ledger")
    checks.check("no two records follow the same one", twice == ["0"], str(twice))
    titles = leader.titles()
    checks.check("nothing was declared twice", len(titles) == len(set(titles)), str(titles))
    checks.check("nor by who did not lead", not {"not here", "by a stale leader"} & set(titles))
    open_jobs = pair.database.ask(
        "SELECT count(*) FROM outbox WHERE state = 'open' AND attempts > 0"
    )
    checks.check("nothing begun is left undone", open_jobs == ["0"], str(open_jobs))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    checks = lab.Checks()
    with tempfile.TemporaryDirectory(prefix="sg-leader-") as folder, postgres.Postgres() as server:
        pair = Pair(folder, server, Sink())
        try:
            for ops in pair.both:
                ops.start()
            for step in (standing_by, killed, stopped, cut_off, restarted):
                step(pair, checks)
                if not options.quick and step in (killed, cut_off):
                    step(pair, checks)  # The other way round.
            whole(pair, checks)
        except Exception as error:  # The rest cannot be judged.
            checks.check(type(error).__name__, False, str(error))
        finally:
            for ops in pair.both:
                ops.stop()
                if checks.failed:
                    print(f"--- {ops.name}\n" + (ops.folder / "ops.log").read_text()[-3000:])
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
