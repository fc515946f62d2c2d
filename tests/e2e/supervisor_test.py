#!/usr/bin/python3
"""`streamgate up`: what it starts goes on when anything dies, and every change loses nothing.

Real processes on loopback: the supervisor, its gateway, and services in Python that answer with
their pid.
--quick kills the gateway 5 times instead of 20 and makes less load.
"""
import argparse
import collections
import contextlib
import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import lab

SERVICE = r"""
import http.server, os, socketserver, sys, time
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    def do_GET(self):
        if self.path.startswith("/stream"):
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for _ in range(int(self.path.rsplit("/", 1)[1])):
                self.wfile.write(b"4\r\ntick\r\n")
                self.wfile.flush()
                time.sleep(0.1)
            self.wfile.write(b"0\r\n\r\n")
            return
        if self.path.startswith("/slow"):
            time.sleep(0.3)
        body = f"{sys.argv[1]} {os.getpid()}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass
class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 256
print("listening on", os.environ["PORT"], "as", os.environ["STREAMGATE_REPLICA"], flush=True)
Server(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""


class Up:
    """A `streamgate up` in a folder of its own."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.port = lab.free_port()
        self.config = self.folder / "streamgate.yaml"
        self.state = self.folder / "state"
        (self.folder / "service.py").write_text(SERVICE)
        self.process = None

    def write(self, versions, more_listen="", more=""):
        listen = f"[127.0.0.1:{self.port}{more_listen}]"
        lines = "\n".join(f"      {name}: {text}" for name, text in versions.items())
        self.config.write_text(
            f"listen: {listen}\nworkers: 2\ntelemetry: {{ listen: off }}\n"
            f"services:\n  api:\n    health: {{ path: /healthz, every: 500ms }}\n"
            f"    versions:\n{lines}\n{more}routes:\n  - {{ path: /, to: api }}\n"
        )

    def run(self, name, replicas, weight=100, extra=""):
        """A version of the service as YAML."""
        command = f"exec /usr/bin/python3 service.py {name}{extra}"
        return f'{{ weight: {weight}, run: {{ command: "{command}", replicas: {replicas} }} }}'

    def start(self):
        with open(self.folder / "up.log", "ab") as output:
            self.process = subprocess.Popen(
                [lab.STREAMGATE, "up", "--config", self.config],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        return self.wait(lambda s: s["up"], "up")

    def call(self, *words, timeout=60):
        return subprocess.run(
            [lab.STREAMGATE, *words, "--config", self.config],
            capture_output=True,
            text=True,
            timeout=timeout,
        )

    def status(self):
        done = self.call("ps", "--json")
        return json.loads(done.stdout) if done.returncode == 0 else None

    def wait(self, holds, what, seconds=20):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            status = self.status()
            if status and holds(status):
                return status
            time.sleep(0.05)
        raise RuntimeError(f"not {what} after {seconds} s: {self.output()[-3000:]}")

    def output(self):
        return (self.folder / "up.log").read_text(errors="replace")

    def access_log(self):
        with contextlib.suppress(OSError):
            return (self.state / "log" / "access.log").read_text().splitlines()
        return []

    def failures(self):
        """The last lines of the access log that say 5xx."""
        return "\n".join([line for line in self.access_log() if '"status":5' in line][-20:])

    def gateway(self):
        for process in self.status()["gateway"]["processes"]:
            if process["role"] == "serving" and process["ready"]:
                return process["pid"]
        return 0

    def instances(self, status=None):
        found = {}
        for service in (status or self.status())["services"]:
            for version in service["versions"]:
                for instance in version["instances"]:
                    key = (service["name"], version["version"], instance["replica"])
                    found[key] = instance
        return found

    def stop_hard(self):
        """Whatever still runs, however the test went."""
        with contextlib.suppress(Exception):
            self.call("down", "--now", timeout=20)
        for path in pathlib.Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError):
                if str(self.folder) in os.readlink(path / "cwd") or str(
                    self.folder
                ).encode() in (path / "cmdline").read_bytes():
                    if int(path.name) != os.getpid():
                        os.kill(int(path.name), signal.SIGKILL)


