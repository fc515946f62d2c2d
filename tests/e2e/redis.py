"""A Redis of our own, of Debian's package, on a free loopback port, with a password."""
import shutil
import socket
import subprocess
import tempfile

import lab

SERVER = "/usr/bin/redis-server"
PASSWORD = "of-the-cache"


class Redis:
    def __enter__(self):
        self.port = lab.free_port()
        self.folder = tempfile.mkdtemp(prefix="sg-redis-")
        self.url = f"redis://:{PASSWORD}@127.0.0.1:{self.port}/0"
        command = [SERVER, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", self.folder,
                   "--requirepass", PASSWORD, "--save", "", "--slowlog-log-slower-than", "20000",
                   "--enable-debug-command", "yes"]  # fmt: skip
        self.process = lab.spawn(command, self.port, stdout=subprocess.DEVNULL)
        return self

    def __exit__(self, *_):
        lab.stop(self.process)
        shutil.rmtree(self.folder, ignore_errors=True)

    def connect(self):
        return Connection(self.port)


class Connection:
    """Speaks just enough of the protocol to make trouble with."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), 10)
        self.file = self.socket.makefile("rb")
        self.ask("AUTH", PASSWORD)

    def ask(self, *words):
        text = b"*%d\r\n" % len(words)
        for word in words:
            data = str(word).encode()
            text += b"$%d\r\n%s\r\n" % (len(data), data)
        self.socket.sendall(text)
        line = self.file.readline()
        if line.startswith(b"$") and line[1:2] != b"-":
            return self.file.read(int(line[1:]) + 2)[:-2]
        return line.strip()

    def close(self):
        self.socket.close()
