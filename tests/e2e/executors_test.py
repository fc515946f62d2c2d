#!/usr/bin/python3
"""Every typed verb on the real platform: carried out, seen in effect, taken back, seen gone; twice
with the same order, with the gateway killed in between, and with errors that say what is wrong."""
import argparse
import collections
import json
import pathlib
import signal
import subprocess
import sys
import threading
import time
import os
import urllib.error
import urllib.request

import lab
import postgres
import redis
import supervisor_test

SERVICE = """
import http.server, os, sys, time
version = sys.argv[1]
class Endpoint(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        if self.path == "/slow":
            time.sleep(0.5)
        words = [version, os.environ["PORT"], str(os.getpid()),
                 self.headers.get("StreamGate-Without", "-")]
        body = " ".join(words).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Endpoint).serve_forever()
"""


class Platform(supervisor_test.Up):
    def __init__(self, folder, database, cache):
        super().__init__(folder)
        (self.folder / "service.py").write_text(SERVICE)
        (self.folder / "cache").write_text(cache.url)
        needs = (f'needs:\n  db: {{ kind: postgres, target: "{database.url}", every: 1h }}\n'
                 '  cache: { kind: redis, target: "${file:cache}", every: 1h }\n'
                 "trusted_proxies: [127.0.0.0/8]\n")
        self.write({"v1": self.run("v1", 2, 50), "v2": self.run("v2", 1, 50)}, more=needs)
        driver = pathlib.Path(lab.STREAMGATE).parent / "sg_executors_driver"
        self.driver = subprocess.Popen([driver], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                       text=True, start_new_session=True)

    def ask(self, do, verb, id="", before="", expires_s=None, **parameters):
        asked = {"do": do, "config": str(self.config), "state": str(self.state), "id": id,
                 "verb": verb, "with": {k: str(v) for k, v in parameters.items()},
                 "before": before}
        if expires_s:
            asked["expires_s"] = expires_s
        self.driver.stdin.write(json.dumps(asked) + "\n")
        self.driver.stdin.flush()
        return json.loads(self.driver.stdout.readline())

    def fetch(self, path="/", **fields):
        """(status, words of the body)"""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=fields)
        try:
            with urllib.request.urlopen(request, timeout=20) as reply:
                return reply.status, reply.read().decode().split()
        except urllib.error.HTTPError as error:
            return error.code, [error.headers.get("Retry-After", "")]
        except OSError:
            return 0, []

    def answers(self, which, requests=60):
        """How often each status, version or port answers."""
        got = collections.Counter()
        for _ in range(requests):
            status, words = self.fetch()
            got[status if which is None else words[which] if status == 200 else status] += 1
        return got


class Story:
    """One verb, from what was before to what is again."""

    def __init__(self, checks, platform, verb, **parameters):
        self.checks, self.platform, self.verb = checks, platform, verb
        self.parameters = parameters
        self.id = f"mitigation-{verb}"

    def check(self, what, holds, seen=""):
        self.checks.check(f"{self.verb}: {what}", holds, seen)

    def begin(self):
        found = self.platform.ask("before", self.verb, **self.parameters)
        self.check("what is before is known", found["ok"], found)
        self.before = found.get("said", "")
        for _ in range(2):  # The same order again changes nothing.
            done = self.platform.ask("carry_out", self.verb, self.id, self.before,
                                     **self.parameters)
            self.check("is carried out", done["ok"] and done["ms"] < 10_000, done)
        return done

    def end(self):
        for _ in range(2):
            done = self.platform.ask("take_back", self.verb, self.id, self.before,
                                     **self.parameters)
            self.check("is taken back", done["ok"], done)

    def refused(self, words, **parameters):
        done = self.platform.ask("before", self.verb, **parameters)
        self.check(f"`{words}`", not done["ok"] and words in done["error"], done)


