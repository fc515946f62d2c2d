#!/usr/bin/python3
"""`streamgate inspect` against real PostgreSQL and Redis in real trouble: a lock pile-up, an
exhausted pool, a cold cache, a slow query, a server that hangs, a wrong password. Each is named,
with what is to blame, within the deadline and without a secret."""
import argparse
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time

import incident_test
import lab
import postgres
import redis

WRONG = "not-the-password"


class Platform(incident_test.Platform):
    def __init__(self, folder, database, cache):
        super().__init__(folder)
        (self.folder / "wrong").write_text(WRONG)
        (self.folder / "cache").write_text(cache.url)
        closed = lab.free_port()
        with self.config.open("a") as config:
            config.write(
                "needs:\n"
                f'  db: {{ kind: postgres, target: "{database.url}", every: 1h }}\n'
                "  locked: { kind: postgres, every: 1h, target: "
                f'"postgres://web:${{file:wrong}}@127.0.0.1:{database.port}/postgres" }}\n'
                '  cache: { kind: redis, target: "${file:cache}", every: 1h }\n'
                "  barred: { kind: redis, every: 1h, target: "
                f'"redis://:${{file:wrong}}@127.0.0.1:{cache.port}/0" }}\n'
                f'  gone: {{ kind: tcp, target: "127.0.0.1:{closed}", every: 1h }}\n'
            )

    def inspect(self, *words, code=None):
        done = self.call("inspect", "--json", *words)
        try:
            answer = json.loads(done.stdout)
        except ValueError:
            raise RuntimeError(f"inspect {words}: {done.stdout!r} {done.stderr!r}") from None
        if code is not None and done.returncode != code:
            raise RuntimeError(f"inspect {words}: exit code {done.returncode}: {done.stdout}")
        return [f for target in answer["targets"] for f in target["findings"]]


def psql(database, application, statement):
    """A session of its own that stays busy with the statement."""
    return subprocess.Popen(
        [database.bin / "psql", "-XAtq", f"{database.url}?application_name={application}"],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True,
        start_new_session=True,
    ), statement  # fmt: skip


class Sessions:
    def __init__(self, database):
        self.database, self.running = database, []

    def begin(self, application, statement):
        process, _ = psql(self.database, application, statement)
        process.stdin.write(statement + "\n")
        process.stdin.flush()
        self.running.append(process)
        return process

    def end(self):
        self.database.ask("select pg_terminate_backend(pid) from pg_stat_activity"
                          " where pid <> pg_backend_pid() and backend_type = 'client backend'")
        for process in self.running:
            lab.stop(process)
        self.running = []


def until(holds, what, seconds=20):
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise RuntimeError(f"never: {what}")
        time.sleep(0.05)


def one(findings, what, key=None):
    found = [f for f in findings if f["what"] == what and (key is None or f["key"] == key)]
    return found[0] if found else {"title": "", "standing": "none", "hint": ""}


def waiting(database):
    return int(database.ask("select count(*) from pg_stat_activity"
                            " where wait_event_type = 'Lock'")[0])


def locks(platform, database, checks):
    database.ask("create table accounts (id int primary key, cents int)")
    database.ask("insert into accounts values (1, 0), (2, 0)")
    sessions = Sessions(database)
    sessions.begin("forgetful", "begin; update accounts set cents = 7 where id = 1;")
    until(lambda: int(database.ask("select count(*) from pg_stat_activity where state ="
                                   " 'idle in transaction'")[0]) == 1, "the lock is held")
    for n in range(4):
        sessions.begin(f"web{n}", f"update accounts set cents = {n} where id = 1;")
    until(lambda: waiting(database) == 4, "four wait")
    findings = platform.inspect("db", "locks", code=1)
    root = next((f for f in findings if f["key"].startswith("root_")), {"title": ""})
    checks.check("a lock pile-up is bad and names the root blocker and its query",
                 root.get("standing") == "bad" and "forgetful" in root["title"]
                 and "update accounts set cents = 7" in root["title"]
                 and root["title"].startswith("4 sessions wait"), root["title"])
    pid = root["key"].split("_")[1]
    checks.check("it says how to end it", pid in root.get("hint", ""), root.get("hint"))
    checks.check("who waits is listed", len(root["evidence"]["rows"]) == 4)
    text = platform.call("inspect", "need:db").stdout
    first = next(line for line in text.splitlines() if line.startswith("  "))
    checks.check("people see what is bad first, without colour", "BAD" in first
                 and "\x1b" not in text, text[:400])
    sessions.end()


