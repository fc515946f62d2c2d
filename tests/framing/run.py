#!/usr/bin/python3
"""Ambiguous requests through the gateway: nobody counts other requests than it logged.

    tests/framing/run.py [--binary FILE] [--count 700] [--seed 1] [--keep]

One gateway for each of nginx, Apache, Node (all as lenient as they can be made) and a backend that
records bytes. First a canary: a careless relay must be found out, or this test sees nothing.
"""
import argparse
import collections
import concurrent.futures
import contextlib
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))

import backends  # noqa: E402
import mutations  # noqa: E402
import readings  # noqa: E402
import relay  # noqa: E402

CASE = re.compile(rb"/+(?:\./)?m(\d+)/[^ ]*?(first|inner|last)")
QUIET = 0.5  # Seconds of silence after which a connection is considered to wait for more.

_ports = iter(range(30000 + os.getpid() % 700, 31000))
_ports_lock = threading.Lock()


def free_port():
    """Below the ephemeral range, so that no outgoing connection takes it first."""
    with _ports_lock:
        for port in _ports:
            with socket.socket() as probe, contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
    raise RuntimeError("no free port")


class Gateway:
    def __init__(self, binary, folder, port, backend_port):
        self.folder, self.port = folder, port
        self.log = folder / "access.log"
        config = folder / "streamgate.yaml"
        config.write_text(
            f"state: {folder}/state\nworkers: 1\nlisten: 127.0.0.1:{port}\n"
            "services:\n  up:\n"
            f"    endpoints: 127.0.0.1:{backend_port}\n"
            "    outlier: { enabled: false }\n    retry: { attempts: 1 }\n"
            "routes:\n  - { path: /, to: up }\n"
            f"telemetry:\n  listen: off\n  access_log: {{ path: {self.log} }}\n"
        )
        with open(folder / "output.log", "wb") as output:
            self.process = subprocess.Popen(
                [binary, "gateway", "--config", config],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=folder,
            )
        for _ in range(400):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.025)
        self.stop()
        raise RuntimeError(
            "the gateway did not start: " + (folder / "output.log").read_text()[-2000:]
        )

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def settle(self):
        """Until the log has not grown for a moment."""
        size, quiet = -1, 0
        while quiet < 10:
            time.sleep(0.03)
            now = self.log.stat().st_size
            size, quiet = now, quiet + 1 if now == size else 0

    def records(self):
        return [
            json.loads(line.decode(errors="replace"), strict=False)
            for line in self.log.read_bytes().splitlines()
        ]

    def forwarded(self):
        """Methods and targets of the requests that went to the backend, by the gateway's log."""
        return [
            f"{r['method']} {r['target']}".encode("latin-1", "replace")
            for r in self.records()
            if r.get("attempts")
        ]


def send(port, data):
    """The bytes in one go; what comes back until the end, or until nothing comes any more."""
    got = b""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.sendall(data)
        for last in (False, True):
            sock.settimeout(QUIET)
            with contextlib.suppress(TimeoutError):
                while piece := sock.recv(65536):
                    got += piece
                return got
            if not last:
                sock.shutdown(socket.SHUT_WR)
    return got


def count(lines):
    """How often each (case, part) was seen; what carries no case counts together."""
    counter = collections.Counter()
    for line in lines:
        match = CASE.search(line)
        counter[(int(match[1]), match[2].decode()) if match else None] += 1
    return counter


def differences(gateway_lines, backend_lines):
    ours, theirs = count(gateway_lines), count(backend_lines)
    found = [
        f"{key or 'without a case'}: gateway {ours[key]}, backend {theirs[key]}"
        for key in sorted(set(ours) | set(theirs), key=str)
        if ours[key] != theirs[key]
    ]
    if ours[None] != theirs[None]:
        odd = [line for line in backend_lines if not CASE.search(line)]
        found.append(f"without a case came to the backend: {odd}")
    return found


def settle(backend, wanted):
    """Servers may write their logs a little later."""
    deadline = time.monotonic() + 5
    while len(backend.lines()) < wanted and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.1)


