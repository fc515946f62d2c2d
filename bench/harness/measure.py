"""One measurement: an origin, a peer in front of it, the generator; and what it cost."""
import contextlib
import json
import pathlib
import subprocess
import tempfile

from . import machine


class Tools:
    """The programs of bench/load and bench/origin."""

    def __init__(self, folder):
        self.load, self.origin = (pathlib.Path(folder) / name for name in ("sgload", "sgorigin"))

    @contextlib.contextmanager
    def running_origin(self, port, body):
        process = machine.start(
            machine.pinned(
                machine.CLIENT_CORE,
                [str(self.origin), "--listen", f"127.0.0.1:{port}", "--body", str(body)],
            )
        )
        try:
            yield
        finally:
            machine.stop(process)

    def generate(self, port, watch, arguments, seconds, warmup):
        command = [
            str(self.load),
            f"127.0.0.1:{port}",
            "--seconds",
            str(seconds),
            "--warmup",
            str(warmup),
            *arguments,
        ]
        for pid in watch:
            command += ["--watch", str(pid)]
        done = subprocess.run(
            machine.pinned(machine.CLIENT_CORE, command),
            capture_output=True,
            text=True,
            timeout=seconds + warmup + 60,
        )
        if not done.stdout.startswith("{"):
            raise RuntimeError(f"sgload: {done.stderr or done.stdout}")
        return json.loads(done.stdout)


def load(tools, peer, origin, arguments, tls, seconds, warmup=0.7):
    """Starts the peer, loads it, stops it. Returns what is kept of the measurement."""
    with tempfile.TemporaryDirectory(prefix="sgbench-") as folder:
        work = pathlib.Path(folder)
        work.chmod(0o755)
        port = machine.free_ports(1)[0]
        peer.start(work / peer.name, port, origin, tls)
        try:
            raw = tools.generate(port, peer.processes(), arguments, seconds, warmup)
        finally:
            peer.stop()
    asked = raw["requests"]
    if asked == 0:
        raise RuntimeError(f"no request was answered well: {raw}")
    ticks = raw["watched_user_ticks"] + raw["watched_system_ticks"]
    return {
        "rps": raw["rps"],
        "p50_us": raw["p50_us"],
        "p99_us": raw["p99_us"],
        "max_us": raw["max_us"],
        "cpu_us": raw["watched_cpu_ns"] / 1e3 / asked,
        "user_share": raw["watched_user_ticks"] / ticks if ticks else None,
        "core_busy": raw["watched_cpu_ns"] / 1e9 / raw["seconds"],
        "client_busy": raw["own_cpu_ns"] / 1e9 / raw["seconds"],
        "requests": raw["requests"],
        "bytes": raw["bytes"],
        "failed": raw["errors"] + raw["wrong"],
        "unfinished": raw["unfinished"],
    }


def idle(tools, peer, origin, steps=(5000, 15000)):
    """Memory of the peer with so many idle connections, each of which has carried one request."""
    with tempfile.TemporaryDirectory(prefix="sgbench-") as folder:
        work = pathlib.Path(folder)
        work.chmod(0o755)
        port = machine.free_ports(1)[0]
        peer.start(work / peer.name, port, origin, tls=False)
        holder = None
        try:
            resident = {0: machine.resident_bytes(peer.processes())}
            holder = machine.start(
                machine.pinned(
                    machine.CLIENT_CORE,
                    [
                        str(tools.load),
                        f"127.0.0.1:{port}",
                        "--mode",
                        "idle",
                        "--connections",
                        str(steps[0]),
                    ],
                ),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            lost = 0
            for step in steps:
                if step != steps[0]:
                    holder.stdin.write(f"{step}\n")
                    holder.stdin.flush()
                said = json.loads(holder.stdout.readline())
                lost = said["lost"]
                resident[step] = machine.resident_bytes(peer.processes())
        finally:
            machine.stop(holder)
            peer.stop()
    first, last = steps[0], steps[-1]
    return {
        "resident_empty": resident[0],
        "resident_first": resident[first],
        "resident_last": resident[last],
        "kib_each": (resident[last] - resident[first]) / 1024 / (last - first),
        "failed": lost,
    }
