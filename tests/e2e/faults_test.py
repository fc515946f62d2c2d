#!/usr/bin/python3
"""Endpoints that fail under an open load, and what the clients of the gateway notice of it.

One of four hangs, resets, answers 500 or is stopped by SIGSTOP: no idempotent request fails, at
most 1 % are slow, and within 2 s of healing it has its full share again, counted at the endpoints.
All four fail, with and without health checks: at most 1.2 attempts for a request, and no failure
more than 1 s after they have healed. --peer nginx|haproxy measures a peer the same way.
"""
import argparse
import asyncio
import concurrent.futures
import dataclasses
import json
import os
import signal
import subprocess
import sys
import time

import lab

SLOW = 0.25  # Seconds. Usual is under 0.01; an attempt at a silent endpoint takes TRY.
TRY = "300ms"
ENDPOINTS = 4


@dataclasses.dataclass
class Scenario:
    fault: str  # What endpoint.py understands, or `stop`.
    every: bool = False  # All endpoints, or the first only.
    checks: bool = True  # Active health checks configured.

    @property
    def name(self):
        number = "all four" if self.every else "one of four"
        does = {"hang": "hang", "reset": "reset", "500": "answer 500", "stop": "are stopped"}
        return f"{number}: {does[self.fault]}{'' if self.checks else ', no health checks'}"


FULL = [Scenario(fault) for fault in ("hang", "reset", "500", "stop")] + [
    Scenario(fault, every=True, checks=checks)
    for fault in ("500", "reset")
    for checks in (True, False)
]
QUICK = [
    Scenario("hang"),
    Scenario("reset"),
    Scenario("500"),
    Scenario("500", every=True, checks=False),
]


@dataclasses.dataclass
class Plan:
    """Seconds since the first request, and requests a second."""

    rate: float
    fault: float
    heal: float
    end: float


