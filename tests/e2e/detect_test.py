#!/usr/bin/python3
"""What operations see beyond their own signals, and what they do when they cannot write any more.

A real Prometheus as the source of a rule; objectives as OpenSLO and as rules that the real promtool
accepts; a new rule tried on the stored past; a store that can no longer be written (a limit on the
size of files: no file system has to be filled), which is paged past the ledger and told in it
afterwards. --quick is the same.
"""
import argparse
import contextlib
import http.server
import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import threading

import lab
from ops_cli_test import Ops

PROMETHEUS, PROMTOOL = "/usr/bin/prometheus", "/usr/bin/promtool"

CONFIG = """
listen: 127.0.0.1:{{port}}
telemetry: {{{{ listen: off }}}}
services: {{{{ shop: "127.0.0.1:{{port}}" }}}}
routes: [ {{{{ path: /, to: shop }}}} ]
people: {{{{ ana: ana@example.com, bo: bo@example.com, cy: cy@example.com }}}}
teams: {{{{ shop: [ana, bo, cy] }}}}
notify: {{{{ hook: {{{{ kind: webhook, url: "http://127.0.0.1:{hook}/" }}}} }}}}
ops: {{{{ prometheus: "http://127.0.0.1:{prometheus}" }}}}
objectives: {{{{ shop: {{{{ latency: 99% under 300ms over 28d }}}} }}}}
alerts:
  queue: {{{{ promql: queue_depth, when: value > 10, keep_firing_for: 1s, severity: sev3 }}}}
"""


class World(http.server.ThreadingHTTPServer):
    """What surrounds operations: a metric for Prometheus to scrape, and a webhook."""

    daemon_threads = True

    def __init__(self):
        self.depth, self.told = 3, []
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self):
        return self.server_address[1]

    def said(self, word):
        return [text for text in list(self.told) if word in text]


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, text):
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write(text.encode())

    def do_GET(self):
        kind = "# TYPE queue_depth gauge\n"
        self.answer(f'{kind}queue_depth{{queue="mail"}} {self.server.depth}\n')

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        self.server.told.append(self.rfile.read(length).decode())
        self.answer("ok")

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def prometheus(folder, port, target):
    (folder / "prometheus.yml").write_text(
        "global: { scrape_interval: 200ms, scrape_timeout: 200ms }\n"
        "scrape_configs:\n  - job_name: queue\n"
        f"    static_configs: [{{ targets: ['127.0.0.1:{target}'] }}]\n"
    )
    with open(folder / "prometheus.log", "wb") as output:
        process = lab.spawn(
            [PROMETHEUS, f"--config.file={folder}/prometheus.yml",
             f"--storage.tsdb.path={folder}/tsdb", f"--web.listen-address=127.0.0.1:{port}"],
            port, stdout=output, stderr=output,
        )
    try:
        yield
    finally:
        lab.stop(process)


def outside_source(ops, world, checks):
    def fires():
        found = [a for a in ops.ask("alert", "list").get("alerts", []) if a["name"] == "queue"]
        return found[0] if found else None

    checks.check("a value below its threshold is no alert", not lab.until(fires, 3))
    world.depth = 42
    checks.check("a value that Prometheus knows is an alert", lab.until(fires, 40))
    alert = fires() or {}
    checks.check("with its label", alert.get("labels", {}).get("queue") == "mail", alert)
    checks.check("with value and threshold", (alert.get("value_text"), alert.get("threshold_text"))
                 == ("42", "10"), alert)
    listed = ops.say("alert", "list").stdout
    checks.check("and a sentence", "queue 42 (over 10) over 1m" in listed, listed)
    world.depth = 3
    checks.check("it ends with the value", lab.until(lambda: not fires(), 40))


