#!/usr/bin/python3
"""Injected causes of failure: each must end for the right reason, said alike everywhere.

For every cause the word of src/gateway/endings.def is looked for in three places: the Proxy-Status
field of the response (where there is one), the JSON line of the access log, the counter of the
metrics. All must name the expected ending, with the catalogue's token and blame, and no other
counter may have moved.
"""
import argparse
import asyncio
import contextlib
import dataclasses
import json
import pathlib
import re
import signal
import socket
import struct
import sys
import time
import typing

import causes_origin
import lab

ROW = re.compile(r'^E\((\w+),\s*(\d+),\s*(\w+),\s*(\w+),\s*"([^"]*)"', re.M)


@dataclasses.dataclass
class Ending:
    status: int
    blame: str
    token: str


def catalogue():
    text = (lab.ROOT / "src" / "gateway" / "endings.def").read_text()
    return {
        name: Ending(int(status), blame, token)
        for name, status, blame, _, token in ROW.findall(text)
    }


# --- what is seen ---------------------------------------------------------------------


@dataclasses.dataclass
class Seen:
    """What the client got: None where nothing came."""

    status: int | None = None
    proxy_status: str | None = None


class Lab:
    """The gateway, and the three places where it says why."""

    def __init__(self, server, ports, metrics):
        self.server, self.ports, self.metrics = server, ports, metrics
        self.log = pathlib.Path(server.folder) / "access.log"

    async def counters(self):
        client = await lab.Client.connect(self.metrics)
        answer = await client.request("/metrics", fields=("Connection: close",))
        client.close()
        counts = {}
        for line in answer.body.decode().splitlines():
            if not line.startswith("streamgate_requests_ended_total{"):
                continue
            labels = dict(re.findall(r'(\w+)="([^"]*)"', line))
            key = labels["ending"], labels.get("error_type", "-"), labels["blame"]
            counts[key] = counts.get(key, 0) + int(line.rpartition(" ")[2])
        return counts

    def lines(self):
        with contextlib.suppress(FileNotFoundError):
            return [json.loads(line) for line in self.log.read_text().splitlines()]
        return []

    async def settle(self, old_lines, old_counts, patience=3):
        """New log lines and moved counters, once both are there and have come to rest."""
        deadline = time.monotonic() + patience
        while True:
            fresh = self.lines()[old_lines:]
            counts = await self.counters()
            moved = {key: n - old_counts.get(key, 0) for key, n in counts.items()}
            moved = {key: n for key, n in moved.items() if n != 0}
            if (fresh and sum(moved.values()) == len(fresh)) or time.monotonic() > deadline:
                return fresh, moved
            await asyncio.sleep(0.05)


# --- causes ---------------------------------------------------------------------------


async def ask(the, target, method="GET", fields=(), body=b""):
    client = await lab.Client.connect(the.server.port)
    seen = Seen()
    try:
        await write(client, target, method, fields, body)
        head = await asyncio.wait_for(client.head(), 10)
        seen = Seen(head.status, head.field("proxy-status"))
        with contextlib.suppress(lab.Cut):
            await asyncio.wait_for(client.body(head), 10)
    except lab.Cut:
        pass
    finally:
        client.close()
    return seen


async def write(client, target, method="GET", fields=(), body=b""):
    lines = [f"{method} {target} HTTP/1.1", "Host: e2e.test", *fields]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    client.writer.write("\r\n".join([*lines, "", ""]).encode() + body)


def simply(target, **how):
    async def cause(the):
        return await ask(the, target, **how)

    return cause


def raw(text, wait=0):
    """These bytes as they are, and whatever comes back."""

    async def cause(the):
        client = await lab.Client.connect(the.server.port)
        client.writer.write(text)
        try:
            head = await asyncio.wait_for(client.head(), 5 + wait)
            return Seen(head.status, head.field("proxy-status"))
        except lab.Cut:
            return Seen()
        finally:
            client.close()

    return cause


async def leaves(the):
    client = await lab.Client.connect(the.server.port)
    await write(client, "/patient/leaves")
    await asyncio.sleep(0.2)
    client.close()
    return Seen()


