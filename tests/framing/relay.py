"""The canary: a relay that frames requests carelessly and passes the bytes on. Must be found."""
import contextlib
import socket
import threading

import backends
import readings


class CarelessRelay:
    """Believes Content-Length before Transfer-Encoding, as some did, and logs what it believes."""

    def __init__(self, port, backend_port):
        self.port, self.backend_port = port, backend_port
        self.reading = readings.Reading(True, False, False, "exact", False)
        self.logged = []
        self.listener = socket.create_server(("127.0.0.1", port), backlog=64)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), sock:
                self.pass_on(sock)

    def pass_on(self, client):
        client.settimeout(0.05)
        data = b""
        with contextlib.suppress(TimeoutError):
            while piece := client.recv(65536):
                data += piece
        self.logged += self.reading.requests(data)
        with socket.create_connection(("127.0.0.1", self.backend_port), 2) as upstream:
            upstream.settimeout(0.1)
            upstream.sendall(data)
            with contextlib.suppress(TimeoutError):
                while piece := upstream.recv(65536):
                    client.sendall(piece)

    def stop(self):
        self.listener.close()


def canary(root, cases, send, differences, free_port):
    """The number of differences that are found."""
    folder = root / "canary"
    folder.mkdir()
    backend = backends.Node(folder, free_port()).start()
    relay = CarelessRelay(free_port(), backend.port)
    try:
        for _, _, data in cases:
            send(relay.port, data)
        return len(differences(relay.logged, backend.lines()))
    finally:
        relay.stop()
        backend.stop()
