"""The two ends of a conversation: clients, and the upstream that the gateway connects to."""
import select
import socket
import struct
import time

PATIENCE = 4.0  # Seconds until something that must happen has not.
QUIET = 0.04  # Seconds within which something that must not happen would.


class Silence(Exception):
    """What was expected did not come in time, or the connection ended before it."""


class Stream:
    """A connected socket with what was received and not yet looked at."""

    def __init__(self, sock):
        self.sock = sock
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.settimeout(PATIENCE)
        self.unread = b""
        self.ended = None  # "closed" or "reset" once seen.

    def send(self, data):
        try:
            self.sock.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass  # The gateway may refuse before everything is said; its answer is checked.

    def drip(self, data):
        for byte in data:
            self.send(bytes([byte]))
            time.sleep(0.0005)

    def fill(self, patience=PATIENCE):
        """More bytes, False when the stream has ended."""
        if self.ended:
            return False
        ready, _, _ = select.select([self.sock], [], [], patience)
        if not ready:
            raise Silence(f"nothing came within {patience:g} s, unread is {self.unread[:300]!r}")
        try:
            data = self.sock.recv(1 << 16)
        except ConnectionResetError:
            self.ended = "reset"
            return False
        if not data:
            self.ended = "closed"
            return False
        self.unread += data
        return True

    def exactly(self, size):
        while len(self.unread) < size:
            if not self.fill():
                raise Silence(f"{self.ended} after {self.unread[:300]!r}, {size} bytes expected")
        taken, self.unread = self.unread[:size], self.unread[size:]
        return taken

    def until(self, mark):
        while mark not in self.unread:
            if not self.fill():
                raise Silence(f"{self.ended} after {self.unread[:300]!r}")
        return self.exactly(self.unread.index(mark) + len(mark))

    def to_end_keeping(self):
        while self.fill():
            pass

    def to_end(self):
        self.to_end_keeping()
        taken, self.unread = self.unread, b""
        return taken

    def is_quiet(self):
        """Nothing unread, and nothing comes for a moment. The end of the stream is no byte."""
        if not self.unread and not self.ended:
            try:
                self.fill(QUIET)
            except Silence:
                pass
        return not self.unread

    def shut(self):
        try:
            self.sock.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def reset(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self):
        self.sock.close()
        self.ended = "by us"


class Upstream:
    """The endpoint: a listener and the connections that the gateway has made to it."""

    def __init__(self, port):
        self.listener = socket.create_server(("127.0.0.1", port), backlog=64)
        self.streams = []
        self.current = None
        self.previous = None  # The connection of the request before.

    def pump(self, patience):
        """Accepts and receives whatever comes first. False: nothing came."""
        live = [s for s in self.streams if not s.ended]
        ready, _, _ = select.select([self.listener, *(s.sock for s in live)], [], [], patience)
        if self.listener in ready:
            self.streams.append(Stream(self.listener.accept()[0]))
        for stream in live:
            if stream.sock in ready:
                stream.fill(0)
        return bool(ready)

    def with_bytes(self, patience=PATIENCE):
        """The connection on which something unread is or first comes; None when nothing does."""
        deadline = time.monotonic() + patience
        while True:
            for stream in self.streams:
                if stream.unread:
                    return stream
            left = deadline - time.monotonic()
            if left <= 0 or not self.pump(left):
                return None

    def accept(self):
        known = len(self.streams)
        while len(self.streams) == known:
            if not self.pump(PATIENCE):
                raise Silence("the gateway opened no connection to the upstream")
        self.current = self.streams[-1]

    def take_request_stream(self):
        stream = self.with_bytes()
        if stream is None:
            raise Silence("no request arrived at the upstream")
        self.previous, self.current = self.current, stream
        return stream

    def close(self):
        for stream in self.streams:
            if stream.ended != "by us":
                stream.close()
        self.listener.close()
