"""What the end-to-end scripts share: ports, servers as processes, a small HTTP client, the count.

Everything is on loopback, bounded in time, and stopped with what it started.
"""
import asyncio
import contextlib
import http.client
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
STREAMGATE = os.environ.get("STREAMGATE", str(ROOT / "build" / "release" / "streamgate"))
# Scripts that run beside each other have ports of their own: lane 0 or 1.
PORTS = 4500
FIRST_PORT = 22000 + PORTS * int(os.environ.get("SG_LANE", "0"))
_next_port = FIRST_PORT + os.getpid() * 7 % PORTS
_port_lock = threading.Lock()


def free_port():
    """Below the ephemeral range, so that no client connection takes it before a server does."""
    global _next_port
    for _ in range(PORTS):
        with _port_lock:
            _next_port = port = FIRST_PORT + (_next_port - FIRST_PORT + 1) % PORTS
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise RuntimeError(f"no free port from {FIRST_PORT} to {FIRST_PORT + PORTS}")


class Checks:
    """Counts what held and what did not; close() says so as the last line."""

    def __init__(self):
        self.passed = self.failed = 0

    def check(self, name, holds, detail=""):
        self.passed += bool(holds)
        self.failed += not holds
        print(f"{'ok  ' if holds else 'FAIL'} {name}{': ' if detail else ''}{detail}", flush=True)
        return holds

    def close(self):
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        return 0 if self.failed == 0 and self.passed > 0 else 1