def weights(checks, up):
    story = Story(checks, up, "roll_back", service="api", version="v2")
    checks.check("before: both versions serve", {"v1", "v2"} <= set(up.answers(0)))
    story.begin()
    story.check("v2 gets nothing", set(up.answers(0)) == {"v1"}, up.answers(0))
    os.kill(up.gateway(), signal.SIGKILL)
    up.wait(lambda s: s["up"] and up.fetch()[0] == 200, "back")
    story.check("a killed gateway comes back with it", set(up.answers(0)) == {"v1"})
    story.end()
    story.check("v2 serves again", {"v1", "v2"} <= set(up.answers(0)))
    story.refused("no version", service="api", version="v9")

    story = Story(checks, up, "shift", service="api", version="v1", share="10%")
    story.begin()
    got = up.answers(0, 100)
    story.check("v1 gets a tenth", 5 <= got["v1"] <= 15, got)
    story.end()
    got = up.answers(0, 100)
    story.check("v1 has its half again", 40 <= got["v1"] <= 60, got)


def endpoints(checks, up):
    ports = sorted({i["port"] for key, i in up.instances().items() if key[1] == "v1"})
    for verb in ("drain", "open_breaker"):
        story = Story(checks, up, verb, service="api", endpoint=f"127.0.0.1:{ports[0]}")
        story.begin()
        got = up.answers(1)
        story.check("it gets nothing", str(ports[0]) not in got and 200 not in got, got)
        story.end()
        back = lab.until(lambda: str(ports[0]) in up.answers(1, 20), 20)
        story.check("it is back", back)
        story.refused("no endpoint", service="api", endpoint="127.0.0.1:1")


def refusals(checks, up):
    story = Story(checks, up, "shed", service="api", share="50%")
    story.begin()
    got = up.answers(None, 200)
    story.check("about half are refused", 60 <= got[503] <= 140, got)
    waits = {words[0] for status, words in (up.fetch() for _ in range(20)) if status == 503}
    story.check("they are told when to come again", waits == {"5"}, waits)
    story.end()
    story.check("nobody is refused", set(up.answers(None)) == {200})

    story = Story(checks, up, "limit", service="api", requests=2)
    story.begin()
    results = []
    threads = [threading.Thread(target=lambda: results.append(up.fetch("/slow")[0]))
               for _ in range(5)]
    for thread in threads:
        thread.start()
    most = 0
    while any(thread.is_alive() for thread in threads):
        done = up.call("gateway", "ctl", "status")
        most = max(most, json.loads(done.stdout)["requests_in_flight"])
    for thread in threads:
        thread.join()
    listed = up.call("gateway", "ctl", "directives").stdout
    story.check("people read it", "at most 2 requests in flight" in listed, listed)
    story.end()

    story = Story(checks, up, "block_client", client="203.0.113.9")
    story.begin()
    mine = {"X-Forwarded-For": "203.0.113.9"}
    story.check("it is told 403", up.fetch(**mine)[0] == 403)
    story.check("another is not", up.fetch(**{"X-Forwarded-For": "203.0.113.8"})[0] == 200)
    story.end()
    story.check("it may come again", up.fetch(**mine)[0] == 200)

    story = Story(checks, up, "switch_off", service="api", need="cache")
    forged = {"StreamGate-Without": "db"}
    story.check("a client cannot say so", up.fetch(**forged)[1][3] == "-")
    story.begin()
    story.check("the service is told", up.fetch(**forged)[1][3] == "cache")
    story.end()
    story.check("and no longer", up.fetch()[1][3] == "-")
    story.refused("no need", service="api", need="nothing")


def expiry(checks, up):
    done = up.ask("carry_out", "shed", "short", expires_s=2, service="api", share="100%")
    checks.check("an order with an end is carried out", done["ok"], done)
    checks.check("it holds", up.fetch()[0] == 503)
    checks.check("it ends by itself", lab.until(lambda: up.fetch()[0] == 200, 10))


