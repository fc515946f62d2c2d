"""The machine: cores, ports, processes, and the congestion control for the time of a run."""
import contextlib
import os
import pathlib
import platform
import signal
import socket
import subprocess
import sys
import time

CONGESTION = pathlib.Path("/proc/sys/net/ipv4/tcp_congestion_control")
SERVER_CORE, CLIENT_CORE = 0, 1


def warn(text):
    print(f"bench: warning: {text}", file=sys.stderr, flush=True)


_handed_out = set()


def free_ports(count):
    """Ports below the ephemeral range: no client connection takes one between now and bind.

    None is handed out twice: what was asked for before may not be bound yet.
    """
    found = []
    start = 20000 + os.getpid() % 4000
    for port in range(start, start + 8000):
        if port in _handed_out:
            continue
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.append(port)
        _handed_out.add(port)
        if len(found) == count:
            return found
    raise RuntimeError("no free ports between 20000 and 32000")


def pinned(core, command):
    if os.cpu_count() < 2:
        return command
    return ["taskset", "-c", str(core), *command]


def start(command, **options):
    """In a process group of its own, so that stop() reaches every child."""
    return subprocess.Popen(
        command, start_new_session=True, stdin=options.pop("stdin", subprocess.DEVNULL), **options
    )


def stop(process, patience=5):
    if process is None:
        return
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            continue
    for _ in range(100):  # Grandchildren may outlive the leader for a moment.
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return
        time.sleep(0.02)


def tree(root):
    """The process and all that descend from it."""
    parents = {}
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            parents[int(entry.name)] = int(
                (entry / "stat").read_text().rpartition(")")[2].split()[1]
            )
    members, grew = {root}, True
    while grew:
        children = {pid for pid, parent in parents.items() if parent in members}
        grew = not children <= members
        members |= children
    return sorted(members)


def resident_bytes(processes):
    """The sum of their resident memory; pages that they share count for each."""
    total = 0
    for pid in processes:
        with contextlib.suppress(OSError):
            total += int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1])
    return total * os.sysconf("SC_PAGESIZE")


@contextlib.contextmanager
def congestion_control(name):
    """For the time of a run. BBR, some machines' default, paces on loopback and hides the rest."""
    before = CONGESTION.read_text().strip()
    try:
        CONGESTION.write_text(name)
    except OSError as error:
        warn(f"congestion control stays {before} ({error.strerror}); run as root for {name}")
        yield before
        return
    try:
        yield name
    finally:
        CONGESTION.write_text(before)


def describe():
    model = "unknown"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "load_before": os.getloadavg()[0],
    }
