"""The cases: what is asked of every peer, which figure decides, and StreamGate's own goal."""
import dataclasses

EVERY = ("streamgate", "nginx", "haproxy", "trafficserver", "caddy", "varnish", "floor")
CLOSE = ("streamgate", "nginx", "haproxy")
FLOOR = (*CLOSE, "floor")
KIB, MIB = 1024, 1 << 20


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    title: str
    peers: tuple = CLOSE
    arguments: tuple = ()
    body: int = KIB
    tls: bool = False
    kind: str = "load"  # load | rate | idle | script
    figure: str = "cpu_us"  # What ratios are made of.
    rounds: int = 5
    goals: dict = dataclasses.field(default_factory=dict)  # Peer (or `best`) to the highest ratio.
    script: str = ""


def closed(connections):
    return ("--connections", str(connections))


CASES = {
    case.name: case
    for case in (
        Case(
            "h1-1k-64",
            "HTTP/1.1 keep-alive, 1 KiB, 64 connections",
            peers=EVERY,
            arguments=closed(64),
            goals={"nginx": 0.83, "haproxy": 0.80},
        ),
        Case(
            "h1-1k-256",
            "HTTP/1.1 keep-alive, 1 KiB, 256 connections",
            peers=FLOOR,
            arguments=closed(256),
            goals={"nginx": 0.75},
        ),
        Case(
            "h1-1k-8", "HTTP/1.1 keep-alive, 1 KiB, 8 connections", peers=FLOOR, arguments=closed(8)
        ),
        Case(
            "tls-keepalive",
            "HTTP/1.1 over TLS 1.3, keep-alive, 1 KiB, 64 connections",
            peers=("streamgate", "nginx", "haproxy", "trafficserver", "caddy"),
            arguments=("--tls", *closed(64)),
            tls=True,
            goals={"nginx": 0.9},
        ),
        Case(
            "tls-handshake",
            "full TLS 1.3 handshake, one request, close; 32 at a time",
            peers=("streamgate", "nginx", "haproxy", "trafficserver", "caddy"),
            arguments=("--tls", "--mode", "handshakes", *closed(32)),
            tls=True,
            goals={"nginx": 1.05},
        ),
        Case(
            "body-1m",
            "HTTP/1.1 keep-alive, 1 MiB bodies, 16 connections",
            peers=FLOOR,
            arguments=closed(16),
            body=MIB,
            goals={"nginx": 1.05},
        ),
        Case(
            "fixed-rate-p99",
            "latency at a fixed rate, half of nginx's highest; 64 connections",
            arguments=("--mode", "rate", *closed(64)),
            kind="rate",
            figure="p99_us",
            rounds=7,
            goals={"best": 1.15},
        ),
        Case(
            "idle",
            "memory of idle keep-alive connections, from 5,000 to 15,000",
            kind="idle",
            figure="kib_each",
            rounds=1,
        ),
        Case(
            "reload",
            "100 reloads in 60 s with 200 WebSockets and 200 event streams",
            kind="script",
            script="tests/e2e/reload_test.py",
            rounds=1,
        ),
        Case(
            "kill",
            "kill -9 of what carries the traffic, 20 times, under load",
            kind="script",
            script="tests/e2e/kill_test.py",
            rounds=1,
        ),
    )
}
# Idle has a goal of its own kind: KiB of user memory for a connection.
IDLE_KIB_MAX = 1.0
