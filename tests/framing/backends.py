"""Real servers that count requests, as lenient as they can be made, and one that records bytes."""
import contextlib
import pathlib
import shutil
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "wire"))
import actors  # noqa: E402
import message  # noqa: E402


class Backend:
    """A server process. lines(): what it logged, one request a line."""

    name = ""
    program = ""

    def __init__(self, folder, port):
        self.folder, self.port = folder / self.name, port
        self.folder.mkdir()
        self.log = self.folder / "requests.log"
        self.log.touch()

    def start(self):
        with open(self.folder / "output.log", "wb") as output:
            self.process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.folder,
            )
        for _ in range(400):
            if self.process.poll() is not None:
                break
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            time.sleep(0.025)
        self.stop()
        raise RuntimeError(f"{self.name}: " + (self.folder / "output.log").read_text()[-2000:])

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def lines(self):
        return self.log.read_bytes().splitlines()


class Nginx(Backend):
    name, program = "nginx", "/usr/sbin/nginx"

    def command(self):
        folders = "".join(
            f"{kind}_temp_path {self.folder}/{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        config = self.folder / "nginx.conf"
        config.write_text(
            f"daemon off; master_process off; pid {self.folder}/pid; events {{}}\n"
            f"http {{ {folders} log_format request '$request'; access_log {self.log} request;\n"
            "underscores_in_headers on; ignore_invalid_headers off;\n"
            "large_client_header_buffers 8 32k;\n"
            f"server {{ listen 127.0.0.1:{self.port}; location / {{ return 200 ok; }} }} }}\n"
        )
        return [self.program, "-p", self.folder, "-e", self.folder / "error.log", "-c", config]


class Apache(Backend):
    name, program = "apache", "/usr/sbin/apache2"

    def command(self):
        config = self.folder / "apache.conf"
        config.write_text(
            "LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so\n"
            "LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so\n"
            f"ServerRoot {self.folder}\nPidFile {self.folder}/pid\n"
            f"DefaultRuntimeDir {self.folder}\n"
            f"Listen 127.0.0.1:{self.port}\nServerName a\nUser www-data\nGroup www-data\n"
            f"DocumentRoot {self.folder}\nErrorLog {self.folder}/error.log\n"
            f'LogFormat "%r" request\nCustomLog {self.log} request\n'
            "HttpProtocolOptions Unsafe LenientMethods Allow0.9\n"
            "LimitRequestFieldSize 32768\nLimitRequestLine 32768\n"
            'ErrorDocument 404 "no\nErrorDocument 403 "no\nKeepAlive On\nMaxKeepAliveRequests 0\n'
        )
        return [self.program, "-DFOREGROUND", "-f", config]


class Node(Backend):
    name, program = "node", "node"

    def command(self):
        script = self.folder / "server.js"
        script.write_text(
            "const http = require('http'), fs = require('fs');\n"
            f"const log = fs.openSync('{self.log}', 'a');\n"
            "const options = {insecureHTTPParser: true, maxHeaderSize: 65536};\n"
            "const server = http.createServer(options, (q, r) => {\n"
            "  fs.writeSync(log, `${q.method} ${q.url} HTTP/${q.httpVersion}\\n`);\n"
            "  q.on('error', () => {}); q.resume(); q.on('end', () => r.end('ok'));\n"
            "});\n"
            "server.on('upgrade', (q, s) => { fs.writeSync(log, `${q.method} ${q.url} upgrade\\n`);"
            " s.end('HTTP/1.1 400 no\\r\\nContent-Length: 0\\r\\n'"
            " + 'Connection: close\\r\\n\\r\\n'); });\n"
            # What its parser refuses has reached it all the same: once a connection, since a
            # body that comes in a later packet is told as one more error.
            "const refused = new WeakSet();\n"
            "server.on('clientError', (e, s) => { if (e.rawPacket && !refused.has(s)) {"
            " refused.add(s); fs.writeSync(log,"
            " e.rawPacket.toString('latin1').split('\\r\\n')[0] + ' ' + e.code + '\\n'); }"
            " s.end('HTTP/1.1 400 no\\r\\nContent-Length: 0\\r\\n'"
            " + 'Connection: close\\r\\n\\r\\n'); });\n"
            f"server.keepAliveTimeout = 60000; server.listen({self.port}, '127.0.0.1');\n"
        )
        return [shutil.which(self.program), script]


class Recorder:
    """Reads strictly, keeps every byte of every connection, answers 200."""

    name = "recorder"

    def __init__(self, folder, port):
        self.port = port
        self.captured = []  # One bytearray a connection.
        self.broken = []  # What the strict reader refused.
        self.requests = []
        self.lock = threading.Lock()

    def start(self):
        self.listener = socket.create_server(("127.0.0.1", self.port), backlog=128)
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(sock,), daemon=True).start()

    def serve(self, sock):
        stream = Recorded(sock)
        with self.lock:
            self.captured.append(stream.seen)
        with contextlib.suppress(actors.Silence, OSError):
            while True:
                try:
                    head = message.Request(stream.until(b"\r\n\r\n"))
                    with self.lock:
                        self.requests.append(head.first)
                    message.read_body(stream, head.body_kind())
                except message.Broken as error:
                    with self.lock:
                        self.broken.append(f"{error}: {bytes(stream.seen[-300:])!r}")
                    break
                body = b"" if head.method == "HEAD" else b"ok"
                stream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" + body)
        stream.close()

    def stop(self):
        self.listener.close()

    def lines(self):
        with self.lock:
            return list(self.requests)


class Recorded(actors.Stream):
    def __init__(self, sock):
        super().__init__(sock)
        self.seen = bytearray()

    def fill(self, patience=60):
        before = len(self.unread)
        more = super().fill(patience)
        self.seen += self.unread[before:]
        return more


BACKENDS = (Nginx, Apache, Node, Recorder)
