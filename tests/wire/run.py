#!/usr/bin/python3
"""Plays HTTP conversations byte by byte, the gateway between a scripted client and upstream.

    tests/wire/run.py [--binary FILE] [--keep] [-v] [SCRIPT...]

The gateway is STREAMGATE or build/release/streamgate. README.md describes the scripts.
"""
import argparse
import concurrent.futures
import contextlib
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))

import actors  # noqa: E402
import play  # noqa: E402
import script as scripts  # noqa: E402

# What would get in the way of looking at one exchange alone; a script may say otherwise.
SERVICE_DEFAULTS = ("outlier: { enabled: false }", "retry: { attempts: 1 }")

_ports = iter(range(31000 + os.getpid() % 500, 32700))
_ports_lock = threading.Lock()


def free_port():
    """Below the ephemeral range, so that no outgoing connection takes it first."""
    with _ports_lock:
        for port in _ports:
            with socket.socket() as probe, contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
    raise RuntimeError("no free port")


def configuration(script, folder, port, upstream_port):
    def section(name, indent, defaults=()):
        lines = script.config[name]
        keys = {line.partition(":")[0] for line in lines}
        lines = lines + [line for line in defaults if line.partition(":")[0] not in keys]
        return "".join(" " * indent + line + "\n" for line in lines)

    return (
        f"state: {folder}/state\nworkers: 1\n"
        f"listen:\n  - address: 127.0.0.1:{port}\n{section('listener', 4)}"
        f"services:\n  up:\n    endpoints: 127.0.0.1:{upstream_port}\n"
        f"{section('service', 4, SERVICE_DEFAULTS)}"
        f"routes:\n  - path: /\n    to: up\n{section('route', 4)}"
        f"telemetry:\n  listen: off\n  access_log: {{ path: {folder}/access.log }}\n"
        f"{section('top', 0)}"
    )


class Gateway:
    def __init__(self, binary, script, folder, upstream_port):
        self.port = free_port()
        self.folder = folder
        config = folder / "streamgate.yaml"
        config.write_text(configuration(script, folder, self.port, upstream_port))
        for kind, path, text in script.files:
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.unlink(missing_ok=True)  # Of the case before.
            place.symlink_to(text) if kind == "link" else place.write_text(text)
        with open(folder / "output.log", "ab") as output:
            self.process = subprocess.Popen(
                [binary, "gateway", "--config", config],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=folder,
            )
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(OSError):
                self.connect().close()
                return
            time.sleep(0.01)
        self.stop()
        raise play.Wrong("the gateway did not start:\n" + self.output())

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), actors.PATIENCE)

    def output(self):
        return (self.folder / "output.log").read_text(errors="replace")[-3000:]

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        return self.process.returncode


class Stage:
    """A gateway and an upstream for one script."""

    def __init__(self, script, binary):
        self.script, self.binary = script, binary
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sg-wire-"))
        self.upstream = self.gateway = None

    def open(self):
        self.upstream = actors.Upstream(free_port())
        port = self.upstream.listener.getsockname()[1]
        self.gateway = Gateway(self.binary, self.script, self.folder, port)
        self.log = play.AccessLog(self.folder / "access.log")

    def close(self):
        if self.gateway:
            self.gateway.stop()
        if self.upstream:
            self.upstream.close()

    def perform(self, steps):
        """What went wrong, or None."""
        self.log.skip()
        one = play.Play(self.gateway.connect, self.upstream, self.log)
        problem = None
        try:
            one.run(steps)
        except (play.Wrong, scripts.Mistake) as error:
            problem = str(error)
        finally:
            one.end()
        code = self.gateway.process.poll()
        if code is not None:
            problem = f"the gateway ended with {code}: {self.gateway.output()}"
        return problem


def run_script(script, binary, keep):
    """[(case, what went wrong or None)]"""
    results = []
    stage = Stage(script, binary)
    try:
        stage.open()
        for label, steps in script.cases():
            results.append((label, stage.perform(steps)))
            if results[-1][1]:  # What a failed case left must not fail the next.
                stage.close()
                stage.open()
    except play.Wrong as error:
        results.append(("", str(error)))
    finally:
        stage.close()
        if not keep:
            subprocess.run(["rm", "-rf", stage.folder], check=False)
    return results


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--binary", default=os.environ.get("STREAMGATE"))
    arguments.add_argument("--keep", action="store_true", help="leave the folders in /tmp")
    arguments.add_argument("--dry", action="store_true", help="only read the scripts")
    arguments.add_argument("-v", "--verbose", action="store_true", help="name every case")
    arguments.add_argument("-j", "--jobs", type=int, default=4)
    arguments.add_argument("scripts", nargs="*", type=pathlib.Path)
    options = arguments.parse_args()
    binary = str(pathlib.Path(options.binary or ROOT / "build/release/streamgate").resolve())
    paths = options.scripts or sorted((HERE / "scripts").rglob("*.wire"))
    todo = [scripts.read(path) for path in paths]
    if options.dry:
        print(f"{len(todo)} scripts, {sum(len(s.rows) for s in todo)} cases can be read")
        return 0

    passed = failed = 0
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        runs = [(s, pool.submit(run_script, s, binary, options.keep)) for s in todo]
        for script, run in runs:
            results = run.result()
            bad = [(label, problem) for label, problem in results if problem]
            passed += len(results) - len(bad)
            failed += len(bad)
            count = f" ({len(results)})" if len(results) > 1 else ""
            print(
                f"{'FAIL' if bad else 'ok  '} {script.path.stem}{count}: {script.title}", flush=True
            )
            for label, problem in results:
                if problem:
                    print(f"     {label}\n       {problem}", flush=True)
                elif options.verbose and label:
                    print(f"     ok {label}", flush=True)
    print(f"{len(todo)} conversations in {time.monotonic() - began:.1f} s")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
