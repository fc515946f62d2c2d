#!/usr/bin/python3
"""The metrics as operators meet them: promtool has no complaint, a real Prometheus scrapes them,
and its answers to PromQL are the numbers of requests that were really made.

Prometheus is Debian's, on loopback, with a data folder of its own. `streamgate explain` is asked
about one of the requests, too.
"""
import argparse
import asyncio
import collections
import json
import re
import subprocess
import sys
import time
import urllib.parse
import urllib.request

import lab

PROMETHEUS, PROMTOOL = "/usr/bin/prometheus", "/usr/bin/promtool"
GOOD, BAD, LOST = 120, 7, 5  # Requests: answered, answered 500, refused by a dead endpoint.

FAMILIES = (
    "http_server_request_duration_seconds",
    "http_server_active_requests",
    "http_server_request_body_size_bytes",
    "http_server_response_body_size_bytes",
    "http_client_request_duration_seconds",
    "streamgate_requests_ended_total",
    "streamgate_requests_within_objective_total",
    "streamgate_upstream_attempts_total",
    "streamgate_upstream_connections",
    "streamgate_upstream_ejections_total",
    "streamgate_connections",
    "streamgate_event_loop_lag_seconds",
    "streamgate_log_lines_total",
    "streamgate_build_info",
    "process_cpu_seconds_total",
)


async def origin(port):
    """Answers /bad… with 500 and everything else with 200."""

    async def serve(reader, writer):
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                body = int((re.search(rb"(?i)content-length: *(\d+)", head) or [0, 0])[1])
                await reader.readexactly(body)
                bad = head.split()[1].startswith(b"/bad")
                status = b"500 Internal Server Error" if bad else b"200 OK"
                answer = b"HTTP/1.1 " + status + b"\r\nContent-Length: 1000\r\n\r\n"
                writer.write(answer + b"x" * 1000)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    return await asyncio.start_server(serve, "127.0.0.1", port)


def config(server, origin_port, dead_port, metrics):
    return f"""
state: {server.folder}/state
workers: 2
listen: 127.0.0.1:{server.port}
services:
  app:
    endpoints: 127.0.0.1:{origin_port}
    outlier: {{ enabled: false }}
    latency_objective: 2s
  dead: {{ endpoints: 127.0.0.1:{dead_port}, outlier: {{ enabled: false }} }}
routes:
  - {{ name: lost, path: /lost/, to: dead }}
  - {{ name: everything, path: /, to: app }}
telemetry: {{ listen: "127.0.0.1:{metrics}" }}
"""


