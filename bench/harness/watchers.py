"""Who notices a fault: Prometheus with Alertmanager, as packaged and tuned; a sink for pages."""
import http.server
import json
import pathlib
import threading
import time

from . import machine

# A scrape and an evaluation as Debian's own prometheus.yml has them; groups as Alertmanager's
# defaults. The tuned one is as hard as it goes without a page for a single failed request.
VARIANTS = {
    "defaults": {
        "every": "15s",
        "rate": "1m",
        "for": "1m",
        "route": "group_by: [http_route]",
    },
    "tuned": {
        "every": "1s",
        "rate": "10s",
        "for": "0s",
        "route": "group_by: [http_route], group_wait: 0s, group_interval: 1s",
    },
}
FAILED = 'http_server_request_duration_seconds_count{http_response_status_code=~"5.."}'
ALL = "http_server_request_duration_seconds_count"


def rule(variant):
    rate = variant["rate"]
    failed = f"sum by (http_route) (increase({FAILED}[{rate}]))"
    served = f"sum by (http_route) (increase({ALL}[{rate}]))"
    return json.dumps(
        {
            "groups": [
                {
                    "name": "errors",
                    "rules": [
                        {
                            "alert": "ErrorsHigh",
                            "expr": f"{failed} / {served} > 0.05 and {failed} >= 5",
                            "for": variant["for"],
                        }
                    ],
                }
            ]
        }
    )


class Sink:
    """Keeps what is posted to it, with the time: (path, body, when)."""

    def __init__(self, taken):
        sink = self
        self.taken = taken

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self):
                when = time.time()
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()
                sink.taken(self.path, json.loads(body or b"{}"), when)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Prometheus:
    """One Prometheus with one Alertmanager; firing and resolved go to the sink as /<name>."""

    def __init__(self, name, folder, metrics, sink):
        variant = VARIANTS[name]
        self.name, self.folder = name, pathlib.Path(folder) / name
        self.folder.mkdir()
        ours, theirs = machine.free_ports(2)
        (self.folder / "rules.yml").write_text(rule(variant))
        (self.folder / "prometheus.yml").write_text(
            f"global: {{ scrape_interval: {variant['every']}, scrape_timeout: 1s,"
            f" evaluation_interval: {variant['every']} }}\n"
            "rule_files: [ rules.yml ]\n"
            f"alerting: {{ alertmanagers: [ {{ static_configs: [ {{ targets:"
            f" ['127.0.0.1:{theirs}'] }} ] }} ] }}\n"
            "scrape_configs: [ { job_name: streamgate, static_configs:"
            f" [ {{ targets: ['127.0.0.1:{metrics}'] }} ] }} ]\n"
        )
        (self.folder / "alertmanager.yml").write_text(
            f"route: {{ receiver: sink, {variant['route']} }}\n"
            "receivers: [ { name: sink, webhook_configs:"
            f" [ {{ url: 'http://127.0.0.1:{sink.port}/{name}' }} ] }} ]\n"
        )
        self.log = open(self.folder / "log", "ab")
        self.processes = [
            self.start(
                "prometheus",
                f"--config.file={self.folder}/prometheus.yml",
                f"--storage.tsdb.path={self.folder}/data",
                f"--web.listen-address=127.0.0.1:{ours}",
            ),
            self.start(
                "prometheus-alertmanager",
                f"--config.file={self.folder}/alertmanager.yml",
                f"--storage.path={self.folder}/alerts",
                f"--web.listen-address=127.0.0.1:{theirs}",
                "--cluster.listen-address=",
            ),
        ]

    def start(self, *command):
        return machine.start(list(command), stdout=self.log, stderr=self.log)

    def stop(self):
        for process in self.processes:
            machine.stop(process)
        self.log.close()
