#!/usr/bin/python3
"""Reloads under load: 100 in 60 s, with 200 WebSockets and 200 event streams held.

Others join and leave all the while, and requests go on. Promised: no request fails, no stream is
cut, there is one gateway process, and its memory is within 5 % of what it was. Each reload changes
the file, and counts only when the change is seen to be in force.

--peer nginx|haproxy does the same to a peer, --bounded with a limit to the life of its old workers.
"""
import argparse
import asyncio
import base64
import contextlib
import os
import random
import signal
import struct
import sys
import time

import lab
import streams
from streams import PLAIN, read_frame

# --- the clients ----------------------------------------------------------------------


class Tally:
    def __init__(self):
        self.requests = self.failed = self.cut = self.joined = self.left = 0
        self.reasons = {}
        self.over = False

    def fail(self, kind, reason):
        if self.over:
            return
        setattr(self, kind, getattr(self, kind) + 1)
        text = f"{kind}: {type(reason).__name__}: {reason}"
        self.reasons[text] = self.reasons.get(text, 0) + 1


EXPECTED = (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError, lab.Cut, ValueError)


async def open_stream(port, target, fields=()):
    """A connection whose response head has come, with the head."""
    client = await lab.Client.connect(port)
    lines = [f"GET {target} HTTP/1.1", "Host: e2e.test", *fields, "", ""]
    client.writer.write("\r\n".join(lines).encode())
    return client, await asyncio.wait_for(client.head(), 10)


async def hold_socket(port, tally, until):
    """A WebSocket that says something every second and wants to hear it again."""
    key = base64.b64encode(os.urandom(16)).decode()
    upgrade = ("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13")
    opened = False
    try:
        client, head = await open_stream(port, "/socket", (*upgrade, f"Sec-WebSocket-Key: {key}"))
        if head.status != 101:
            raise ValueError(f"status {head.status}")
        opened = True
        tally.joined += 1
        number = 0
        while time.monotonic() < until:
            number += 1
            text, mask = struct.pack("!I", number) * 4, os.urandom(4)
            masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(text))
            client.writer.write(bytes([0x81, 0x80 | len(text)]) + mask + masked)
            if await asyncio.wait_for(read_frame(client.reader), 5) != text:
                raise ValueError("another text came back")
            await asyncio.sleep(max(0.0, min(1.0, until - time.monotonic())))
        tally.left += 1
        client.close()
    except EXPECTED as error:
        tally.fail("cut" if opened else "failed", error)


async def hold_events(port, tally, until):
    """An event stream whose events must come every second, none missing."""
    opened = False
    try:
        client, head = await open_stream(port, "/events", ("Accept: text/event-stream",))
        if head.status != 200:
            raise ValueError(f"status {head.status}")
        opened = True
        tally.joined += 1
        chunks = client.chunks()
        number = 0
        while time.monotonic() < until:
            event = await asyncio.wait_for(anext(chunks, b""), 5)
            if event != f"id: {number}\ndata: tick\n\n".encode():
                raise ValueError("the end" if not event else "an event is missing")
            number += 1
        tally.left += 1
        client.close()
    except EXPECTED as error:
        tally.fail("cut" if opened else "failed", error)


async def join_and_leave(hold, port, tally, end, longest):
    """One stream after the other, so that as many are there at any time."""
    while (left := end - time.monotonic()) > 0.5:
        await hold(port, tally, end - left + min(left, random.uniform(0.2, longest)))


async def ask(port, tally, end, keep):
    """Requests one after the other; with `keep` over one connection as long as it lasts."""
    client = None
    number = 0
    while time.monotonic() < end:
        number += 1
        try:
            # As any client does: a connection that was closed while idle is not used again.
            if client is None or not client.open or client.reader.at_eof():
                client = await asyncio.wait_for(lab.Client.connect(port), 5)
            body = b"b" * 2000 if number % 10 == 0 else b""
            answer = await asyncio.wait_for(
                client.request(
                    f"/plain?{number}",
                    method="POST" if body else "GET",
                    fields=() if keep else ("Connection: close",),
                    body=body,
                ),
                10,
            )
            if answer.status != 200 or answer.body != PLAIN:
                raise ValueError(f"status {answer.status}, {len(answer.body)} bytes")
            tally.requests += 1
        except EXPECTED as error:
            tally.fail("failed", error)
            client = None
        if not keep:
            client = None
        await asyncio.sleep(0.02)