async def drive(port):
    """The traffic, over several connections; the request id of one that was lost."""

    async def ask(count, target, method="GET", body=b""):
        statuses, last = collections.Counter(), None
        client = None
        for number in range(count):
            if client is None or not client.open:
                client = await lab.Client.connect(port)
            last = await asyncio.wait_for(
                client.request(f"{target}{number}", method=method, body=body), 10
            )
            statuses[last.status] += 1
        if client.open:
            client.close()
        return statuses, last

    halves = await asyncio.gather(
        ask(GOOD // 2, "/good/"), ask(GOOD // 2, "/good/", "POST", b"y" * 10)
    )
    bad, _ = await ask(BAD, "/bad/")
    lost, last = await ask(LOST, "/lost/?token=hunter2&n=")
    return sum((statuses for statuses, _ in halves), collections.Counter()), bad, lost, last


def fetch(port, path="/metrics"):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as reply:
        return reply.headers, reply.read().decode()


class Prometheus:
    def __init__(self, folder, target):
        self.port = lab.free_port()
        (folder / "prometheus.yml").write_text(
            "global: { scrape_interval: 200ms, scrape_timeout: 200ms }\n"
            "scrape_configs:\n  - job_name: streamgate\n"
            f"    static_configs: [{{ targets: ['127.0.0.1:{target}'] }}]\n"
        )
        with open(folder / "prometheus.log", "wb") as output:
            self.process = lab.spawn(
                [
                    PROMETHEUS,
                    f"--config.file={folder}/prometheus.yml",
                    f"--storage.tsdb.path={folder}/data",
                    f"--web.listen-address=127.0.0.1:{self.port}",
                ],
                self.port,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def query(self, text):
        """The one number that the answer holds; None while there is none."""
        words = urllib.parse.urlencode({"query": text})
        try:
            answer = json.loads(fetch(self.port, f"/api/v1/query?{words}")[1])
        except OSError:  # 503 while it starts.
            return None
        result = answer["data"]["result"]
        return float(result[0]["value"][1]) if len(result) == 1 else None

    def settles(self, text, wanted, patience=15):
        deadline = time.monotonic() + patience
        while True:
            value = self.query(text)
            if value == wanted or time.monotonic() > deadline:
                return value
            time.sleep(0.1)


def check_format(checks, metrics):
    headers, text = fetch(metrics)
    kind = headers["Content-Type"]
    checks.check("content type", kind == "text/plain; version=0.0.4; charset=utf-8", kind)
    tool = subprocess.run(
        [PROMTOOL, "check", "metrics"], input=text, text=True, capture_output=True, timeout=30
    )
    said = (tool.stdout + tool.stderr).strip()
    checks.check("promtool check metrics", tool.returncode == 0 and not said, said)
    missing = [name for name in FAMILIES if f"# TYPE {name} " not in text]
    checks.check("every family is there", not missing, ", ".join(missing))
    cells = [line for line in text.splitlines() if "hunter2" in line or "/good/" in line]
    checks.check("nothing that a client sent is a label", not cells, "; ".join(cells[:2]))


def check_queries(checks, prometheus):
    everything = 'http_route="everything"'
    server = "http_server_request_duration_seconds"
    questions = {
        f'sum({server}_count{{{everything},http_response_status_code="200"}})': GOOD,
        f'sum({server}_count{{{everything},http_request_method="POST"}})': GOOD // 2,
        f'sum({server}_count{{{everything},http_response_status_code="500"}})': BAD,
        f'sum({server}_bucket{{{everything},le="+Inf"}})': GOOD + BAD,
        f'sum({server}_count{{error_type="connection_refused"}})': LOST,
        f"sum(http_server_response_body_size_bytes_sum{{{everything}}})": (GOOD + BAD) * 1000,
        f"sum(http_server_request_body_size_bytes_sum{{{everything}}})": GOOD // 2 * 10,
        'sum(streamgate_requests_ended_total{service="app",ending="ok",blame="none"})': GOOD,
        'sum(streamgate_requests_ended_total{ending="upstream_status",blame="upstream"})': BAD,
        'sum(streamgate_requests_ended_total{ending="upstream_refused",service="dead"})': LOST,
        "sum(streamgate_requests_within_objective_total"
        '{service="app",objective_ms="2000"})': GOOD,
        'sum(streamgate_upstream_attempts_total{service="app",ending="ok"})': GOOD,
        "sum(http_server_active_requests)": 0,
        "count(streamgate_connections)": 2,
        "streamgate_build_info": 1,
        'streamgate_log_lines_total{outcome="written"}': GOOD + BAD + LOST,
        'sum(streamgate_log_lines_total{outcome=~"dropped|lost"})': 0,
        'up{job="streamgate"}': 1,
    }
    for question, wanted in questions.items():
        value = prometheus.settles(question, wanted)
        checks.check(question, value == wanted, f"{value}, wanted {wanted}")
    # Connecting to the dead endpoint is tried at least once per request, and not without end.
    tried = prometheus.query('sum(streamgate_upstream_attempts_total{service="dead"})')
    retried = prometheus.query('sum(streamgate_retries_total{service="dead"})')
    checks.check("attempts are requests and retries", tried == LOST + (retried or 0), f"{tried}")


def check_explain(checks, server, answer):
    request_id = answer.field("x-request-id")
    command = [lab.STREAMGATE, "explain", request_id[:16], "--config", str(server.config)]
    told = subprocess.run(command, text=True, capture_output=True, timeout=20)
    story = told.stdout
    wanted = (request_id, "upstream_refused", "the service's", "service dead", "token=redacted")
    missing = [word for word in wanted if word not in story]
    checks.check("explain tells the story", told.returncode == 0 and not missing,
                 f"{missing} {story} {told.stderr}" if missing else "")
    told = subprocess.run([*command, "--json"], text=True, capture_output=True, timeout=20)
    try:
        ending = json.loads(told.stdout)["ending"]["name"]
    except (ValueError, KeyError, TypeError):
        ending = told.stdout + told.stderr
    checks.check("explain --json", ending == "upstream_refused", "" if ending else "nothing")
    command[2] = "f" * 32
    told = subprocess.run(command, text=True, capture_output=True, timeout=20)
    checks.check("explain says where it looked for one that is not there",
                 told.returncode == 1 and "access.log" in told.stderr, told.stderr[:200])


async def run(checks, folder):
    origin_port, dead_port, metrics = lab.free_port(), lab.free_port(), lab.free_port()
    listening = await origin(origin_port)
    server = lab.Streamgate(folder)
    server.write(config(server, origin_port, dead_port, metrics))
    prometheus = None
    try:
        server.start()
        good, bad, lost, last = await drive(server.port)
        checks.check("answered", good == {200: GOOD}, str(dict(good)))
        checks.check("answered 500", bad == {500: BAD}, str(dict(bad)))
        checks.check("refused", lost == {502: LOST}, str(dict(lost)))
        loop = asyncio.get_running_loop()
        prometheus = await loop.run_in_executor(None, Prometheus, folder, metrics)
        await loop.run_in_executor(None, check_format, checks, metrics)
        await loop.run_in_executor(None, check_queries, checks, prometheus)
        await loop.run_in_executor(None, check_explain, checks, server, last)
    finally:
        if prometheus:
            lab.stop(prometheus.process)
        server.stop()
        listening.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="no shorter: it takes a few seconds")
    parser.parse_args()
    lab.need(PROMETHEUS, PROMTOOL, lab.STREAMGATE)
    checks = lab.Checks()
    try:
        with lab.folder() as folder:
            asyncio.run(run(checks, folder))
    except Exception as error:  # One more that failed, and the count is still printed.
        checks.check("the test itself", False, f"{type(error).__name__}: {error}")
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
