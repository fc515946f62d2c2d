#!/usr/bin/python3
"""kill -9 of the process that carries the traffic, 20 times under load.

Promised: no connection is refused, only requests in flight at a kill are lost, and the longest time
in which nothing is answered is 50 ms, or eight starts of a program where the machine is slower.
--peer nginx kills nginx's worker in the same way.
"""
import argparse
import asyncio
import os
import pathlib
import signal
import sys
import time

import lab
import streams

GAP_MAX = 0.050


class Supervised(lab.Streamgate):
    """The gateway as a child of `streamgate up`."""

    def command(self):
        return [lab.STREAMGATE, "up", "--config", self.config]

    def carrier(self):
        for pid in self.processes():
            words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            if b"gateway" in words[1:2]:
                return pid
        return None


class NginxWorker(lab.Nginx):
    def carrier(self):
        others = [pid for pid in self.processes() if pid != self.process.pid]
        return others[0] if others else None


PEERS = {"streamgate": Supervised, "nginx": NginxWorker}


def streamgate_config(server, port):
    return (
        f"state: {server.folder}/state\nworkers: 1\nlisten: 127.0.0.1:{server.port}\n"
        f"services: {{ origin: {{ endpoints: 127.0.0.1:{port} }} }}\n"
        "routes:\n  - { path: /, to: origin }\ntelemetry: { listen: off, access_log: off }\n"
    )


def nginx_config(server, port):
    return server.frame(
        f"""
    upstream origin {{ server 127.0.0.1:{port}; keepalive 64; }}
    server {{
        listen 127.0.0.1:{server.port} backlog=2048;
        location / {{
            proxy_pass http://origin;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }}
    }}"""
    )


CONFIGS = {"streamgate": streamgate_config, "nginx": nginx_config}


class Load:
    def __init__(self, port):
        self.port = port
        self.answered = []  # When.
        self.lost = []  # From when to when.
        self.refused = 0
        self.wrong = []
        self.over = False

    async def once(self, client, keep):
        """One request; the connection, if it may be used again."""
        began = time.monotonic()
        try:
            if client is None or client.reader.at_eof():
                client = await asyncio.wait_for(lab.Client.connect(self.port), 5)
                began = time.monotonic()
            fields = () if keep else ("Connection: close",)
            answer = await asyncio.wait_for(client.request("/", fields=fields), 10)
            if answer.status == 200 and answer.body == streams.PLAIN:
                self.answered.append(time.monotonic())
            else:
                self.wrong.append(f"status {answer.status} {answer.field('proxy-status')}")
        except ConnectionRefusedError:
            self.refused += 1
            return None
        except (OSError, lab.Cut, asyncio.TimeoutError):
            self.lost.append((began, time.monotonic()))
            return None
        return client if keep and client.open else None

    async def run(self, keep):
        client = None
        while not self.over:
            client = await self.once(client, keep)
            await asyncio.sleep(0.006)


async def kill_again_and_again(server, load, kills, every):
    loading = [asyncio.create_task(load.run(number % 2 == 0)) for number in range(12)]
    await asyncio.sleep(1)
    killed, gaps = [], []
    for _ in range(kills):
        victim = None
        for _ in range(200):
            victim = server.carrier()
            if victim:
                break
            await asyncio.sleep(0.02)
        if not victim:
            break
        killed.append(time.monotonic())
        os.kill(victim, signal.SIGKILL)
        await asyncio.sleep(every)
        # The pause between the answers around the kill.
        before = max((at for at in load.answered if at <= killed[-1]), default=killed[-1])
        after = min((at for at in load.answered if at > killed[-1] + 0.0005), default=None)
        gaps.append(after - before if after else every)
    load.over = True
    await asyncio.wait(loading, timeout=15)
    return killed, gaps


def judge(checks, options, load, killed, gaps):
    wanted = options.kills
    # A killed process takes a moment to die: what was sent to it meanwhile was in its hands too.
    strangers = [
        (began, ended)
        for began, ended in load.lost
        if not any(began <= at + options.gap_max and at <= ended for at in killed)
    ]
    answered = len(load.answered)
    checks.check("it came back each time", len(killed) == wanted, f"{len(killed)} of {wanted}")
    checks.check("no connection refused", load.refused == 0, f"{load.refused} of {answered}")
    checks.check(
        "only requests in flight are lost",
        not strangers and not load.wrong,
        f"{len(load.lost)} lost, of these {len(strangers)} not in flight at a kill; "
        f"{len(load.wrong)} wrong {sorted(set(load.wrong))[:3]}",
    )
    middle = sorted(gaps)[len(gaps) // 2] if gaps else 0
    checks.check(
        "longest gap",
        gaps and max(gaps) <= options.gap_max,
        f"{1000 * max(gaps, default=0):.0f} ms, median {1000 * middle:.0f} ms, "
        f"allowed {1000 * options.gap_max:.0f} ms",
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", choices=sorted(PEERS), default="streamgate")
    parser.add_argument("--quick", action="store_true", help="5 kills")
    options = parser.parse_args()
    options.kills = 5 if options.quick else 20
    if options.peer == "streamgate":
        lab.need(lab.STREAMGATE)
    checks = lab.Checks()
    with lab.folder() as folder:
        port = lab.free_port()
        origin = lab.spawn([sys.executable, streams.__file__, str(port)], port)
        server = PEERS[options.peer](folder)
        try:
            server.write(CONFIGS[options.peer](server, port))
            server.start()
            load = Load(server.port)
            killed, gaps = asyncio.run(kill_again_and_again(server, load, options.kills, 1.0))
            options.gap_max = max(GAP_MAX, 8 * lab.start_seconds())
            judge(checks, options, load, killed, gaps)
        finally:
            server.stop()
            lab.stop(origin)
    return checks.close()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