class Endpoint:
    """endpoint.py as a process."""

    def __init__(self):
        self.port = lab.free_port()
        command = [sys.executable, str(lab.ROOT / "tests" / "e2e" / "endpoint.py"), str(self.port)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.process = lab.spawn(command, self.port, **pipes)

    def say(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline()

    def fail(self, fault):
        if fault == "stop":
            os.kill(self.process.pid, signal.SIGSTOP)
        else:
            self.say(fault)

    def heal(self, fault):
        if fault == "stop":
            os.kill(self.process.pid, signal.SIGCONT)
        else:
            self.say("ok")

    def seen(self):
        return json.loads(self.say("dump"))


# --- configurations -------------------------------------------------------------------


def streamgate_config(server, endpoints, checks):
    health = (
        "{ path: /healthz, every: 500ms, timeout: 300ms, unhealthy_after: 2, healthy_after: 1 }"
    )
    return f"""
state: {server.folder}/state
workers: 1
listen: 127.0.0.1:{server.port}
services:
  origin:
    endpoints: [{', '.join(f'127.0.0.1:{one.port}' for one in endpoints)}]
{f'    health: {health}' if checks else ''}
    retry:
      on: [connect, reset, timeout, 500, 502, 503, 504]
      attempts: 3
      per_try_timeout: {TRY}
    timeouts: {{ connect: {TRY}, first_byte: 2s }}
routes:
  - {{ path: /, to: origin }}
telemetry: {{ listen: off, access_log: off }}
"""


def nginx_config(server, endpoints, _checks):
    servers = "\n".join(
        f"        server 127.0.0.1:{one.port} max_fails=3 fail_timeout=1s;" for one in endpoints
    )
    return server.frame(
        f"""
    upstream origin {{
{servers}
        keepalive 64;
    }}
    server {{
        listen 127.0.0.1:{server.port} backlog=1024;
        location / {{
            proxy_pass http://origin;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_connect_timeout {TRY};
            proxy_read_timeout {TRY};
            proxy_next_upstream error timeout http_500 http_502 http_503 http_504;
            proxy_next_upstream_tries 3;
        }}
    }}"""
    )


def haproxy_config(server, endpoints, checks):
    check = "check inter 500ms fall 2 rise 1 observe layer7 error-limit 3 on-error mark-down"
    servers = "\n".join(
        f"    server e{i} 127.0.0.1:{one.port} {check if checks else ''}"
        for i, one in enumerate(endpoints)
    )
    return server.frame(
        f"""
defaults
    mode http
    timeout connect {TRY}
    timeout server {TRY}
    timeout client 30s
    timeout check 300ms
frontend edge
    bind 127.0.0.1:{server.port} backlog 1024
    default_backend origin
backend origin
    balance leastconn
    {'option httpchk GET /healthz' if checks else ''}
    retries 3
    option redispatch 1
    retry-on all-retryable-errors 500
{servers}
"""
    )


CONFIGS = {"streamgate": streamgate_config, "nginx": nginx_config, "haproxy": haproxy_config}


# --- load -----------------------------------------------------------------------------


@dataclasses.dataclass
class Asked:
    due: float
    took: float
    problem: str  # Empty: it was answered well.


class Load:
    """Requests that begin when they are due; latency counts from then."""

    def __init__(self, port):
        self.port = port
        self.free = []
        self.asked = []
        self.late = []  # When this process itself was not run: from, to.

    async def ask(self, due):
        problem = ""
        client = None
        try:
            while self.free and (client is None or client.reader.at_eof()):
                client = self.free.pop()
            if client is None or client.reader.at_eof():
                client = await lab.Client.connect(self.port)
            answer = await asyncio.wait_for(client.request("/"), 10)
            if answer.status != 200:
                problem = f"status {answer.status} {answer.field('proxy-status')}".strip()
            if client.open:
                self.free.append(client)
        except (OSError, lab.Cut, asyncio.TimeoutError) as error:
            problem = f"{type(error).__name__}: {error}"
        self.asked.append(Asked(due, time.monotonic() - due, problem))

    async def feel_pulse(self):
        """On a busy machine the load itself may be late: what it says of latency then is noise."""
        before = time.monotonic()
        while True:
            await asyncio.sleep(0.01)
            now = time.monotonic()
            if now - before > SLOW / 3:
                self.late.append((before, now))
            before = now

    def disturbed(self, one):
        return any(one.due < end and begin < one.due + one.took for begin, end in self.late)

    async def run(self, rate, began, until):
        tasks = set()
        pulse = asyncio.create_task(self.feel_pulse())
        number = 0
        while (due := began + number / rate) < until:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            task = asyncio.create_task(self.ask(due))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            number += 1
        if tasks:
            await asyncio.wait(tasks, timeout=12)
        pulse.cancel()


async def run_scenario(scenario, plan, load, endpoints):
    began = time.monotonic() + 0.05
    broken = endpoints if scenario.every else endpoints[:1]
    loading = asyncio.create_task(load.run(plan.rate, began, began + plan.end))
    await asyncio.sleep(began + plan.fault - time.monotonic())
    for endpoint in broken:
        endpoint.fail(scenario.fault)
    fault_at = time.monotonic()
    await asyncio.sleep(began + plan.heal - time.monotonic())
    for endpoint in broken:
        endpoint.heal(scenario.fault)
    heal_at = time.monotonic()
    await loading
    return fault_at, heal_at


# --- judgement ------------------------------------------------------------------------


def between(times, start, end):
    return sum(start <= at < end for at in times)


def judge_one(scenario, load, endpoints, heal_at, checks):
    failed = [one for one in load.asked if one.problem]
    calm = [one for one in load.asked if not load.disturbed(one)]
    slow = [one for one in calm if one.took > SLOW]
    share_slow = len(slow) / max(len(calm), 1)
    longest = max((one.took for one in calm), default=0)
    window = heal_at + 2, heal_at + 4
    counts = [between(endpoint.seen(), *window) for endpoint in endpoints]
    share = counts[0] / max(sum(counts), 1)
    problems = sorted({one.problem for one in failed})[:3]
    asked = len(load.asked)
    checks.check(f"{scenario.name}: no failure", not failed, f"{len(failed)} of {asked} {problems}")
    checks.check(
        f"{scenario.name}: at most 1 % slow",
        share_slow <= 0.01,
        f"{share_slow:.2%} of {len(calm)}, longest {longest:.2f} s",
    )
    checks.check(
        f"{scenario.name}: its full share 2 s after healing",
        share >= 0.8 / ENDPOINTS,
        f"{share:.0%} of {sum(counts)}",
    )


def judge_all(scenario, load, endpoints, fault_at, heal_at, checks):
    asked = sum(fault_at <= one.due < heal_at for one in load.asked)
    attempts = sum(between(endpoint.seen(), fault_at, heal_at) for endpoint in endpoints)
    late = [one.due - heal_at for one in load.asked if one.problem and one.due > heal_at]
    checks.check(
        f"{scenario.name}: at most 1.2 attempts a request",
        attempts <= 1.2 * asked,
        f"{attempts / asked:.3f}",
    )
    checks.check(
        f"{scenario.name}: no failure 1 s after healing",
        all(one <= 1 for one in late),
        f"last one {max(late, default=0):.2f} s after, {len(late)} in all",
    )


def run(scenario, plan, peer, checks):
    """One scenario, with servers of its own."""
    with lab.folder() as folder:
        endpoints = []
        server = lab.PEERS[peer](folder)
        try:
            endpoints = [Endpoint() for _ in range(ENDPOINTS)]
            server.write(CONFIGS[peer](server, endpoints, scenario.checks))
            server.start()
            load = Load(server.port)
            time.sleep(0.7)  # The first round of health checks.
            fault_at, heal_at = asyncio.run(run_scenario(scenario, plan, load, endpoints))
            if scenario.every:
                judge_all(scenario, load, endpoints, fault_at, heal_at, checks)
            else:
                judge_one(scenario, load, endpoints, heal_at, checks)
            if not server.alive():
                checks.check(f"{scenario.name}: still running", False, server.output()[-500:])
        finally:
            server.stop()
            for endpoint in endpoints:
                lab.stop(endpoint.process)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", choices=sorted(lab.PEERS), default="streamgate")
    parser.add_argument("--quick", action="store_true", help="four scenarios, at once, 6 s")
    parser.add_argument("--only", help="scenarios whose name contains this")
    options = parser.parse_args()
    if options.peer == "streamgate":
        lab.need(lab.STREAMGATE)
    plan = Plan(100, 0.7, 2.2, 6.2) if options.quick else Plan(400, 3, 12, 20)
    checks = lab.Checks()
    wanted = [
        scenario
        for scenario in (QUICK if options.quick else FULL)
        if not options.only or options.only in scenario.name
    ]
    # Side by side they disturb one another's latency, which only the long form has to measure well.
    with concurrent.futures.ThreadPoolExecutor(len(QUICK) if options.quick else 1) as pool:
        list(pool.map(lambda scenario: run(scenario, plan, options.peer, checks), wanted))
    return checks.close()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
