#!/usr/bin/python3
"""What is said to a running gateway: weights, drain, circuit, faults; kept over a reload and a
kill, ended by lifting or by their expiry. And its snapshot for operations, by mutual TLS only."""
import argparse
import collections
import http.server
import json
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import lab
import tls_test

CONFIG = """
state: {state}
workers: 2
listen: 127.0.0.1:{port}
services:
  api:
    versions:
      v1: {{ weight: 80, endpoints: [127.0.0.1:{a}, 127.0.0.1:{b}] }}
      v2: {{ weight: 20, endpoints: 127.0.0.1:{c} }}
  slow: {{ endpoints: 127.0.0.1:{c}, retry: {{ attempts: 1 }} }}
routes:
  - {{ path: /slow, to: slow }}
  - {{ path: /, to: api }}
telemetry:
  listen: off
  access_log: off
  snapshot_listen: 127.0.0.1:{snapshot}
  snapshot_certificate: {{ certificate: {server[0]}, key: {server[1]} }}
  snapshot_client_ca: {operator[0]}
  snapshot_directives: true
"""


def serve(port, slow_by=0.3):
    class Endpoint(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            if self.path == "/slow":
                time.sleep(slow_by)
            without = self.headers.get("StreamGate-Without", "-")
            body = (without if self.path == "/without" else str(port)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Endpoint)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def fetch(port, path="/"):
    """(status, body, seconds); status 0: no answer."""
    began = time.monotonic()
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as reply:
            return reply.status, reply.read().decode(), time.monotonic() - began
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), time.monotonic() - began
    except OSError:
        return 0, "", time.monotonic() - began


class Bench:
    """The gateway under test, and what is asked of it."""

    def __init__(self, work):
        self.ports = {k: lab.free_port() for k in ("port", "a", "b", "c", "snapshot")}
        for name in "abc":
            serve(self.ports[name])
        self.server = tls_test.make_certificate(work, "server", "gateway.test")
        self.operator = tls_test.make_certificate(work, "operator", "ops.test")
        self.config = work / "streamgate.yaml"
        self.config.write_text(CONFIG.format(state=work / "state", server=self.server,
                                             operator=self.operator, **self.ports))
        self.start()

    def start(self):
        self.process = lab.spawn([lab.STREAMGATE, "gateway", "--config", str(self.config)],
                                 self.ports["port"])

    def ctl(self, *words):
        return subprocess.run(
            [lab.STREAMGATE, "--config", str(self.config), "gateway", "ctl", *words],
            capture_output=True, text=True, timeout=20)

    def counts(self, requests=200):
        """Answers by endpoint, in letters."""
        names = {str(self.ports[n]): n for n in "abc"}
        answers = (fetch(self.ports["port"])[1] for _ in range(requests))
        return collections.Counter(names.get(body, "?") for body in answers)


def check_weights(checks, bench):
    before = bench.counts()
    checks.check("weights as configured: 80 to 20", before["c"] == 40, dict(before))
    said = bench.ctl("weights", "api", "v1=0", "v2=100", "--reason", "test")
    checks.check("weights are taken", said.returncode == 0, said.stderr.strip())
    checks.check("all goes to v2 at once", bench.counts(50) == {"c": 50})
    checks.check("a reload keeps them", bench.ctl("reload").returncode == 0)
    checks.check("still all to v2", bench.counts(50) == {"c": 50})
    bench.process.kill()
    bench.process.wait()
    bench.start()
    checks.check("a killed gateway comes back with them", bench.counts(50) == {"c": 50})
    bench.ctl("lift", "weights-api")
    after = bench.counts()
    checks.check("lifted: as configured again", after["c"] == 40, dict(after))


def check_drain(checks, bench):
    said = bench.ctl("drain-endpoint", "api", f"127.0.0.1:{bench.ports['a']}", "--for", "1h")
    checks.check("an endpoint is drained", said.returncode == 0, said.stderr.strip())
    counts = bench.counts(100)
    checks.check("it gets nothing new", counts["a"] == 0 and counts["b"] > 50, dict(counts))
    bench.ctl("lift", f"drain-127.0.0.1:{bench.ports['a']}")
    checks.check("lifted: it is back", bench.counts(100)["a"] > 20)