def drive(kind, binary, root, cases):
    """All cases through one gateway to one backend."""
    folder = root / f"gateway-{kind.name}"
    folder.mkdir()
    with contextlib.ExitStack() as stack:
        backend = kind(root, free_port()).start()
        stack.callback(backend.stop)
        waiting = len(backend.lines())  # The probe for readiness may be logged.
        gateway = Gateway(binary, folder, free_port(), backend.port)
        stack.callback(gateway.stop)
        answers = {case: send(gateway.port, data) for case, _, data in cases}
        alive = gateway.process.poll() is None
        gateway.settle()
        settle(backend, len(gateway.forwarded()))
        return {
            "backend": backend,
            "gateway": gateway,
            "answers": answers,
            "alive": alive,
            "lines": backend.lines()[waiting:],
        }


def judge(result, cases):
    """(row of the table, failures)"""
    backend, gateway = result["backend"], result["gateway"]
    forwarded = gateway.forwarded()
    refused = sum(1 for r in gateway.records() if not r.get("attempts"))
    failures = [] if result["alive"] else ["the gateway died"]
    failures += differences(forwarded, result["lines"])
    seen = count(forwarded)
    valid_refused = 0
    for case, kind, data in cases:
        if kind != "valid":
            continue
        for part in ("first", "last"):
            if seen[(case, part)] != 1:
                valid_refused += 1
                failures.append(
                    f"valid, but {part} not forwarded: {data[:200]!r}: "
                    f"{result['answers'][case][:120]!r}"
                )
    row = [
        backend.name,
        len(cases),
        refused,
        len(forwarded),
        len(result["lines"]),
        len(failures) - valid_refused,
        valid_refused,
    ]
    return row, failures


HEADER = ("backend", "cases", "refused", "forwarded", "counted", "differences", "valid refused")
COLUMNS = "{:10} {:>6} {:>8} {:>10} {:>8} {:>12} {:>14}"


def try_canary(root, cases):
    some = cases[:: len(cases) // 60]
    found = relay.canary(root, some, send, differences, free_port)
    print(f"canary: {len(some)} of these through a careless relay: {found} differences found")
    return [] if found else ["canary: nothing found"]


def try_backends(binary, root, cases):
    """(passed, problems, the recorder)"""
    passed, problems, recorder = 0, [], None
    print(COLUMNS.format(*HEADER))
    with concurrent.futures.ThreadPoolExecutor() as pool:
        runs = [pool.submit(drive, kind, binary, root, cases) for kind in backends.BACKENDS]
        for run in runs:
            result = run.result()
            row, failures = judge(result, cases)
            print(COLUMNS.format(*row), flush=True)
            problems += [f"{row[0]}: {failure}" for failure in failures]
            passed += max(0, len(cases) - len(failures))
            if isinstance(result["backend"], backends.Recorder):
                recorder = result["backend"]
    return passed, problems, recorder


def read_recorded(recorder):
    odd = readings.disagreements(recorder.captured)
    print(
        f"\n{sum(map(len, recorder.captured))} bytes recorded on {len(recorder.captured)} "
        f"connections; refused by a strict reader: {len(recorder.broken)}; read differently by one "
        f"of {len(readings.all_readings())} careless readers: {len(odd)}"
    )
    return [f"strict reader: {text}" for text in recorder.broken] + [
        f"readings differ: {data[:400]!r}" for data in odd
    ]


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument(
        "--binary", default=os.environ.get("STREAMGATE", str(ROOT / "build/release/streamgate"))
    )
    arguments.add_argument("--count", type=int, default=700, help="mutations, at least")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--keep", action="store_true", help="leave the folder in /tmp")
    options = arguments.parse_args()
    cases = mutations.generate(options.count, options.seed)
    valid = mutations.valid(len(cases))
    print(
        f"{len(cases)} mutations (seed {options.seed}) and {len(valid)} valid requests, "
        "a request behind each"
    )
    root = pathlib.Path(tempfile.mkdtemp(prefix="sg-framing-"))
    os.chmod(root, 0o755)
    try:
        problems = try_canary(root, cases)
        passed, found, recorder = try_backends(
            str(pathlib.Path(options.binary).resolve()), root, cases + valid
        )
        problems += found + read_recorded(recorder)
    finally:
        if not options.keep:
            subprocess.run(["rm", "-rf", root], check=False)
    for problem in problems[:40]:
        print("FAIL", problem)
    print(f"{passed} passed, {len(problems)} failed")
    return 1 if problems or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