class UnixConnection(http.client.HTTPConnection):
    """To the operator's socket."""

    def __init__(self, path, timeout=60):
        super().__init__("ops", timeout=timeout)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def until(condition, seconds):
    """What the condition gives as soon as that is true; nothing when the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.05)
    return None


def tree(root):
    """The process and all that descend from it."""
    parents = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
                if stat[0] != "Z":
                    parents[int(entry.name)] = int(stat[1])
    members, grew = {root}, True
    while grew:
        children = {pid for pid, parent in parents.items() if parent in members}
        grew = not children <= members
        members |= children
    return sorted(members)


def resident_bytes(processes):
    total = 0
    for pid in processes:
        with contextlib.suppress(OSError):
            total += int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1])
    return total * os.sysconf("SC_PAGESIZE")


class Server:
    """A proxy under test. Its configuration is text that the script makes and may change."""

    name = "server"
    config_name = "server.conf"

    def __init__(self, folder):
        self.folder = pathlib.Path(folder) / self.name
        self.folder.mkdir(mode=0o755, exist_ok=True)
        self.config = self.folder / self.config_name
        self.port = free_port()
        self.process = None

    def command(self):
        raise NotImplementedError

    def reload_command(self, number):
        raise NotImplementedError

    def write(self, text):
        """Whole or not at all: a reload must never read half a file."""
        fresh = self.config.with_suffix(".new")
        fresh.write_text(text)
        fresh.rename(self.config)

    def start(self):
        with open(self.folder / "output.log", "ab") as output:
            self.process = subprocess.Popen(
                [str(word) for word in self.command()],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                cwd=self.folder,
            )
        for _ in range(400):
            if self.process.poll() is not None:
                break
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            time.sleep(0.025)
        said = self.output()[-2000:]
        self.stop()
        raise RuntimeError(f"{self.name} did not start: {said}")

    def output(self):
        return (self.folder / "output.log").read_text(errors="replace")

    def processes(self):
        return tree(self.process.pid)

    def alive(self):
        return self.process.poll() is None

    def stop(self):
        if self.process is not None:
            stop(self.process)


class Streamgate(Server):
    name, config_name = "streamgate", "streamgate.yaml"

    def command(self):
        return [STREAMGATE, "gateway", "--config", self.config]

    @property
    def control(self):
        return self.folder / "state" / "run" / "gateway.sock"

    async def reload(self, number):
        """By signal and by the control socket in turn; the answer of the latter must be good."""
        if number % 2 == 0:
            os.kill(self.process.pid, signal.SIGHUP)
            return
        reader, writer = await asyncio.open_unix_connection(str(self.control))
        client = Client(reader, writer)
        answer = await asyncio.wait_for(client.request("/reload", method="POST"), 5)
        client.close()
        if answer.status >= 300:
            raise RuntimeError(f"POST /reload: {answer.status} {answer.body[:500]!r}")


class Nginx(Server):
    name, config_name = "nginx", "nginx.conf"

    def command(self):
        return ["/usr/sbin/nginx", "-p", self.folder, "-e", "error.log", "-c", self.config]

    async def reload(self, number):
        os.kill(self.process.pid, signal.SIGHUP)

    def frame(self, inside, main=""):
        """What every nginx.conf here has around its http block."""
        folders = "\n".join(
            f"    {kind}_temp_path {self.folder}/{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        return (
            f"worker_processes 1;\ndaemon off;\npid {self.folder}/nginx.pid;\n{main}"
            "events { worker_connections 4096; }\n"
            f"http {{\n    access_log off;\n{folders}\n{inside}\n}}\n"
        )


class Haproxy(Server):
    name, config_name = "haproxy", "haproxy.cfg"

    def command(self):
        return ["/usr/sbin/haproxy", "-W", "-f", self.config]

    async def reload(self, number):
        os.kill(self.process.pid, signal.SIGUSR2)

    def frame(self, inside, main=""):
        return f"global\n    nbthread 1\n    maxconn 4096\n{main}\n{inside}\n"


PEERS = {peer.name: peer for peer in (Streamgate, Nginx, Haproxy)}


def spawn(command, port, **options):
    """A helper process, once it listens."""
    process = subprocess.Popen(command, start_new_session=True, **options)
    for _ in range(400):
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return process
        time.sleep(0.025)
    stop(process)
    raise RuntimeError(f"nothing listens on {port}: {command}")


def stop(process, patience=5):
    """The process and its group, first kindly."""
    for sign in (signal.SIGCONT, signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, sign)
        if sign != signal.SIGCONT:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(patience)
    if process.stdin:
        process.stdin.close()
    if process.stdout:
        process.stdout.close()


class Response:
    def __init__(self, status, fields, body):
        self.status, self.fields, self.body = status, fields, body

    def field(self, name):
        return ", ".join(value for key, value in self.fields if key == name)


class Cut(Exception):
    """The connection ended before the response did."""


class Client:
    """One connection that speaks HTTP/1.1."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer
        self.open = True

    @classmethod
    async def connect(cls, port):
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def request(self, target, method="GET", fields=(), body=b""):
        lines = [f"{method} {target} HTTP/1.1", "Host: e2e.test", *fields]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        self.writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        head = await self.head()
        body = b"" if method == "HEAD" else await self.body(head)
        if head.field("connection").lower() == "close":
            self.close()
        return Response(head.status, head.fields, body)

    async def head(self):
        try:
            text = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise Cut(f"before the end of the head ({type(error).__name__})") from error
        first, *rest = text.split("\r\n")
        fields = []
        for line in filter(None, rest):
            name, _, value = line.partition(":")
            fields.append((name.lower(), value.strip()))
        return Response(int(first.split()[1]), fields, b"")

    async def body(self, head):
        try:
            if "chunked" in head.field("transfer-encoding").lower():
                return b"".join([chunk async for chunk in self.chunks()])
            length = head.field("content-length")
            if length:
                return await self.reader.readexactly(int(length))
            if head.status in (204, 304):
                return b""
            self.open = False
            return await self.reader.read()
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise Cut("within the body") from error

    async def chunks(self):
        while True:
            size = int((await self.reader.readuntil(b"\r\n")).split(b";")[0], 16)
            data = await self.reader.readexactly(size + 2)
            if size == 0:
                return
            yield data[:-2]

    def close(self):
        self.open = False
        self.writer.close()


@contextlib.contextmanager
def folder():
    with tempfile.TemporaryDirectory(prefix="sg-e2e-") as name:
        os.chmod(name, 0o755)
        yield pathlib.Path(name)


def start_seconds(times=7):
    """How long our program takes to start and end here and now: the measure of the machine."""
    took = []
    for _ in range(times):
        began = time.monotonic()
        subprocess.run([STREAMGATE, "--version"], stdout=subprocess.DEVNULL, check=True)
        took.append(time.monotonic() - began)
    return sorted(took)[times // 2]


def need(*programs):
    """Ends the script when something that it must have is missing."""
    missing = [name for name in programs if not os.access(name, os.X_OK)]
    if missing:
        print(f"missing: {', '.join(missing)}", file=sys.stderr)
        print("0 passed, 1 failed")
        sys.exit(1)
