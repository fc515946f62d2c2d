"""The peers: how each is started from its committed configuration, and its processes."""
import os
import pathlib
import re
import shutil
import socket
import subprocess
import time

from . import machine

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONFIGS = ROOT / "bench" / "peers"


class PeerFailed(Exception):
    """A peer that is not there or did not start: its column stays empty, the run goes on."""


def fill(name, into, values, tls):
    """Writes the configuration `name` with its places filled in, and returns its path."""
    keep, drop = ("@TLS ", "@CLEAR ") if tls else ("@CLEAR ", "@TLS ")
    lines = []
    for line in (CONFIGS / name).read_text().splitlines():
        if line.startswith(drop):
            continue
        lines.append(line.removeprefix(keep))
    text = re.sub(r"@([A-Z_]+)@", lambda match: str(values[match[1]]), "\n".join(lines) + "\n")
    path = into / pathlib.Path(name).name
    path.write_text(text)
    return path


def make_certificate(folder):
    """A P-256 certificate as two files and, for haproxy, as one."""
    key, certificate = folder / "edge.key", folder / "edge.pem"
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "30",
            "-subj",
            "/CN=bench.test",
            "-addext",
            "subjectAltName=DNS:bench.test",
            "-keyout",
            key,
            "-out",
            certificate,
        ],
        check=True,
        capture_output=True,
    )
    (folder / "edge.both").write_text(certificate.read_text() + key.read_text())
    for path in (key, folder / "edge.both"):
        path.chmod(0o644)  # Some peers drop root before they read it; the folder is temporary.


class Peer:
    """One server in front of the origin, started anew for each measurement."""

    name = ""
    program = ""

    def __init__(self):
        self.process = None
        self.log = None

    def command(self, work, values, tls):
        raise NotImplementedError

    def environment(self, work):
        return {}

    def available(self):
        return shutil.which(self.program, path=os.environ["PATH"] + ":/usr/sbin:/sbin") is not None

    def version(self):
        return ""

    def start(self, work, port, origin, tls):
        work.mkdir(mode=0o755, parents=True, exist_ok=True)
        if tls:
            make_certificate(work)
        values = {
            "PORT": port,
            "ORIGIN": origin,
            "WORK": work,
            "METRICS": machine.free_ports(1)[0],
            "SERVER_PORT": f"{port}:ssl:proto=http"
            if tls
            else f"{port}:ip-in=127.0.0.1:proto=http",
        }
        command = self.command(work, values, tls)
        self.log = work / "output.log"
        with open(self.log, "wb") as output:
            self.process = machine.start(
                machine.pinned(machine.SERVER_CORE, [str(word) for word in command]),
                stdout=output,
                stderr=output,
                cwd=work,
                env={**os.environ, **self.environment(work)},
            )
        self.wait_until_up(port)

    def wait_until_up(self, port):
        for _ in range(400):  # Bound: 20 s.
            if self.process.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
            except OSError:
                time.sleep(0.05)
                continue
            time.sleep(0.2)  # A listening socket may be there before the worker is.
            return
        tail = self.log.read_text(errors="replace")[-800:]
        self.stop()
        raise PeerFailed(f"{self.name} did not start: {tail or 'no output'}")

    def processes(self):
        return machine.tree(self.process.pid)

    def stop(self):
        machine.stop(self.process)
        self.process = None


class Nginx(Peer):
    name = program = "nginx"

    def command(self, work, values, tls):
        return [
            "/usr/sbin/nginx",
            "-p",
            work,
            "-e",
            work / "error.log",
            "-c",
            fill("nginx.conf", work, values, tls),
        ]

    def version(self):
        return subprocess.run(
            ["/usr/sbin/nginx", "-v"], capture_output=True, text=True
        ).stderr.split("/")[-1]


class Haproxy(Peer):
    name = program = "haproxy"

    def command(self, work, values, tls):
        return ["/usr/sbin/haproxy", "-db", "-f", fill("haproxy.cfg", work, values, tls)]

    def version(self):
        return subprocess.run(
            ["/usr/sbin/haproxy", "-v"], capture_output=True, text=True
        ).stdout.split()[2]


