#!/usr/bin/python3
"""Alerts of others, from the programs that send them: a real Prometheus, directly and through a
real Alertmanager, a PagerDuty emitter, a webhook of plain JSON, and a heartbeat that stops. Each
becomes an incident and a page, and is over when its sender says so.

Everything comes in by the public door, over TLS with a certificate made on the spot. The same door
is then tried without a token, with wrong ones, and with bytes that nobody sends honestly; the
operator's API is not behind it.
"""
import argparse
import contextlib
import http.server
import json
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

import incident_test
import lab

PROMETHEUS, ALERTMANAGER = "/usr/bin/prometheus", "/usr/bin/prometheus-alertmanager"
OPENSSL, CURL = "/usr/bin/openssl", "/usr/bin/curl"
INBOXES = ("prometheus", "monitoring", "pager", "plain")
TOKENS = {name: f"{number:02d}{name}".ljust(32, "x") for number, name in enumerate(INBOXES)}
BEAT = "99nightly".ljust(32, "x")
DECLARED_WITHIN = 60  # Seconds: a bound that a machine under other load keeps.


class Platform(incident_test.Platform):
    """With inboxes, and a door for the world."""

    def __init__(self, folder):
        super().__init__(folder)
        self.door = lab.free_port()
        self.certificate = self.folder / "door.pem"
        make_certificate(self.folder)
        secrets = self.folder / "secrets"
        secrets.mkdir(mode=0o700)
        for name, token in {**TOKENS, "nightly": BEAT}.items():
            (secrets / name).write_text(token + "\n")
        inboxes = "".join(
            f"  {name}: {{ token: \"${{file:secrets/{name}}}\", team: playback{more} }}\n"
            for name, more in {
                **dict.fromkeys(INBOXES, ""),
                "plain": ", mapping: { title: /alert/name, key: /alert/id, status: /state,"
                " severity: /alert/level }",
            }.items()
        )
        with self.config.open("a") as config:
            config.write(
                f"public_url: https://localhost:{self.door}\n"
                f"ops:\n  listen: 127.0.0.1:{self.door}\n"
                f"  certificate: {{ certificate: {self.certificate}, "
                f"key: {self.folder}/door.key }}\n"
                f"inbox:\n{inboxes}"
                "heartbeats:\n  nightly: { every: 3s, grace: 2s, severity: sev2, "
                'token: "${file:secrets/nightly}" }\n'
            )
        self.trust = ssl.create_default_context(cafile=str(self.certificate))

    def ask(self, path, body=None, token=None, method=None, headers=None):
        """Of the public door: status, headers and body."""
        request = urllib.request.Request(
            f"https://localhost:{self.door}{path}",
            data=body if body is None or isinstance(body, bytes) else json.dumps(body).encode(),
            method=method,
            headers={**({"Authorization": f"Bearer {token}"} if token else {}), **(headers or {})},
        )
        try:
            with urllib.request.urlopen(request, timeout=30, context=self.trust) as reply:
                return reply.status, reply.headers, reply.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def incident_of(self, title):
        return next((i for i in self.incidents() if title in i["title"]), None)

    def become(self, title, state):
        def there():
            incident = self.incident_of(title)
            return incident if incident and incident["state"] in state else None

        return self.wait(there, f"{title}: {'/'.join(state)}", DECLARED_WITHIN)