async def reads_nothing(the):
    """Asks for 100 MB through a small window, and lets them lie."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect(("127.0.0.1", the.server.port))
    client.sendall(b"GET /long_body/ HTTP/1.1\r\nHost: e2e.test\r\n\r\n")
    for _ in range(80):
        await asyncio.sleep(0.05)
        if any(line["target"] == "/long_body/" for line in the.lines()[-2:]):
            break
    client.close()
    return Seen()


def while_held(path):
    """One request takes the only place; the next finds none. The first is reset at the end."""

    async def cause(the):
        holder = await lab.Client.connect(the.server.port)
        await write(holder, f"{path}holds")
        await asyncio.sleep(0.2)
        seen = await ask(the, f"{path}finds-none")
        once = struct.pack("ii", 1, 0)
        holder.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, once)
        holder.close()
        return seen

    return cause


async def meets_fault(the):
    return await ask_under(the, "/faulty/", inject_fault={"route": "faulty", "abort": 503})


async def meets_drained(the):
    endpoint = f"127.0.0.1:{the.ports['good']}"
    return await ask_under(
        the, "/drained/", drain_endpoint={"service": "drained", "endpoint": endpoint}
    )


async def ask_under(the, target, **what):
    """A request while a directive is in force, which is then lifted."""
    directive = {"id": "causes", "origin": "causes_test", "reason": "a test", **what}
    await control(the, "POST", "/directives", {**directive, "expires_in": "30s"})
    try:
        return await ask(the, target)
    finally:
        await control(the, "DELETE", "/directives/causes")


async def control(the, method, target, said=None):
    client = lab.Client(*await asyncio.open_unix_connection(str(the.server.control)))
    body = json.dumps(said).encode() if said else b""
    answer = await asyncio.wait_for(client.request(target, method=method, body=body), 5)
    client.close()
    if answer.status >= 300:
        raise RuntimeError(f"{method} {target}: {answer.status} {answer.body.decode()[-300:]}")


@dataclasses.dataclass
class Cause:
    what: str
    ending: str
    inject: typing.Callable
    header: bool = True  # The response can still say it: its head is the gateway's.
    others: tuple = ()  # Further endings that the injection itself makes.


HEAD = b"Host: e2e.test\r\n"
CAUSES = [
    Cause("the endpoint refuses", "upstream_refused", simply("/refused/")),
    Cause("the endpoint's address is unreachable", "upstream_unreachable", simply("/unreachable/")),
    Cause("the endpoint's accept queue is full", "upstream_connect_timeout", simply("/full/")),
    Cause("the endpoint's name does not resolve", "dns_failed", simply("/nameless/")),
    Cause("the endpoint resets before it answers", "upstream_reset", simply("/reset_before/")),
    Cause(
        "the endpoint resets within the body",
        "upstream_incomplete",
        simply("/reset_within/"),
        header=False,
    ),
    Cause("the endpoint is silent", "upstream_timeout", simply("/stall/")),
    Cause(
        "the endpoint stops within the body",
        "upstream_stalled",
        simply("/stall_within/"),
        header=False,
    ),
    Cause("the exchange takes too long", "upstream_total_timeout", simply("/total/"), header=False),
    Cause("the endpoint's response is malformed", "upstream_malformed", simply("/malformed/")),
    Cause("the endpoint's head is too large", "upstream_head_too_large", simply("/big_head/")),
    Cause(
        "the endpoint's certificate is a stranger's",
        "upstream_tls_untrusted",
        simply("/untrusted/"),
    ),
    Cause("the endpoint speaks no TLS", "upstream_tls_failed", simply("/not_tls/")),
    Cause("the endpoint answers 503", "upstream_status", simply("/error_503/")),
    Cause("the endpoint upgrades unasked", "upgrade_failed", simply("/unasked/")),
    Cause("the only endpoint is drained", "no_healthy_endpoint", meets_drained),
    Cause(
        "the circuit is open",
        "circuit_open",
        while_held("/narrow/"),
        others=("client_gone",),
    ),
    Cause(
        "no place in time",
        "queue_timeout",
        while_held("/queued/"),
        others=("client_gone",),
    ),
    Cause("a fault is injected", "fault_injected", meets_fault),
    Cause("the client leaves", "client_gone", leaves, header=False),
    Cause("the client does not read", "client_not_reading", reads_nothing, header=False),
    Cause(
        "the request is ambiguous",
        "request_malformed",
        raw(
            b"POST /good/ HTTP/1.1\r\n"
            + HEAD
            + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        ),
    ),
    Cause("the request head is slow", "request_head_slow", raw(b"GET /good/ HTTP/1.1\r\n" + HEAD)),
    Cause(
        "the request body is slow",
        "request_body_slow",
        raw(b"POST /patient/ HTTP/1.1\r\n" + HEAD + b"Content-Length: 9\r\n\r\nslow"),
    ),
    Cause(
        "the request head is too large",
        "request_head_too_large",
        simply("/good/", fields=(f"X-Filler: {'f' * 60000}",)),
    ),
    Cause(
        "the request target is too long", "request_target_too_long", simply(f"/good/{'t' * 9000}")
    ),
    Cause(
        "the request body is too large",
        "request_body_too_large",
        simply("/small/", method="POST", body=b"b" * 3000),
    ),
    Cause(
        "the expectation is unknown",
        "expectation_unsupported",
        simply("/good/", method="POST", fields=("Expect: miracles",), body=b"b"),
    ),
    Cause("no route fits", "no_route", simply("/nowhere/")),
    Cause(
        "the method is not the route's", "method_not_allowed", simply("/only-get/", method="DELETE")
    ),
]


# --- judgement ------------------------------------------------------------------------


def judge(cause, ending, seen, fresh, moved):
    """What is wrong, in words; nothing if all agree."""
    wrong = []
    row = f'details="{cause.ending}"'
    token = "" if ending.token == "-" else f"error={ending.token}"
    if cause.header:
        if not seen.proxy_status or row not in seen.proxy_status or token not in seen.proxy_status:
            wrong.append(f"header says {seen.proxy_status!r} with status {seen.status}")
        if ending.status and seen.status != ending.status:
            wrong.append(f"status {seen.status}, not {ending.status}")
    mine = [line for line in fresh if line["ending"] not in cause.others]
    if [line["ending"] for line in mine] != [cause.ending]:
        wrong.append(f"log says {[line['ending'] for line in mine]}")
    elif (mine[0].get("error", "-"), mine[0]["blame"]) != (ending.token, ending.blame):
        wrong.append(f"log says error {mine[0].get('error')}, blame {mine[0]['blame']}")
    counted = {key: n for key, n in moved.items() if key[0] not in cause.others}
    if counted != {(cause.ending, ending.token, ending.blame): 1}:
        wrong.append(f"metric says {counted}")
    return wrong


async def run_all(options, folder):
    origins = await causes_origin.Origins(folder).start()
    server = lab.Streamgate(folder)
    the = Lab(server, origins.ports, lab.free_port())
    endings = catalogue()
    checks = lab.Checks()
    try:
        server.write(causes_origin.config(server, origins.ports, the.metrics))
        await asyncio.to_thread(server.start)
        await asyncio.sleep(1)  # The first health checks and names.
        for cause in CAUSES:
            if options.only and options.only not in cause.ending:
                continue
            lines, counts = len(the.lines()), await the.counters()
            wrong, seen = [], Seen()
            try:
                seen = await asyncio.wait_for(cause.inject(the), 20)
                fresh, moved = await the.settle(lines, counts)
                wrong = judge(cause, endings[cause.ending], seen, fresh, moved)
            except (RuntimeError, OSError, asyncio.TimeoutError) as error:
                wrong = [f"{type(error).__name__}: {error}"]
            where = "header, log, metric" if cause.header else "log, metric"
            said = "; ".join(wrong) or f"{cause.ending} ({seen.status or 'cut'}) in {where}"
            checks.check(f"{cause.what:42}", not wrong, said)
    finally:
        await asyncio.to_thread(server.stop)
        origins.close()
    if not checks.passed:
        print(server.output()[-2000:])
    return checks.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the same: it takes few seconds")
    parser.add_argument("--only", help="endings whose name contains this")
    options = parser.parse_args()
    lab.need(lab.STREAMGATE)
    with lab.folder() as folder:
        return asyncio.run(run_all(options, folder))


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
