#!/usr/bin/python3
"""TLS at the listener and towards endpoints: certificates by SNI, versions, ALPN, resumption, and a
new certificate by reload while a connection of the old one goes on."""
import argparse
import http.server
import ssl
import subprocess
import sys
import threading
import time

import lab


def make_certificate(folder, name, *names):
    """A self-signed P-256 certificate for the names; the paths of certificate and key."""
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "2", "-subj", f"/CN={name}", "-keyout", str(key),
         "-out", str(certificate),
         "-addext", "subjectAltName=" + ",".join(f"DNS:{n}" for n in names)],
        check=True, capture_output=True,
    )
    return certificate, key


class Endpoint(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = self.headers.get("X-Forwarded-Proto", "none").encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def serve(port, certificate=None):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Endpoint)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def client(trusted, version=None, protocols=("http/1.1",)):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    for path in trusted:
        context.load_verify_locations(path)
    if version:
        context.minimum_version = context.maximum_version = version
    context.set_alpn_protocols(list(protocols))
    return context


def connect(context, port, name, session=None):
    raw = lab.socket.create_connection(("127.0.0.1", port), 5)
    return context.wrap_socket(raw, server_hostname=name, session=session)


def ask(connection, path="/"):
    """(status, body) of a request on the open connection."""
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    received = b""
    while b"\r\n\r\n" not in received:
        more = connection.recv(65536)
        if not more:
            return None, b""
        received += more
    head, body = received.split(b"\r\n\r\n", 1)
    length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n")
                  if line.lower().startswith(b"content-length"))
    while len(body) < length:
        body += connection.recv(65536)
    return int(head.split()[1]), body


def subject(connection):
    return dict(pair[0] for pair in connection.getpeercert()["subject"])["commonName"]


CONFIG = """
state: {state}
workers: 2
listen:
  - address: 127.0.0.1:{port}
    tls:
      - {{ certificate: {one[0]}, key: {one[1]} }}
      - {{ certificate: {two[0]}, key: {two[1]} }}
services:
  plain: {{ endpoints: 127.0.0.1:{plain} }}
  sealed:
    endpoints: https://127.0.0.1:{sealed}
    tls: {{ ca: {endpoint[0]}, server_name: endpoint.test }}
routes:
  - {{ path: /sealed, to: sealed }}
  - {{ path: /, to: plain }}
telemetry: {{ listen: off, access_log: off }}
"""


def check_names(checks, trusted, port):
    for name, want in (("one.test", "one"), ("www.two.test", "two"), ("TWO.test", "two")):
        with connect(client(trusted), port, name) as c:
            checks.check(f"{name} gets the certificate for {want}", subject(c) == want, subject(c))
    loose = client(trusted)
    loose.check_hostname = False
    with connect(loose, port, "other.test") as c:
        checks.check("a name that nobody covers gets the first", subject(c) == "one")


def check_versions(checks, trusted, port):
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        with connect(client(trusted, version), port, "one.test") as c:
            status, body = ask(c)
            checks.check(f"{c.version()} carries a request", (status, body) == (200, b"https"))
            checks.check(f"{c.version()}: ALPN is http/1.1",
                         c.selected_alpn_protocol() == "http/1.1")
        first = client(trusted, version)
        with connect(first, port, "one.test") as c:
            ask(c)
            session = c.session
        with connect(first, port, "one.test", session) as c:
            status, _ = ask(c)
            checks.check(f"{c.version()} resumes a session", c.session_reused and status == 200)
    try:
        old = client(trusted)
        old.set_ciphers("DEFAULT@SECLEVEL=0")
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
        connect(old, port, "one.test").close()
        refused = False
    except (ssl.SSLError, OSError):
        refused = True
    checks.check("TLS 1.1 is refused", refused)
    try:
        connect(client(trusted, protocols=("imap",)), port, "one.test").close()
        refused = False
    except (ssl.SSLError, OSError):
        refused = True
    checks.check("an ALPN without common protocol is refused", refused)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.parse_args()
    checks = lab.Checks()
    with lab.folder() as work:
        one = make_certificate(work, "one", "one.test")
        two = make_certificate(work, "two", "two.test", "*.two.test")
        endpoint = make_certificate(work, "endpoint", "endpoint.test")
        ports = {k: lab.free_port() for k in ("port", "plain", "sealed")}
        serve(ports["plain"])
        serve(ports["sealed"], endpoint)
        config = work / "streamgate.yaml"
        config.write_text(CONFIG.format(state=work / "state", one=one, two=two,
                                        endpoint=endpoint, **ports))
        gateway = lab.spawn([lab.STREAMGATE, "gateway", "--config", str(config)], ports["port"])
        try:
            trusted = [one[0], two[0]]
            check_names(checks, trusted, ports["port"])
            check_versions(checks, trusted, ports["port"])
            with connect(client(trusted), ports["port"], "one.test") as c:
                checks.check("an endpoint behind TLS is verified by name and answers",
                             ask(c, "/sealed") == (200, b"https"))
            held = connect(client(trusted), ports["port"], "one.test")
            first = client(trusted)
            with connect(first, ports["port"], "two.test") as c:
                ask(c)
                session = c.session
            fresh = make_certificate(work, "fresh", "one.test")
            one[0].write_text(fresh[0].read_text())
            one[1].write_text(fresh[1].read_text())
            reload = subprocess.run(
                [lab.STREAMGATE, "--config", str(config), "gateway", "ctl", "reload"],
                capture_output=True, text=True, timeout=20)
            checks.check("the reload is accepted", reload.returncode == 0, reload.stderr.strip())
            with connect(client([fresh[0], two[0]]), ports["port"], "one.test") as c:
                checks.check("a new connection gets the new certificate", subject(c) == "fresh")
            checks.check("an open connection goes on", ask(held) == (200, b"https"))
            with connect(first, ports["port"], "two.test", session) as c:
                ask(c)
                checks.check("sessions outlive the reload", c.session_reused)
            checks.check("the gateway still runs", gateway.poll() is None)
        finally:
            lab.stop(gateway)
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