def make_certificate(folder):
    subprocess.run(
        [OPENSSL, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-keyout", folder / "door.key", "-out", folder / "door.pem", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip


class Target:
    """What Prometheus scrapes: nothing until it is opened."""

    def __init__(self):
        self.port = lab.free_port()
        self.server = None

    def open(self):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.end_headers()
                self.wfile.write(b"works 1\n")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        if self.server:
            self.server.shutdown()
            self.server.server_close()


WAYS = {"Prometheus": "says Prometheus", "Alertmanager": "says Alertmanager"}


class Monitoring:
    """Two of Prometheus: one knows the platform as its Alertmanager, the other has a real one."""

    def __init__(self, platform, target):
        self.folder = platform.folder / "monitoring"
        self.folder.mkdir()
        self.processes = []
        self.alertmanager = lab.free_port()
        secrets = platform.folder / "secrets"
        trust = f"tls_config: {{ ca_file: {platform.certificate} }}"
        (self.folder / "alertmanager.yml").write_text(f"""
route: {{ receiver: streamgate, group_wait: 1s, group_interval: 1s }}
receivers:
  - name: streamgate
    webhook_configs:
      - url: https://localhost:{platform.door}/inbox/alertmanager
        http_config: {{ {trust}, authorization: {{ credentials_file: {secrets}/monitoring }} }}
""")
        itself = f"""
    - scheme: https
      {trust}
      authorization: {{ credentials_file: {secrets}/prometheus }}
      static_configs: [ {{ targets: ["localhost:{platform.door}"] }} ]"""
        real = f"""
    - static_configs: [ {{ targets: ["127.0.0.1:{self.alertmanager}"] }} ]"""
        for name, tells in zip(WAYS, (itself, real)):
            (self.folder / f"{name}.rules.yml").write_text(f"""
groups:
  - name: all
    rules:
      - alert: ThingDown
        expr: up{{job="thing"}} == 0
        labels: {{ severity: critical }}
        annotations: {{ summary: "the thing is down, {WAYS[name]}" }}
""")
            (self.folder / f"{name}.yml").write_text(f"""
global: {{ scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }}
rule_files: [ {self.folder}/{name}.rules.yml ]
scrape_configs:
  - {{ job_name: thing, static_configs: [ {{ targets: ["127.0.0.1:{target.port}"] }} ] }}
alerting:
  alertmanagers: {tells}
""")

    def start(self):
        self.spawn(
            "alertmanager", self.alertmanager,
            [ALERTMANAGER, f"--config.file={self.folder}/alertmanager.yml",
             f"--storage.path={self.folder}/am", "--cluster.listen-address=",
             f"--web.listen-address=127.0.0.1:{self.alertmanager}"],
        )  # fmt: skip
        for name in WAYS:
            port = lab.free_port()
            self.spawn(
                name, port,
                [PROMETHEUS, f"--config.file={self.folder}/{name}.yml",
                 f"--storage.tsdb.path={self.folder}/{name}.data",
                 f"--web.listen-address=127.0.0.1:{port}"],
            )  # fmt: skip

    def complaints(self):
        said = "".join(log.read_text() for log in self.folder.glob("*.log"))
        return [line for line in said.splitlines() if "=error" in line or "=warn" in line]

    def spawn(self, name, port, command):
        with open(self.folder / f"{name}.log", "wb") as output:
            self.processes.append(
                lab.spawn(command, port, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
            )

    def stop(self):
        for process in self.processes:
            lab.stop(process)


def paged(platform, incident):
    def delivered():
        seen = incident_test.records(platform, incident["id"])
        return incident_test.at(seen, "notification.delivered")

    return platform.wait(delivered, "paged", 20)


def trouble(platform, checks, name, title):
    incident = platform.become(title, ("declared", "acknowledged"))
    checks.check(f"{name}: an incident", incident["severity"] < 4, incident["title"])
    team = incident.get("team")
    checks.check(f"{name}: of the inbox's team", team == "playback", str(team))
    checks.check(f"{name}: and a page", paged(platform, incident))


def is_over(platform, checks, name, title):
    incident = platform.become(title, ("mitigated", "resolved"))
    checks.check(f"{name}: over when its sender says so", True, incident["state"])


def from_prometheus(platform, checks):
    target = Target()
    monitoring = Monitoring(platform, target)
    try:
        monitoring.start()
        for name, title in WAYS.items():
            trouble(platform, checks, name, title)
        status, _, body = platform.ask("/api/v2/alerts", token=TOKENS["prometheus"])
        listed = {a["labels"].get("alertname") for a in json.loads(body)}
        checks.check("its alerts are listed", status == 200 and "ThingDown" in listed,
                     str(listed))
        status, _, body = platform.ask("/api/v2/status", token=TOKENS["prometheus"])
        checks.check("and what its clients look at is there", status == 200
                     and json.loads(body)["cluster"]["status"] == "disabled", body.decode()[:120])
        target.open()
        for name, title in WAYS.items():
            is_over(platform, checks, name, title)
        bad = monitoring.complaints()
        checks.check("none of them complains", not bad, "; ".join(bad[:3]))
    finally:
        monitoring.stop()
        target.close()


def curl(platform, path, body):
    done = subprocess.run(
        [CURL, "-sS", "--cacert", platform.certificate, "-w", "\n%{http_code}", "-H",
         "Content-Type: application/json", "-d", json.dumps(body),
         f"https://localhost:{platform.door}{path}"],
        capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    text, _, status = done.stdout.rpartition("\n")
    return int(status or 0), json.loads(text or "{}")


def from_pagerduty(platform, checks):
    event = {
        "routing_key": TOKENS["pager"],
        "event_action": "trigger",
        "payload": {"summary": "disk of db7 is full", "source": "db7", "severity": "error"},
    }
    status, reply = curl(platform, "/v2/enqueue", event)
    key = reply.get("dedup_key")
    checks.check("PagerDuty: 202 and a key", status == 202 and bool(key), str(reply))
    trouble(platform, checks, "PagerDuty", "disk of db7 is full")
    over = {"routing_key": TOKENS["pager"], "event_action": "resolve", "dedup_key": key}
    other = curl(platform, "/v2/enqueue", {**over, "routing_key": TOKENS["plain"]})[0]
    still = platform.incident_of("disk of db7 is full")["state"]
    checks.check("of another key it is dropped", (other, still) == (202, "declared"), still)
    status, reply = curl(platform, "/v2/enqueue", over)
    checks.check("PagerDuty: resolve", status == 202 and reply["dedup_key"] == key, str(reply))
    is_over(platform, checks, "PagerDuty", "disk of db7 is full")
    for what, wrong in {
        "no summary": {**event, "payload": {"source": "x", "severity": "error"}},
        "another action": {**event, "event_action": "shout"},
        "another key": {**event, "routing_key": "f" * 32},
        "no key": {k: v for k, v in event.items() if k != "routing_key"},
    }.items():
        status, reply = curl(platform, "/v2/enqueue", wrong)
        good = status == 400 and reply.get("status") == "invalid event" and reply.get("errors")
        checks.check(f"PagerDuty: {what} is 400", good, str(reply))


def changes_from_outside(platform, checks):
    """A deployment that is told of pages nobody, and is there when an incident asks."""
    before = len(platform.incidents())
    told = {"routing_key": TOKENS["pager"], "links": [{"href": "https://ci.example.com/871"}],
            "payload": {"summary": "catalog 1.42 is out", "source": "ci"}}
    status, reply = curl(platform, "/v2/change/enqueue", told)
    checks.check("a change: 202", (status, reply.get("status")) == (202, "success"), str(reply))
    for what, wrong in {
        "no summary": {**told, "payload": {}},
        "another key": {**told, "routing_key": "f" * 32},
        "no time": {**told, "payload": {"summary": "x", "timestamp": "soon"}},
    }.items():
        status, reply = curl(platform, "/v2/change/enqueue", wrong)
        good = status == 400 and reply.get("status") == "invalid event"
        checks.check(f"a change: {what} is 400", good, str(reply))
    checks.check("it declares nothing", len(platform.incidents()) == before)
    done = platform.call("incident", "declare", "slower than before", "--severity", "4")
    found = max(i["id"] for i in platform.incidents())
    shown = platform.call("incident", "changes", str(found))
    checks.check("an incident shows it", "ci: catalog 1.42 is out" in shown.stdout
                 and "https://ci.example.com/871" in shown.stdout
                 and "came into force" in shown.stdout, done.stderr + shown.stdout + shown.stderr)


def from_json(platform, checks):
    sent = {"alert": {"name": "the lift is stuck", "id": "lift-3", "level": "P2"}, "state": "open"}
    path = f"/in/{TOKENS['plain']}/json"
    status, _, body = platform.ask(path, sent)
    checks.check("plain JSON: 202", status == 202, body.decode())
    trouble(platform, checks, "plain JSON", "the lift is stuck")
    # Bodies in chunks, as many libraries send them.
    done = subprocess.run(
        [CURL, "-sS", "--cacert", platform.certificate, "-H", "Transfer-Encoding: chunked", "-d",
         json.dumps({**sent, "state": "ok"}), "-o", "/dev/null", "-w", "%{http_code}",
         f"https://localhost:{platform.door}{path}"],
        capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    checks.check("plain JSON, in chunks: 202", done.stdout == "202", done.stdout + done.stderr)
    is_over(platform, checks, "plain JSON", "the lift is stuck")


def from_heartbeat(platform, checks):
    stopping = threading.Event()

    def beat():
        while not stopping.wait(0.5):
            platform.ask(f"/h/{BEAT}")

    title = "no heartbeat of nightly"
    # It was not heard since the start, so it is missed by now.
    platform.become(title, ("declared", "acknowledged"))
    thread = threading.Thread(target=beat)
    thread.start()
    platform.become(title, ("mitigated", "resolved"))
    listed = platform.json("alert", "list").get("alerts", [])
    checks.check("a heartbeat that is heard is no alert",
                 not [a for a in listed if a["name"] == "heartbeat_missed"], str(listed)[:200])
    stopping.set()
    thread.join()
    incident = platform.become(title, ("declared", "acknowledged"))
    checks.check("a heartbeat that stops is an incident", True, incident["title"])
    checks.check("and a page", paged(platform, incident))
    named = platform.ask("/heartbeat/nightly", token=BEAT, body=b"")
    checks.check("heard by name", named[0] == 200, named[2].decode())
    head = platform.ask(f"/h/{BEAT}", method="HEAD")
    checks.check("HEAD is heard", head[0] == 200 and not head[2], str(head[0]))
    is_over(platform, checks, "heartbeat", title)


def without_a_token(platform, checks):
    alert = [{"labels": {"alertname": "x"}}]
    nothing = platform.ask("/nothing/here", body=alert)
    same = {
        "a wrong token in the path": platform.ask(f"/in/{'f' * 32}/json", body=alert),
        "a heartbeat's in its place": platform.ask(f"/in/{BEAT}/json", body=alert),
        "no heartbeat": platform.ask(f"/h/{'f' * 32}"),
        "an inbox's in its place": platform.ask(f"/h/{TOKENS['plain']}"),
        "an empty token": platform.ask("/h/"),
        "no token": platform.ask("/in//json", body=alert),
        "no calendar": platform.ask(f"/c/{'f' * 32}.ics"),
    }
    for what, (status, _, body) in same.items():
        detail = json.loads(body).get("detail")
        # A calendar may have been revoked, and says so of any; the others are nothing at all.
        alike = what == "no calendar" or detail == json.loads(nothing[2])["detail"]
        checks.check(f"{what}: as any other path", status == nothing[0] == 404 and alike, detail)
    paths = ("/inbox/alertmanager", "/inbox/json", "/inbox/nothing", "/api/v2/alerts",
             "/api/v2/status", "/heartbeat/nightly", "/heartbeat/nothing")  # fmt: skip
    replies = set()
    for path in paths:
        for token in (None, "f" * 32, "", BEAT + "x"):
            status, headers, body = platform.ask(path, body=alert, token=token)
            replies.add((status, headers.get("WWW-Authenticate"), body))
    checks.check("without the right token, 401 alike everywhere", len(replies) == 1 and
                 next(iter(replies))[0] == 401, str(replies)[:300])
    other = platform.ask("/heartbeat/nightly", body=b"", token=TOKENS["plain"])
    checks.check("an inbox's token is no heartbeat's", other[0] == 401)
    other = platform.ask("/inbox/json", body={"title": "x"}, token=BEAT)
    checks.check("nor the other way round", other[0] == 401)


def operator_api(platform, checks):
    socket_path = platform.folder / "state/run/ops.sock"
    connection = lab.UnixConnection(socket_path)
    connection.request("GET", "/api/v1")
    listed = json.loads(connection.getresponse().read())["routes"]
    connection.close()
    served = []
    for route in listed:
        path = route["path"].replace("{", "").replace("}", "")
        for token in (None, TOKENS["plain"]):
            status, _, _ = platform.ask(path, method=route["method"], token=token,
                                        body=b"{}" if route["method"] != "GET" else None)
            if status != 404:
                served.append(f"{route['method']} {path} {status}")
    for path in ("/api/v1/events", "/metrics", "/api/v1/incidents/1"):
        if platform.ask(path)[0] != 404:
            served.append(path)
    checks.check(f"none of {len(listed)} routes of the operator is served", not served, str(served))


def hostile(platform, checks):
    token = TOKENS["plain"]
    bodies = {
        "nothing": (b"", 400),
        "no JSON": (b"<alert/>", 400),
        "deep": (b"[" * 200_000 + b"]" * 200_000, 400),
        "deep objects": (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, 400),
        "bad UTF-8": (b'{"alert":{"name":"\xff\xfe\xc0\x80"}}', 400),
        "NUL": (b'{"alert":{"name":"a\x00b"}}', 400),
        "a number": (b"7", 400),
        "half a megabyte": (b'{"alert":{"name":"' + b"a" * 530_000 + b'"}}', 413),
        "two megabytes": (b"x" * 2_000_000, 413),
    }
    for what, (body, wanted) in bodies.items():
        status, headers, reply = platform.ask("/inbox/json", body=body, token=token)
        problem = "application/problem+json" in headers.get("Content-Type", "")
        checks.check(f"hostile: {what} is {wanted}", status == wanted and problem,
                     f"{status} {reply[:120]!r}")
    many = [{"labels": {"alertname": f"a{n}"}} for n in range(1001)]
    status, _, reply = platform.ask("/api/v2/alerts", body=many, token=token)
    checks.check("hostile: 1001 alerts are 400", status == 400, reply.decode()[:120])
    status, headers, _ = platform.ask("/inbox/json", token=token)
    checks.check("GET is 405", status == 405 and headers["Allow"] == "POST", str(status))


def raw(platform, *parts, pause=0.0):
    """Bytes over TLS, in parts; what came back, and after how long it was over.

    One thread: a TLS connection must not be read and written at the same time.
    """
    began = time.monotonic()
    got = []
    plain = socket.create_connection(("localhost", platform.door), 40)
    with platform.trust.wrap_socket(plain, server_hostname="localhost") as connection:
        with contextlib.suppress(OSError):
            for part in parts:
                connection.settimeout(40)
                connection.sendall(part)
                if not pause:
                    continue
                connection.settimeout(pause)
                with contextlib.suppress(TimeoutError):
                    got.append(connection.recv(65536))
                if got:
                    break
        connection.settimeout(40)
        with contextlib.suppress(OSError):
            while part := connection.recv(65536):
                got.append(part)
    return b"".join(got), time.monotonic() - began


def slow(platform, checks):
    head = (f"POST /inbox/json HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKENS['plain']}\r\n"
            "Content-Length: 500\r\n\r\n").encode()  # fmt: skip
    text, took = raw(platform, head, *[b" "] * 100, pause=0.5)
    checks.check("a body that trickles in is ended", b" 408 " in text and took < 50,
                 f"{text[:60]!r} after {took:.0f} s")
    text, took = raw(platform, b"POST /inbox/json HTTP/1.1\r\nHost: x\r\n")
    checks.check("so is a head without end", b" 408 " in text and took < 30,
                 f"{text[:60]!r} after {took:.0f} s")
    text, _ = raw(platform, b"POST /inbox/json HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"
                  b"Content-Length: 2\r\n\r\nxx")  # fmt: skip
    checks.check("two lengths are 400", b" 400 " in text, repr(text[:60]))


def crowded(platform, checks):
    """Whoever holds every place at the public door keeps no operator out."""
    held = []
    try:
        for _ in range(300):
            held.append(socket.create_connection(("127.0.0.1", platform.door), 5))
        done = platform.call("incident", "list")
        checks.check("a crowd at the door keeps no operator out", done.returncode == 0,
                     done.stderr.strip())
    finally:
        for connection in held:
            connection.close()


def throttled(platform, checks):
    event = {"routing_key": TOKENS["pager"], "event_action": "acknowledge", "dedup_key": "none"}
    body = json.dumps(event).encode()
    head = f"POST /v2/enqueue HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n".encode()
    text, _ = raw(platform, *[head + b"\r\n" + body] * 399,
                  head + b"Connection: close\r\n\r\n" + body)  # fmt: skip
    taken, refused = text.count(b"HTTP/1.1 202 "), text.count(b"HTTP/1.1 429 ")
    checks.check("a flood is 429 with a time to come back",
                 taken >= 150 and refused >= 50 and b"Retry-After: " in text
                 and b"throttle exceeded" in text, f"{taken} taken, {refused} refused")  # fmt: skip


def secrets_kept(platform, checks):
    told = platform.call("ledger", "export").stdout
    for path in (platform.folder / "state").rglob("*"):
        if path.is_file() and path.suffix in (".log", ".json", ".txt", ""):
            told += path.read_text(errors="replace")
    told += (platform.folder / "up.log").read_text(errors="replace")
    leaked = [token for token in (*TOKENS.values(), BEAT) if token in told]
    checks.check(f"no token in {len(told)} characters of ledger and logs", not leaked, str(leaked))


def run(platform, checks):
    platform.start()
    from_prometheus(platform, checks)
    from_pagerduty(platform, checks)
    changes_from_outside(platform, checks)
    from_json(platform, checks)
    from_heartbeat(platform, checks)
    without_a_token(platform, checks)
    operator_api(platform, checks)
    hostile(platform, checks)
    slow(platform, checks)
    crowded(platform, checks)
    throttled(platform, checks)
    secrets_kept(platform, checks)
    verified = platform.call("ledger", "verify")
    checks.check("the chain holds", verified.returncode == 0, verified.stdout.strip())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="no shorter: it takes two minutes")
    parser.parse_args()
    lab.need(PROMETHEUS, ALERTMANAGER, OPENSSL, CURL, lab.STREAMGATE)
    checks = lab.Checks()
    with tempfile.TemporaryDirectory(prefix="sg-inbox-") as folder:
        platform = Platform(pathlib.Path(folder))
        try:
            run(platform, checks)
        except Exception as error:  # The rest cannot be judged.
            checks.check(type(error).__name__, False, str(error))
        finally:
            if checks.failed:
                print((platform.folder / "up.log").read_text()[-2000:])
                log = platform.folder / "state/log/ops.log"
                print(log.read_text()[-2000:] if log.exists() else "")
            platform.stop()
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