# --- the servers and their configurations ---------------------------------------------


def streamgate_config(server, origin_port, number, _bounded):
    """Each generation: another answer, another time-out, a route more or less."""
    extra = f"  - {{ path: /extra-{number}/, to: origin }}\n" if number % 2 else ""
    return f"""
state: {server.folder}/state
workers: 1
listen: 127.0.0.1:{server.port}
services:
  origin:
    endpoints: 127.0.0.1:{origin_port}
    timeouts: {{ first_byte: {30 + number % 7}s }}
routes:
  - {{ path: /generation, respond: {{ body: "{number}" }} }}
{extra}  - {{ path: /, to: origin }}
telemetry: {{ listen: off, access_log: off }}
"""


def nginx_config(server, origin_port, number, bounded):
    main = "worker_shutdown_timeout 10s;\n" if bounded else ""
    extra = f"location /extra-{number}/ {{ proxy_pass http://origin; }}" if number % 2 else ""
    return server.frame(
        f"""
    map $http_upgrade $connection_out {{ default upgrade; '' ''; }}
    upstream origin {{ server 127.0.0.1:{origin_port}; keepalive 64; }}
    proxy_http_version 1.1;
    proxy_set_header Connection $connection_out;
    proxy_set_header Upgrade $http_upgrade;
    proxy_read_timeout {3600 + number % 7}s;
    proxy_buffering off;
    server {{
        listen 127.0.0.1:{server.port} backlog=2048;
        location = /generation {{ return 200 "{number}"; }}
        {extra}
        location / {{ proxy_pass http://origin; }}
    }}""",
        main,
    )


def haproxy_config(server, origin_port, number, bounded):
    main = "    hard-stop-after 10s\n" if bounded else ""
    extra = f"    use_backend origin if {{ path_beg /extra-{number}/ }}" if number % 2 else ""
    return server.frame(
        f"""
defaults
    mode http
    timeout connect 1s
    timeout client 3600s
    timeout server {3600 + number % 7}s
    timeout tunnel 3600s
frontend edge
    bind 127.0.0.1:{server.port} backlog 2048
    acl asks path /generation
    http-request return status 200 content-type text/plain string "{number}" if asks
{extra}
    default_backend origin
backend origin
    server one 127.0.0.1:{origin_port}
""",
        main,
    )


CONFIGS = {"streamgate": streamgate_config, "nginx": nginx_config, "haproxy": haproxy_config}


async def in_force(port, number, patience=5):
    """Seconds until a new connection is answered by this generation; None if it never was."""
    began = time.monotonic()
    while time.monotonic() < began + patience:
        with contextlib.suppress(*EXPECTED):
            client = await lab.Client.connect(port)
            answer = await asyncio.wait_for(
                client.request("/generation", fields=("Connection: close",)), 2
            )
            client.close()
            if answer.body == str(number).encode():
                return time.monotonic() - began
        await asyncio.sleep(0.005)
    return None


class Watch:
    """Processes and memory of the server, looked at twice a second."""

    def __init__(self, server):
        self.server, self.processes, self.resident = server, 0, 0

    def look(self):
        processes = self.server.processes()
        resident = lab.resident_bytes(processes)
        self.processes = max(self.processes, len(processes))
        self.resident = max(self.resident, resident)
        return len(processes), resident

    async def run(self):
        while True:
            await asyncio.sleep(0.5)
            self.look()


async def reload_all(server, make, options, tally, lags):
    every = options.seconds / options.reloads
    began = time.monotonic()
    for number in range(1, options.reloads + 1):
        server.write(make(number))
        try:
            await server.reload(number)
        except (RuntimeError, *EXPECTED) as error:
            tally.reasons[f"reload {number}: {error}"] = 1
        lag = await in_force(server.port, number)
        lags.append(lag)
        await asyncio.sleep(max(0.0, began + number * every - time.monotonic()))


