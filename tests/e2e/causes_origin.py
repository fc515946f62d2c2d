"""The endpoints of causes_test.py, each failing in one way, and the file that names them."""
import asyncio
import contextlib
import pathlib
import re
import socket
import ssl
import struct
import subprocess

import lab

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
LONG = b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n"


def reset(writer):
    """Ends the connection with RST instead of FIN."""
    once = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, once)
    writer.close()


async def good(reader, writer):
    writer.write(OK)


async def reset_before(reader, writer):
    reset(writer)


async def reset_within(reader, writer):
    writer.write(LONG + b"x" * 1000)
    await writer.drain()
    await asyncio.sleep(0.1)
    reset(writer)


async def stall(reader, writer):
    await reader.read()  # Until the gateway gives up.


async def stall_within(reader, writer):
    writer.write(LONG + b"x" * 1000)
    await writer.drain()
    await reader.read()


async def drip(reader, writer):
    """Never silent for long, never done."""
    writer.write(LONG)
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def malformed(reader, writer):
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok")


async def big_head(reader, writer):
    writer.write(b"HTTP/1.1 200 OK\r\n" + b"X-Filler: " + b"f" * 200000 + b"\r\n\r\n")


async def long_body(reader, writer):
    writer.write(LONG)
    for _ in range(1600):
        writer.write(b"x" * 62500)
        await writer.drain()


async def error_503(reader, writer):
    writer.write(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy")


async def unasked(reader, writer):
    """Changes the protocol of its own accord."""
    writer.write(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\nConnection: upgrade\r\n\r\n"
    )
    await reader.read()


async def not_reading(reader, writer):
    """A request body is never taken."""
    writer.transport.pause_reading()
    await asyncio.sleep(20)


BEHAVIOURS = {
    function.__name__: function
    for function in (
        good,
        reset_before,
        reset_within,
        stall,
        stall_within,
        drip,
        malformed,
        big_head,
        long_body,
        error_503,
        unasked,
    )
}


def serve(behaviour):
    """A connection handler: reads one head after the other, and behaves."""

    async def handle(reader, writer):
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while await reader.readuntil(b"\r\n\r\n"):
                await behaviour(reader, writer)
                await writer.drain()
        writer.close()

    return handle


async def no_tls(reader, writer):
    """Takes what should be a ClientHello for a bad request."""
    with contextlib.suppress(ConnectionError):
        await reader.read(1000)
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
    writer.close()


async def take_nothing(reader, writer):
    with contextlib.suppress(ConnectionError, asyncio.CancelledError):
        await not_reading(reader, writer)
    writer.close()


def certificate(folder):
    paths = [pathlib.Path(folder) / name for name in ("endpoint.pem", "endpoint.key")]
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-days", "2", "-subj", "/CN=stranger.test"]
    command += ["-out", paths[0], "-keyout", paths[1]]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*paths)
    return context


class FullQueue:
    """A listening socket whose accept queue is full: a further SYN is dropped."""

    def __init__(self):
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(0)
        self.port = self.listener.getsockname()[1]
        self.fillers = []
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                filler.connect(("127.0.0.1", self.port))
            self.fillers.append(filler)

    def close(self):
        for one in (*self.fillers, self.listener):
            one.close()


class Origins:
    """All of them. `ports` maps a behaviour to where it is."""

    def __init__(self, folder):
        self.folder = folder
        self.ports = {"refused": lab.free_port()}
        self.servers = []

    async def start(self):
        for name, behaviour in BEHAVIOURS.items():
            await self.listen(name, serve(behaviour))
        await self.listen("no_tls", no_tls)
        await self.listen("tls", serve(good), ssl=certificate(self.folder))
        small = socket.socket()  # The kernel takes little for who does not read.
        small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        small.bind(("127.0.0.1", 0))
        await self.listen("takes_nothing", take_nothing, sock=small)
        self.full = FullQueue()
        self.ports["full"] = self.full.port
        return self

    async def listen(self, name, handler, **options):
        if "sock" not in options:
            options.update(host="127.0.0.1", port=lab.free_port())
        server = await asyncio.start_server(handler, **options)
        self.ports[name] = server.sockets[0].getsockname()[1]
        self.servers.append(server)

    def close(self):
        for server in self.servers:
            server.close()
        self.full.close()


def config(server, ports, metrics):
    def service(name, endpoint, more=""):
        return (
            f'  {name}:\n    endpoints: ["{endpoint}"]\n    retry: {{ attempts: 1 }}\n'
            "    outlier: { enabled: false }\n"
            + (
                more
                or "    timeouts: { connect: 400ms, first_byte: 400ms, between_bytes: 400ms }\n"
            )
        )

    local = {name: f"127.0.0.1:{port}" for name, port in ports.items()}
    services = [service(name, local[name]) for name in (*BEHAVIOURS, "refused", "full")]
    patient = "    timeouts: { first_byte: 8s, between_bytes: 8s }\n"
    services += [
        service("unreachable", "224.0.0.1:80"),  # A multicast address: connect() says no at once.
        service("nameless", "no-such-host.invalid:80"),
        service("untrusted", f"https://{local['tls']}"),
        service("not_tls", f"https://{local['no_tls']}"),
        service("patient", local["stall"], patient),
        service("takes_nothing", local["takes_nothing"], patient),
        service("total", local["drip"], "    timeouts: { first_byte: 400ms, total: 500ms }\n"),
        service(
            "narrow", local["stall"], patient + "    circuit: { requests_max: 1, queue_max: 0 }\n"
        ),
        service(
            "queued",
            local["stall"],
            patient + "    circuit: { requests_max: 1, queue_max: 5, queue_timeout: 300ms }\n",
        ),
        service("drained", local["good"]),
    ]
    names = re.findall(r"^  (\w+):", "".join(services), re.M)
    routes = [f"  - {{ path: /{name}/, to: {name} }}\n" for name in names]
    routes.append("  - { path: /only-get/, methods: [GET], to: good }\n")
    routes.append("  - { path: /small/, body_max: 1KiB, to: good }\n")
    routes.append("  - { name: faulty, path: /faulty/, to: good }\n")
    return (
        f"state: {server.folder}/state\nworkers: 1\nlisten: 127.0.0.1:{server.port}\n"
        f"services:\n{''.join(services)}routes:\n{''.join(routes)}"
        "limits: { head_timeout: 500ms, body_timeout: 500ms, send_timeout: 700ms }\n"
        f"telemetry:\n  listen: 127.0.0.1:{metrics}\n"
        f"  access_log: {{ path: {server.folder}/access.log }}\n"
    )