class Varnish(Peer):
    name, program = "varnish", "varnishd"

    def command(self, work, values, tls):
        if tls:
            raise PeerFailed("varnish has no TLS")
        return [
            "/usr/sbin/varnishd",
            "-F",
            "-j",
            "none",
            "-n",
            work / "varnish",
            "-s",
            "malloc,64m",
            "-a",
            f"127.0.0.1:{values['PORT']}",
            "-f",
            fill("varnish.vcl", work, values, tls),
            "-p",
            "thread_pools=1",
            "-p",
            "thread_pool_min=100",
            "-p",
            "timeout_idle=600",
            "-p",
            "listen_depth=4096",
        ]

    def version(self):
        text = subprocess.run(["/usr/sbin/varnishd", "-V"], capture_output=True, text=True).stderr
        return re.search(r"varnish-([\d.]+)", text)[1]


class TrafficServer(Peer):
    name, program = "trafficserver", "traffic_server"

    def command(self, work, values, tls):
        (work / "cache").mkdir(exist_ok=True)
        (work / "run").mkdir(exist_ok=True)
        for path in pathlib.Path("/etc/trafficserver").iterdir():
            if path.is_file():
                shutil.copy(path, work / path.name)
        for path in (CONFIGS / "trafficserver").iterdir():
            fill(f"trafficserver/{path.name}", work, values, tls)
        if os.geteuid() == 0:  # It drops root for its own user, who must own what it writes to.
            for path in (work, *work.rglob("*")):
                shutil.chown(path, "trafficserver", "trafficserver")
        return ["/usr/bin/traffic_server"]

    def environment(self, work):
        return {
            "PROXY_CONFIG_CONFIG_DIR": str(work),
            "PROXY_CONFIG_LOCAL_STATE_DIR": str(work / "run"),
            "PROXY_CONFIG_LOG_LOGFILE_DIR": str(work / "run"),
        }

    def version(self):
        text = subprocess.run(["/usr/bin/traffic_server", "-V"], capture_output=True, text=True)
        return re.search(r"Traffic Server ([\d.]+)", text.stdout + text.stderr)[1]


class Caddy(Peer):
    name = program = "caddy"

    def command(self, work, values, tls):
        return [
            "/usr/bin/caddy",
            "run",
            "--adapter",
            "caddyfile",
            "--config",
            fill("Caddyfile", work, values, tls),
        ]

    def environment(self, work):
        return {"GOMAXPROCS": "1", "HOME": str(work), "XDG_DATA_HOME": str(work)}

    def version(self):
        return subprocess.run(
            ["/usr/bin/caddy", "version"], capture_output=True, text=True
        ).stdout.strip()


class Streamgate(Peer):
    name = "streamgate"

    def __init__(self):
        super().__init__()
        self.program = os.environ.get("STREAMGATE", str(ROOT / "build" / "release" / "streamgate"))

    def available(self):
        return os.access(self.program, os.X_OK)

    def command(self, work, values, tls):
        return [self.program, "gateway", "--config", fill("streamgate.yaml", work, values, tls)]

    def version(self):
        text = subprocess.run(
            ["git", "-C", ROOT, "describe", "--always", "--dirty"], capture_output=True, text=True
        ).stdout
        return text.strip() or "unknown"


class Floor(Peer):
    """Not a proxy: bytes relayed unread. What the kernel's TCP alone costs."""

    name = "floor"
    folder = ROOT / "build" / "release" / "bench"

    def available(self):
        return os.access(self.folder / "sgrelay", os.X_OK)

    def command(self, work, values, tls):
        addresses = [f"127.0.0.1:{values[key]}" for key in ("PORT", "ORIGIN")]
        return [self.folder / "sgrelay", "--listen", addresses[0], "--origin", addresses[1]]


ALL = {
    peer.name: peer for peer in (Streamgate, Nginx, Haproxy, Varnish, TrafficServer, Caddy, Floor)
}