def exhausted(platform, database, checks):
    sessions = Sessions(database)
    for _ in range(15):
        sessions.begin("checkout", "begin; select 1;")
    until(lambda: int(database.ask("select count(*) from pg_stat_activity where application_name ="
                                   " 'checkout' and state = 'idle in transaction'")[0]) == 15,
          "fifteen sessions")
    used = one(platform.inspect("db", "connections", code=1), "postgres.connections", "used")
    checks.check("an exhausted pool is bad and names who holds it", used["standing"] == "bad"
                 and "15 checkout (idle in transaction)" in used["title"], used["title"])
    sessions.end()


def slow(platform, database, checks):
    database.ask("create table events as select n as id, n % 1000 as kind, repeat('x', 20) as text"
                 " from generate_series(1, 1000000) n")
    database.ask("analyze events")
    sessions = Sessions(database)
    sessions.begin("report", "select e.* from events e, pg_sleep(30) where e.kind = 7;")
    until(lambda: database.ask("select count(*) from pg_stat_activity where application_name ="
                               " 'report' and state = 'active' and backend_type = 'client backend'"
                               " and clock_timestamp() - query_start > interval '1.2 seconds'")
          == ["1"], "it is slow")
    findings = platform.inspect("db", "queries")
    running = one(findings, "postgres.queries", "running")
    plan = one(findings, "postgres.queries", "plan_1")
    checks.check("a slow query is named", running["standing"] == "odd"
                 and "report" in running["title"] and "events e" in running["title"],
                 running["title"])
    checks.check("its plan says what is read in vain", plan["standing"] == "odd"
                 and "reads all of events (about 1,000," in plan["title"], plan["title"])
    checks.check("and which index would help", plan.get("hint")
                 == "create index concurrently on public.events (kind)", plan.get("hint"))
    missing = one(findings, "postgres.queries", "statements")
    checks.check("a missing extension is said, with how to get it",
                 "pg_stat_statements is missing" in missing["title"]
                 and "create extension" in missing["hint"], missing["title"])
    sessions.end()


def counted(platform, database, checks):
    """With pg_stat_statements: the dearest statement, its values taken out, and its plan."""
    database.stop()
    database.start("-c shared_preload_libraries=pg_stat_statements")
    database.ask("create extension pg_stat_statements")
    for n in range(20):
        database.ask(f"select count(text) from events where kind = {n}")
    findings = platform.inspect("db", "queries")
    statements = one(findings, "postgres.queries", "statements")
    checks.check("the dearest statement is counted without its values",
                 "20 calls" in statements["title"] and "kind = $1" in statements["title"],
                 statements["title"])
    plan = one(findings, "postgres.queries", "plan_1")
    checks.check("and has a plan that serves any value", plan.get("hint")
                 == "create index concurrently on public.events (kind)", str(plan))


def cold(platform, cache, checks):
    connection = cache.connect()
    for n in range(300):
        connection.ask("SET", f"session:{n}", "x" * 50)
    for _ in range(20):
        for n in range(300):
            connection.ask("GET", f"session:{n}")
    stop = threading.Event()

    def read():
        mine = cache.connect()
        while not stop.is_set():
            for n in range(50):
                mine.ask("GET", f"session:{n}")
            time.sleep(0.02)
        mine.close()

    reader = threading.Thread(target=read)
    reader.start()
    try:
        warm = one(platform.inspect("cache", "hits", code=0), "redis.hits")
        checks.check("a warm cache is fine", warm["standing"] == "fine", warm["title"])
        keys = platform.inspect("cache", "keys", code=0)
        prefixes = one(keys, "redis.keys", "prefixes")
        checks.check("the prefix that is used most is named", "session:*" in prefixes["title"],
                     prefixes["title"])
        connection.ask("FLUSHALL")
        found = one(platform.inspect("cache", "hits", code=1), "redis.hits")
        checks.check("a cold cache is called cold", found["standing"] == "bad"
                     and found["title"].startswith("the cache is cold: hit rate 0 %"),
                     found["title"])
    finally:
        stop.set()
        reader.join()
    connection.ask("DEBUG", "SLEEP", "0.15")
    log = one(platform.inspect("cache", "slow"), "redis.slow")
    checks.check("a slow command is named", log["standing"] == "odd" and "DEBUG SLEEP" in
                 log["title"], log["title"])
    connection.close()