def processes(checks, up):
    story = Story(checks, up, "scale", service="api", version="v2", replicas=2)
    story.begin()
    two = lab.until(lambda: len(set(k for k in up.answers(1))) == 4, 30)
    story.check("one more serves", two, up.answers(1))
    story.end()
    fewer = lab.until(lambda: len([k for k in up.instances() if k[1] == "v2"]) == 1, 60)
    story.check("it is gone again", fewer, up.instances().keys())
    story.refused("not run here", service="api", version="v9", replicas=2)

    story = Story(checks, up, "restart", service="api", version="v1")
    pids = {i["pid"] for k, i in up.instances().items() if k[1] == "v1"}
    one = next(i for k, i in sorted(up.instances().items()) if k[1] == "v1")
    story.parameters["endpoint"] = f"127.0.0.1:{one['port']}"
    failures = []
    stop = threading.Event()

    def load():
        while not stop.is_set():
            if (status := up.fetch()[0]) != 200:
                failures.append(status)

    thread = threading.Thread(target=load)
    thread.start()
    story.begin()
    settled = lab.until(lambda: one["pid"] not in {i["pid"] for i in up.instances().values()}, 60)
    stop.set()
    thread.join()
    now = {i["pid"] for k, i in up.instances().items() if k[1] == "v1"}
    story.check("that one is new, once", settled and len(pids & now) == 1 and len(now) == 2,
                (pids, now))
    story.check("no request is lost", not failures, failures)
    story.check("cannot be taken back",
                not up.ask("take_back", "restart", "x", "{}", **story.parameters)["ok"])


def cache_verbs(checks, up, cache):
    own = cache.connect()
    own.ask("CONFIG", "SET", "maxmemory", 32 << 20)
    story = Story(checks, up, "grow_cache", need="cache", size="64MiB")
    story.begin()
    limit = b"%d" % (64 << 20)
    story.check("it may use more", limit in own.ask("INFO", "memory"))
    story.end()
    story.check("as before", b"maxmemory:%d" % (32 << 20) in own.ask("INFO", "memory"))
    story.refused("less than", need="cache", size="1MiB")
    story.refused("no Redis", need="db", size="64MiB")

    for i in range(1500):
        own.ask("SET", f"page:{i}", "x")
    for i in range(20):
        own.ask("SET", f"session:{i}", "x")
    story = Story(checks, up, "clear_cache", need="cache", prefix="page:")
    done = story.begin()
    story.check("only what begins so", own.ask("DBSIZE") == b":20", own.ask("DBSIZE"))
    story = Story(checks, up, "clear_cache", need="cache")
    story.begin()
    story.check("all of it", own.ask("DBSIZE") == b":0", done)


def query_verb(checks, up, database):
    def sleeper():
        return subprocess.Popen(
            [database.bin / "psql", "-XAtq", database.url, "-c", "select pg_sleep(600)"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True)

    def pid():
        found = database.ask("select pid from pg_stat_activity where query ~ '^select pg_sleep'"
                             " and state = 'active'")
        return found[0] if found else None

    victim = sleeper()
    number = lab.until(pid, 20)
    story = Story(checks, up, "cancel_query", need="db", query=number)
    unasked = up.ask("carry_out", "cancel_query", "x", "", **story.parameters)
    story.check("without a look nothing is cancelled", not unasked["ok"], unasked)
    found = up.ask("before", "cancel_query", **story.parameters)
    story.check("names the query", "pg_sleep" in found.get("said", ""), found)
    other = json.loads(found["said"]) | {"query_start": "1.5"}
    left = up.ask("carry_out", "cancel_query", "x", json.dumps(other), **story.parameters)
    story.check("another query of the session is left alone",
                "no longer runs" in left.get("said", "") and pid() == number, left)
    done = story.begin()
    story.check("is over", lab.until(lambda: pid() is None, 20), done)
    story.check("the session was told so", "canceling" in victim.communicate(timeout=20)[1])
    story.refused("runs no query", need="db", query=number)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.parse_args()
    checks = lab.Checks()
    with lab.folder() as work, postgres.Postgres() as database, redis.Redis() as cache:
        up = Platform(work, database, cache)
        try:
            up.start()
            lab.until(lambda: up.fetch()[0] == 200, 20)
            weights(checks, up)
            endpoints(checks, up)
            refusals(checks, up)
            expiry(checks, up)
            cache_verbs(checks, up, cache)
            query_verb(checks, up, database)
            processes(checks, up)
            up.process.terminate()
            up.process.wait(60)
            gone = up.ask("carry_out", "shed", "m", service="api", share="10%")
            checks.check("without a gateway the error names it",
                         not gone["ok"] and "gateway `local`" in gone["error"], gone)
        finally:
            lab.stop(up.driver)
            up.stop_hard()
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