async def drive(server, make, options):
    tally, lags = Tally(), []
    settle = 2 if options.quick else 5
    end = time.monotonic() + settle + options.seconds + 1
    clients = []
    for _ in range(options.streams):
        clients.append(asyncio.create_task(hold_socket(server.port, tally, end)))
        clients.append(asyncio.create_task(hold_events(server.port, tally, end)))
        await asyncio.sleep(0.001)
    for hold in (hold_socket, hold_events):
        for _ in range(max(2, options.streams // 10)):
            for longest in (3, 15, 40):  # Seconds: some see few reloads, some see many.
                one = join_and_leave(hold, server.port, tally, end, longest)
                clients.append(asyncio.create_task(one))
    for number in range(8):
        clients.append(asyncio.create_task(ask(server.port, tally, end, number % 2 == 0)))
    await asyncio.sleep(settle)
    watch = Watch(server)
    before = watch.look()
    watching = asyncio.create_task(watch.run())
    await reload_all(server, make, options, tally, lags)
    after = watch.look()
    watching.cancel()
    await asyncio.wait(clients, timeout=end - time.monotonic() + 10)
    tally.over = True
    return tally, lags, watch, before, after


def judge(checks, options, tally, lags, watch, before, after):
    seen = [lag for lag in lags if lag is not None]
    mib = 1 << 20
    growth = after[1] / before[1] - 1
    for reason, count in sorted(tally.reasons.items(), key=lambda item: -item[1])[:8]:
        print(f"     {count} x {reason}")
    checks.check(
        "every reload came into force",
        len(seen) == options.reloads,
        f"{len(seen)} of {options.reloads}, slowest {1000 * max(seen, default=0):.0f} ms",
    )
    checks.check(
        "no request failed",
        tally.failed == 0 and tally.requests > 0,
        f"{tally.failed} of {tally.requests + tally.failed} requests and "
        f"{tally.joined} streams that joined",
    )
    checks.check("no stream was cut", tally.cut == 0, f"{tally.cut} cut, {tally.left} left at will")
    checks.check(
        "the number of processes stays",
        watch.processes == before[0],
        f"{before[0]} before, at most {watch.processes}, {after[0]} after",
    )
    checks.check(
        "memory within 5 %",
        abs(growth) <= 0.05,
        f"{before[1] / mib:.1f} MiB before, at most {watch.resident / mib:.1f}, "
        f"{after[1] / mib:.1f} after ({growth:+.1%})",
    )


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", choices=sorted(lab.PEERS), default="streamgate")
    parser.add_argument("--bounded", action="store_true", help="old workers of a peer end in 10 s")
    parser.add_argument("--quick", action="store_true", help="10 reloads in 4 s, fewer streams")
    parser.add_argument("--reloads", type=int, default=None)
    parser.add_argument("--seconds", type=float, default=None)
    parser.add_argument("--streams", type=int, default=None, help="of each kind")
    options = parser.parse_args()
    usual = (10, 4, 40) if options.quick else (100, 60, 200)
    for name, value in zip(("reloads", "seconds", "streams"), usual):
        if getattr(options, name) is None:
            setattr(options, name, value)
    return options


def main():
    options = parse()
    if options.peer == "streamgate":
        lab.need(lab.STREAMGATE)
    checks = lab.Checks()
    with lab.folder() as folder:
        port = lab.free_port()
        process = lab.spawn([sys.executable, streams.__file__, str(port)], port)
        server = lab.PEERS[options.peer](folder)

        def make(number):
            return CONFIGS[options.peer](server, port, number, options.bounded)

        try:
            server.write(make(0))
            server.start()
            judge(checks, options, *asyncio.run(drive(server, make, options)))
            alive = server.alive()
            said = "" if alive else server.output()[-300:].strip()
            checks.check("it is still running", alive, said)
        finally:
            server.stop()
            lab.stop(process)
    return checks.close()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