class Load:
    """Callers in threads; each keeps its connection for a while, then takes a new one.

    They pause between requests: without, eight threads of one interpreter wait longer for each
    other than for an answer, and a gap between answers would be theirs.
    """

    PAUSE = 0.005

    def __init__(self, port, callers=8, path="/"):
        self.port, self.path, self.over = port, path, False
        self.outcomes = collections.Counter()
        self.answered = []
        self.bodies = collections.Counter()
        self.threads = [threading.Thread(target=self.call) for _ in range(callers)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        time.sleep(0.3)
        return self

    def __exit__(self, *_):
        time.sleep(0.3)
        self.over = True
        for thread in self.threads:
            thread.join()

    def call(self):
        connection, uses = None, 0
        while not self.over:
            try:
                if connection is None or uses == 20:
                    if connection:
                        connection.close()
                    connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
                    uses = 0
                connection.request("GET", self.path)
                reply = connection.getresponse()
                self.bodies[reply.read()] += 1
                outcome = reply.status
                uses += 1
            except OSError as error:
                outcome, connection = type(error).__name__, None
            except http.client.HTTPException as error:
                outcome, connection = type(error).__name__, None
            self.outcomes[outcome] += 1
            if outcome == 200:
                self.answered.append(time.monotonic())
            time.sleep(self.PAUSE)

    def lost(self):
        return {name: n for name, n in self.outcomes.items() if name != 200}

    def gap(self):
        moments = sorted(self.answered)
        return max((b - a for a, b in zip(moments, moments[1:])), default=99)


def get(port, path="/"):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    reply = connection.getresponse()
    body = reply.read()
    connection.close()
    return reply.status, body


def alive(pid):
    try:
        state = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def first_run(up, checks):
    up.write({"v1": up.run("v1", 2, 90), "v2": up.run("v2", 1, 10)})
    status = up.start()
    instances = up.instances(status)
    checks.check("all instances healthy", all(i["phase"] == "healthy" for i in instances.values()))
    checks.check("three of them", len(instances) == 3, str(list(instances)))
    checks.check("answers through the gateway", get(up.port)[0] == 200)
    banner = up.output()
    wanted = [f"http://127.0.0.1:{up.port}", "api v1 x2, v2 x1", "streamgate ps"]
    checks.check("the banner says what to try", all(w in banner for w in wanted), banner[:60])
    second = up.call("up")
    refusal = f"another supervisor (pid {up.process.pid})"
    checks.check("a second supervisor is refused", refusal in second.stderr, second.stderr[:90])
    logs = up.call("logs", "api/v1", "--replica", "2").stdout
    checks.check("logs are kept by instance", "listening on" in logs and "as 2" in logs, logs[:60])
    top = up.call("top").stdout
    checks.check("top has a row for each", top.count("MiB") >= 5, top.splitlines()[0])


def kills(up, checks, times):
    with Load(up.port) as load:
        before = up.status()["gateway"]["restarts"]
        for _ in range(times):
            pid = up.gateway()
            os.kill(pid, signal.SIGKILL)
            up.wait(lambda s: up_with_other(s, pid), "another gateway")
            time.sleep(0.15)
    # 50 ms, where a program starts in some milliseconds; on a slower machine more.
    allowed = max(0.05, 8 * lab.start_seconds())
    restarts = up.status()["gateway"]["restarts"] - before
    checks.check(f"{times} gateways killed and replaced", restarts == times, str(restarts))
    checks.check("no connection refused", load.outcomes["ConnectionRefusedError"] == 0)
    most = times * len(load.threads)
    lost = sum(load.lost().values())
    told = f"{lost} of {most}: {load.lost()}"
    checks.check("only what was in flight is lost", lost <= most, told)
    told = f"{load.gap() * 1000:.1f} ms, allowed {allowed * 1000:.1f} ms"
    checks.check("longest gap as short as promised", load.gap() <= allowed, told)


def up_with_other(status, pid):
    return any(
        p["role"] == "serving" and p["ready"] and p["pid"] != pid
        for p in status["gateway"]["processes"]
    )


def supervisor_killed(up, checks):
    before = up.status()
    gateway = up.gateway()
    with Load(up.port) as load:
        os.kill(up.process.pid, signal.SIGKILL)
        up.process.wait()
        time.sleep(1)
        checks.check("gateway runs on without it", alive(gateway))
        after = up.start()
        time.sleep(0.5)
    checks.check("kill -9 of the supervisor loses nothing", not load.lost(), str(load.lost()))
    checks.check("the gateway is adopted", up.gateway() == gateway)
    pids = {key: i["pid"] for key, i in up.instances(before).items()}
    now = {key: i["pid"] for key, i in up.instances(after).items()}
    checks.check("the instances are adopted", pids == now)
    with Load(up.port) as load:
        os.kill(gateway, signal.SIGKILL)
        up.wait(lambda s: up_with_other(s, gateway), "another gateway")
    refused = load.outcomes["ConnectionRefusedError"]
    checks.check("it has taken over the sockets", refused == 0, f"gap {load.gap() * 1000:.1f} ms")
    victim = now[("api", "v1", 1)]
    os.kill(victim, signal.SIGTERM)
    up.wait(lambda s: up.instances(s)[("api", "v1", 1)]["restarts"] == 1, "restarted")
    up.wait(lambda s: s["services"][0]["settled"], "settled")
    checks.check("and watches what it adopted", True)


def supervisor_and_gateway_killed(up, checks):
    gateway = up.gateway()
    os.kill(up.process.pid, signal.SIGKILL)
    up.process.wait()
    os.kill(gateway, signal.SIGKILL)
    up.start()
    up.wait(lambda s: s["services"][0]["settled"] and up_with_other(s, gateway), "settled")
    checks.check("both killed: the next supervisor brings it back", get(up.port)[0] == 200)


def upgrade(up, checks):
    old = up.gateway()
    ticks = []

    def stream():
        ticks.append(get(up.port, "/stream/40"))

    thread = threading.Thread(target=stream)
    with Load(up.port) as load:
        thread.start()
        time.sleep(0.5)
        done = up.call("upgrade")
        checks.check("upgrade says it is done", done.returncode == 0, done.stdout + done.stderr)
        new = up.gateway()
        checks.check("another gateway serves", new not in (0, old))
        checks.check("the old one keeps its stream", alive(old))
        time.sleep(1)
    thread.join()
    checks.check("the upgrade loses nothing", not load.lost(), str(load.lost()))
    whole = ticks and ticks[0] == (200, b"tick" * 40)
    checks.check("the stream ends as it should", whole, str(ticks)[:80])
    until = time.monotonic() + 10
    while alive(old) and time.monotonic() < until:
        time.sleep(0.05)
    checks.check("then the old one is gone", not alive(old))


def changes(up, checks):
    commands = [
        ("restart", "api"),
        ("scale", "api/v1", "3"),
        ("roll", "api", "--version", "v2"),
        ("roll", "api", "--configured"),
        ("scale", "api/v1", "2"),
    ]
    before = len(up.access_log())
    with Load(up.port, 6) as load, Load(up.port, 4, "/slow") as slow:
        for words in commands:
            done = up.call(*words)
            checks.check(" ".join(words), done.returncode == 0, done.stderr.strip())
            if "--version" in words:
                load.bodies.clear()
                time.sleep(0.3)
                old = sum(n for body, n in load.bodies.items() if body.startswith(b"v1"))
                checks.check("rolled to v2: v1 answers no more", old == 0, str(old))
    lost = {**load.lost(), **slow.lost()}
    total = sum(load.outcomes.values()) + sum(slow.outcomes.values())
    checks.check("none of it loses a request", not lost, f"{lost} of {total}")
    logged = [json.loads(line) for line in up.access_log()[before:]]
    repeated = sum(len(line["attempts"]) > 1 for line in logged)
    slow_ones = sum(line["target"] == "/slow" for line in logged)
    checks.check("nor has to send one again", repeated == 0 and slow_ones > 0, str(repeated))
    instances = up.instances()
    checks.check("as configured again", len(instances) == 3, str(list(instances)))
    events = up.call("describe", "api").stdout
    checks.check("describe tells it", "rolled" in events and "drained" in events)


def reloads(up, checks):
    good = {"v1": up.run("v1", 2, 90), "v2": up.run("v2", 1, 10)}
    before = up.instances()
    up.config.write_text(up.config.read_text().replace("routes:", "rotues:"))
    done = up.call("reload")
    wrong = f"{up.config}:"
    checks.check("a broken file is refused", done.returncode == 2 and wrong in done.stderr)
    checks.check("with nothing changed", up.instances().keys() == before.keys())
    gateway = up.gateway()
    os.kill(gateway, signal.SIGKILL)
    up.wait(lambda s: up_with_other(s, gateway), "another gateway")
    checks.check("a gateway starts on what was accepted, not on the broken file", True)

    other = lab.free_port()
    good["v1"] = up.run("v1.1", 2, 90)
    with Load(up.port) as load:
        up.write(good, f", 127.0.0.1:{other}")
        done = up.call("reload")
        checks.check("reload", done.returncode == 0, done.stdout + done.stderr)
        up.wait(lambda s: s["services"][0]["settled"], "settled")
    checks.check("a new command is rolled, losing nothing", not load.lost(), str(load.lost()))
    checks.check("a new address is served", get(other)[0] == 200)
    with Load(other) as load:
        gateway = up.gateway()
        os.kill(gateway, signal.SIGKILL)
        up.wait(lambda s: up_with_other(s, gateway), "another gateway")
    checks.check("and its socket is held too", load.outcomes["ConnectionRefusedError"] == 0)
    names = {body.split()[0] for body in load.bodies}
    checks.check("the new command answers", b"v1.1" in names and b"v1" not in names, str(names))


def crash_loop(up, checks):
    broken = (
        "  broken:\n    run: { command: \"echo starting; exit 3\" }\n"
        "    health: { path: / }\n"
    )
    up.write({"v1": up.run("v1.1", 2, 90), "v2": up.run("v2", 1, 10)}, more=broken)
    up.call("reload")
    key = ("broken", "default", 1)
    status = up.wait(lambda s: up.instances(s)[key]["failures"] >= 6, "in a crash loop")
    seen = up.instances(status)[key]
    told = seen["crash_loop"] and seen["last_exit"] == "exit status 3"
    checks.check("a crash loop is seen", told)
    events = json.loads(up.call("describe", "broken", "--json").stdout)["events"]
    starts = [e["at_ns"] / 1e9 for e in events if e["what"] == "started"]
    gaps = [b - a for a, b in zip(starts, starts[1:])]
    grows = all(b >= 1.5 * a for a, b in zip(gaps[1:], gaps[2:]))
    shown = ", ".join(f"{gap:.2f}" for gap in gaps)
    checks.check("at once, then backs off", grows and gaps[0] < gaps[1], f"{shown} s")
    checks.check("the others are not disturbed", get(up.port)[0] == 200)


def address_in_use(up, checks):
    with socket.socket() as holder, tempfile.TemporaryDirectory() as folder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        config = pathlib.Path(folder) / "streamgate.yaml"
        config.write_text(f"listen: 127.0.0.1:{port}\nroutes:\n  - to: http://127.0.0.1:1\n")
        done = subprocess.run(
            [lab.STREAMGATE, "up", "--config", config], capture_output=True, text=True, timeout=20
        )
        named = f"127.0.0.1:{port}" in done.stderr and f"pid {os.getpid()}" in done.stderr
        checks.check("an address in use is told with its holder", named, done.stderr.strip())
        checks.check("and nothing is started", done.returncode == 1)


def stopping(up, checks):
    pids = [i["pid"] for i in up.instances().values() if i["pid"]] + [up.gateway()]
    os.kill(up.process.pid, signal.SIGINT)
    code = up.process.wait(timeout=40)
    checks.check("Ctrl-C stops everything", code == 0 and not any(map(alive, pids)))
    checks.check("and says so", "everything is stopped" in up.output())
    up.start()
    with Load(up.port, 4):
        pids = [i["pid"] for i in up.instances().values() if i["pid"]] + [up.gateway()]
        done = up.call("down", "--now")
    checks.check("down --now", done.returncode == 0 and not any(map(alive, pids)))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    checks = lab.Checks()
    with tempfile.TemporaryDirectory(prefix="sg-up-") as folder:
        up = Up(folder)
        try:
            first_run(up, checks)
            kills(up, checks, 5 if options.quick else 20)
            supervisor_killed(up, checks)
            supervisor_and_gateway_killed(up, checks)
            upgrade(up, checks)
            changes(up, checks)
            reloads(up, checks)
            crash_loop(up, checks)
            address_in_use(up, checks)
            stopping(up, checks)
        except Exception as error:  # The rest cannot be judged.
            checks.check(type(error).__name__, False, str(error))
        finally:
            if checks.failed:
                print(up.output()[-4000:])
                print(up.failures())
            up.stop_hard()
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