def check_circuit(checks, bench):
    said = bench.ctl("circuit", "slow", "--requests", "2", "--queue", "0")
    checks.check("a circuit limit is set", said.returncode == 0, said.stderr.strip())
    results = []

    def one():
        results.append(fetch(bench.ports["port"], "/slow")[0])

    threads = [threading.Thread(target=one) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    checks.check("two are served, the others refused at once, whatever the number of workers",
                 sorted(results) == [200, 200, 503, 503, 503, 503], sorted(results))
    bench.ctl("lift", "circuit-slow")


def check_faults(checks, bench):
    said = bench.ctl("fault", "--service", "api", "--delay", "200ms")
    checks.check("a fault without an expiry is refused", said.returncode == 1,
                 said.stderr.splitlines()[0] if said.stderr else "")
    bench.ctl("fault", "--service", "api", "--delay", "200ms", "--for", "1h", "--id", "d")
    checks.check("a delay is felt", fetch(bench.ports["port"])[2] >= 0.2)
    checks.check("other services are not touched", fetch(bench.ports["port"], "/slow")[0] == 200)
    bench.ctl("lift", "d")
    checks.check("and lifted", fetch(bench.ports["port"])[2] < 0.2)
    said = bench.ctl("fault", "--service", "api", "--abort", "503", "--share", "50%", "--for", "2s")
    checks.check("a fault is said back in a sentence", said.stdout.startswith(
        "api: 50% of requests are answered 503, for 2s\nnext  "), said.stdout)
    results = collections.Counter(fetch(bench.ports["port"])[0] for _ in range(100))
    checks.check("about half are aborted", 25 <= results[503] <= 75, dict(results))
    deadline = time.monotonic() + 10
    table = bench.ctl("directives").stdout
    checks.check("people read what is in force",
                 "api: 50 % of requests are answered 503" in table, table)
    while time.monotonic() < deadline:
        if not json.loads(bench.ctl("--json", "directives").stdout)["directives"]:
            break
        fetch(bench.ports["port"])
    results = collections.Counter(fetch(bench.ports["port"])[0] for _ in range(50))
    checks.check("expired: none", results == {200: 50}, dict(results))
    bench.ctl("fault", "--service", "api", "--reset", "--for", "1h", "--id", "r")
    checks.check("a reset closes without an answer", fetch(bench.ports["port"])[0] == 0)
    bench.ctl("lift", "r")


def check_mitigations(checks, bench):
    port = bench.ports["port"]
    said = bench.ctl("shed", "api", "50%", "--retry-after", "30s", "--for", "1h")
    checks.check("shedding is said back in a sentence", said.stdout.startswith(
        "api: 50% of new requests are refused, for 1h\n"), said.stdout + said.stderr)
    results = collections.Counter(fetch(port)[0] for _ in range(200))
    checks.check("about half are refused", 60 <= results[503] <= 140, dict(results))
    checks.check("other services are not touched", fetch(port, "/slow")[0] == 200)
    bench.ctl("lift", "shed-api")
    checks.check("lifted: nobody is", {fetch(port)[0] for _ in range(50)} == {200})
    endpoint = f"127.0.0.1:{bench.ports['a']}"
    bench.ctl("open-breaker", "api", endpoint)
    counts = bench.counts(100)
    checks.check("an open breaker takes it out", counts["a"] == 0 and counts["b"] > 50,
                 dict(counts))
    bench.ctl("lift", f"open-breaker-api-{endpoint}")
    checks.check("lifted: it is back", bench.counts(100)["a"] > 20)
    bench.ctl("open-breaker", "slow", f"127.0.0.1:{bench.ports['c']}", "--id", "last")
    checks.check("the last one goes on serving", fetch(port, "/slow")[0] == 200)
    bench.ctl("lift", "last")
    said = bench.ctl("block-client", "127.0.0.0/8", "--service", "slow", "--id", "b")
    checks.check("a client is blocked", fetch(port, "/slow")[0] == 403, said.stderr)
    checks.check("but not elsewhere", fetch(port)[0] == 200)
    bench.ctl("lift", "b")
    said = bench.ctl("block-client", "0.0.0.0/0")
    checks.check("not everybody can be", "too many clients" in said.stderr, said.stderr)
    bench.ctl("switch-off", "api", "sessions")
    checks.check("a service is told to do without", fetch(port, "/without")[1] == "sessions")
    bench.ctl("lift", "switch-off-api-sessions")
    checks.check("and no longer", fetch(port, "/without")[1] == "-")


def check_snapshot(checks, bench):
    def pull(certificate, request=b"GET /snapshot"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(bench.server[0])
        if certificate:
            context.load_cert_chain(*certificate)
        with tls_test.connect(context, bench.ports["snapshot"], "gateway.test") as c:
            c.sendall(request + b" HTTP/1.1\r\nHost: g\r\nConnection: close\r\n\r\n")
            received = b""
            while more := c.recv(65536):
                received += more
        return received

    reply = pull(bench.operator)
    head, _, body = reply.partition(b"\r\n\r\n")
    checks.check("a snapshot by mutual TLS", head.startswith(b"HTTP/1.1 200"))
    checks.check("it is versioned JSON", json.loads(body).get("version") == 1)
    said = pull(bench.operator, b"GET /directives")
    checks.check("directives by mutual TLS", said.startswith(b"HTTP/1.1 200"), said[:100])
    said = pull(bench.operator, b"POST /reload")
    checks.check("and nothing else", said.startswith(b"HTTP/1.1 404"), said[:100])
    try:
        refused = not pull(None)
    except (ssl.SSLError, OSError):
        refused = True
    checks.check("without a certificate: refused", refused)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.parse_args()
    checks = lab.Checks()
    with lab.folder() as work:
        bench = Bench(work)
        try:
            check_weights(checks, bench)
            check_drain(checks, bench)
            check_circuit(checks, bench)
            check_faults(checks, bench)
            check_mitigations(checks, bench)
            check_snapshot(checks, bench)
            checks.check("the gateway still runs", bench.process.poll() is None)
        finally:
            lab.stop(bench.process)
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