def hung(platform, database, cache, checks):
    for name, pid in (("db", int(pathlib.Path(database.data, "postmaster.pid").read_text()
                                 .split()[0])), ("cache", cache.process.pid)):
        os.kill(pid, signal.SIGSTOP)
        try:
            began = time.monotonic()
            findings = platform.inspect(name, "--deadline", "1s", code=1)
            took = time.monotonic() - began
        finally:
            os.kill(pid, signal.SIGCONT)
        checks.check(f"a {name} that hangs is cut at the deadline", 0.9 < took < 3
                     and "no answer in time" in findings[0]["title"],
                     f"{took:.2f} s: {findings[0]['title']}")
        os.kill(pid, signal.SIGSTOP)
        try:
            slow = threading.Thread(target=platform.call, args=("inspect", name))
            slow.start()
            began = time.monotonic()
            platform.call("inspect", "--list")
            took = time.monotonic() - began
            slow.join()
        finally:
            os.kill(pid, signal.SIGCONT)
        checks.check(f"meanwhile the API answers others ({name})", took < 2, f"{took:.2f} s")


def secrets(platform, checks):
    for name in ("locked", "barred"):
        done = platform.call("inspect", name)
        said = done.stdout + done.stderr
        checks.check(f"a wrong password is said without showing it ({name})",
                     done.returncode == 1 and "password" in said.lower() and WRONG not in said
                     and redis.PASSWORD not in said, said.strip()[:300])
    everything = platform.call("inspect", "--all", "--json")
    said = everything.stdout + everything.stderr
    checks.check("no inspection shows a password", WRONG not in said
                 and redis.PASSWORD not in said and '"need:locked"' in said)


def others(platform, checks):
    gone = platform.inspect("gone", code=1)[0]
    checks.check("refused is not silent", "refused: nothing listens there" in gone["title"],
                 gone["title"])
    traffic = platform.inspect("gateway")
    checks.check("the gateway is looked at", {f["what"] for f in traffic} == {
        "gateway.traffic", "gateway.endings", "gateway.endpoints"}, str(traffic)[:300])
    disks = platform.inspect("host")
    checks.check("the host's disks are looked at", {"used", "full_in"} <= {
        f["key"] for f in disks} and disks[0]["evidence"]["rows"], str(disks)[:300])
    for words, code in ((("nothing",), 2), (("db", "redis.hits"), 2), (("db", "magic"), 2),
                        (("--state", "/nonexistent", "gateway"), 3)):  # fmt: skip
        done = platform.call("inspect", *words)
        checks.check(f"inspect {' '.join(words)}: exit code {code}", done.returncode == code,
                     f"{done.returncode} {done.stderr.strip()[:200]}")


def run(platform, database, cache, checks):
    platform.start()
    with incident_test.Traffic(platform.port):
        time.sleep(2)
        others(platform, checks)
    locks(platform, database, checks)
    exhausted(platform, database, checks)
    slow(platform, database, checks)
    cold(platform, cache, checks)
    secrets(platform, checks)
    hung(platform, database, cache, checks)
    counted(platform, database, checks)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="no shorter: it takes a minute")
    parser.parse_args()
    lab.need(lab.STREAMGATE, redis.SERVER)
    checks = lab.Checks()
    with postgres.Postgres() as database, redis.Redis() as cache:
        database.run("psql", "-X", "-h", database.folder, "-p", str(database.port), "-U", "sg",
                     "-c", "create role web login password 'right'", "postgres")
        hba = pathlib.Path(database.data, "pg_hba.conf")
        hba.write_text("host all web 127.0.0.1/32 scram-sha-256\n" + hba.read_text())
        database.stop()
        database.start("-c max_connections=18 -c superuser_reserved_connections=3")
        with tempfile.TemporaryDirectory(prefix="sg-inspect-") as folder:
            platform = Platform(pathlib.Path(folder), database, cache)
            try:
                run(platform, database, cache, checks)
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