def exchange(ops, checks):
    rules = ops.folder / "rules.yaml"
    done = ops.say("slo", "export", "--format", "prometheus")
    rules.write_text(done.stdout)
    judged = subprocess.run([PROMTOOL, "check", "rules", rules], capture_output=True, text=True)
    checks.check("promtool accepts the exported rules", judged.returncode == 0 and
                 "SUCCESS" in judged.stdout, judged.stdout + judged.stderr + done.stderr)
    file = ops.folder / "slo.yaml"
    file.write_text(ops.say("slo", "export").stdout)
    back = ops.say("slo", "import", str(file))
    checks.check("what is exported can be imported", back.returncode == 0 and
                 '"99% under 300ms over 28d"' in back.stdout, back.stdout + back.stderr)
    file.write_text(file.read_text().replace("service: shop", "service: store"))
    back = ops.say("slo", "import", str(file))
    checks.check("a service that we do not have is told", "`store` is not in" in back.stderr,
                 back.stderr)
    file.write_text("apiVersion: openslo/v1\nkind: Nonsense\nmetadata: { name: a }\n")
    back = ops.say("slo", "import", str(file))
    checks.check("a mistake is refused with its line", back.returncode == 2 and
                 "line 1: `Nonsense` is not a kind" in back.stderr, back.stderr)
    said = json.loads(ops.say("slo", "export", "--json").stdout)
    checks.check("--json", "kind: SLO" in said.get("text", ""), said)


def rehearsal(ops, checks):
    rule = ops.folder / "rule.yaml"
    rule.write_text("busy: { when: memory > 0.01%, over: 5s, for: 1s, page: true }\n")
    done = ops.say("alert", "try", str(rule), "--past", "1h")
    checks.check("a rule would have fired", "would have fired" in done.stdout and
                 " page" in done.stdout and "still fires" in done.stdout, done.stdout + done.stderr)
    checks.check("over what is stored, and it says so", "stored only since" in done.stdout and
                 "looked at every" in done.stdout, done.stdout)
    done = ops.say("alert", "try", "--expr", "memory > 99.9%")
    checks.check("another would not", "would not have fired" in done.stdout, done.stdout)
    done = ops.say("alert", "try", "--expr", "memroy > 90%")
    checks.check("a mistake is shown where it stands", done.returncode == 2 and
                 "did you mean `memory`?" in done.stderr, done.stderr)
    checks.check("alert try without a rule", ops.say("alert", "try").returncode == 2)
    tried = ops.ask("alert", "try", str(rule)).get("rules", [{}])[0]
    checks.check("--json has all", tried.get("pages", 0) >= 1, tried)


def full_disk(ops, world, checks):
    """The store's files may not grow beyond 4 KiB: each commit fails as on a full disk."""
    process = ops.process.pid
    soft, hard = resource.prlimit(process, resource.RLIMIT_FSIZE)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (4096, hard))
    checks.check("people are paged past the ledger", lab.until(
        lambda: world.said("operations cannot record anything"), 60), world.told[-1:])
    said = "".join(world.said("operations cannot record anything")[:1])
    checks.check("with what it means", "nobody is paged" in said, said)
    status = ops.say("status").stdout
    checks.check("status says it, not that all is well", "ALL WELL" not in status, status)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (soft, hard))
    checks.check("its end is told", lab.until(lambda: world.said("operations record again"), 30))

    def recorded():
        alerts = ops.ask("alert", "list", "-a").get("alerts", [])
        return [a for a in alerts if a["name"] == "data_at_risk"]

    checks.check("the risk is an alert once it can be recorded", lab.until(recorded, 40))
    title = (recorded() or [{}])[0].get("title", "")
    checks.check("that says why", "would not survive" in title and len(title) > 70, title)
    checks.check("nothing in the ledger is damaged",
                 ops.say("ledger", "verify", "--deep").returncode == 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.parse_args()
    lab.need(PROMETHEUS, PROMTOOL)
    checks, world = lab.Checks(), World()
    with tempfile.TemporaryDirectory(prefix="sg-detect-") as name:
        folder, port = pathlib.Path(name), lab.free_port()
        config = CONFIG.format(hook=world.port, prometheus=port)
        with prometheus(folder, port, world.port):
            ops = Ops(folder, config)
            try:
                ops.start()
                outside_source(ops, world, checks)
                exchange(ops, checks)
                rehearsal(ops, checks)
                full_disk(ops, world, checks)
            finally:
                ops.stop()
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
