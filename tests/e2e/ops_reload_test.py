#!/usr/bin/python3
"""The public door of operations moves and changes its certificate by a reload, while who is
connected stays; a door that cannot be opened leaves everything as it was. --quick is the same.
"""
import argparse
import pathlib
import signal
import socket
import sys
import tempfile

import lab
from ops_cli_test import Ops
from tls_test import ask, client, connect, make_certificate

CONFIG = """
listen: 127.0.0.1:{{port}}
telemetry: {{{{ listen: off }}}}
services: {{{{ shop: "127.0.0.1:{{port}}" }}}}
routes: [ {{{{ path: /, to: shop }}}} ]
people: {{{{ ana: ana@example.com, bo: bo@example.com, cy: cy@example.com }}}}
teams: {{{{ shop: [ana, bo, cy] }}}}
notify: {{{{ desk: terminal }}}}
public_url: https://door.example
ops: {{{{ listen: "127.0.0.1:{door}", certificate: {{{{ certificate: {pem}, key: {key} }}}} }}}}
"""


def refused(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def shows(certificate, port):
    """Whether newcomers are shown this certificate, and served."""
    try:
        with connect(client([certificate]), port, "door.example") as connection:
            return ask(connection, "/healthz")[0] == 200
    except OSError:
        return False


class Door:
    def __init__(self, ops, checks):
        self.ops, self.checks = ops, checks

    def reload(self, before, after):
        text = self.ops.config.read_text()
        assert before in text
        self.ops.config.write_text(text.replace(before, after))
        self.ops.process.send_signal(signal.SIGHUP)

    def log_says(self, text):
        return lab.until(lambda: text in (self.ops.folder / "ops.log").read_text(), 10)


def story(door, port, one, two):
    checks = door.checks
    checks.check("the first certificate is shown", lab.until(lambda: shows(one[0], port), 10))
    stays = connect(client([one[0]]), port, "door.example")
    checks.check("somebody is connected", ask(stays, "/healthz")[0] == 200)

    door.reload(f"certificate: {one[0]}, key: {one[1]}", f"certificate: {two[0]}, key: {two[1]}")
    checks.check("a reload shows the second", lab.until(lambda: shows(two[0], port), 10))
    checks.check("and no longer the first", not shows(one[0], port))
    checks.check("who was connected stays", ask(stays, "/healthz")[0] == 200)

    elsewhere = lab.free_port()
    door.reload(f"127.0.0.1:{port}", f"127.0.0.1:{elsewhere}")
    checks.check("a reload moves the door", lab.until(lambda: shows(two[0], elsewhere), 10))
    checks.check("nobody listens where it was", lab.until(lambda: refused(port), 10))
    checks.check("who was connected stays again", ask(stays, "/healthz")[0] == 200)
    stays.close()

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        wanted = taken.getsockname()[1]
        door.reload(f"127.0.0.1:{elsewhere}", f"127.0.0.1:{wanted}")
        checks.check("a port that is taken is refused", door.log_says("was not accepted"))
        checks.check("and the door stays where it is", shows(two[0], elsewhere))
    door.reload(f"127.0.0.1:{wanted}", f"127.0.0.1:{elsewhere}")
    checks.check("ops go on", door.ops.say("status").returncode == 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.parse_args()
    checks = lab.Checks()
    with tempfile.TemporaryDirectory(prefix="sg-ops-reload-") as name:
        folder, port = pathlib.Path(name), lab.free_port()
        one = make_certificate(folder, "one", "door.example")
        two = make_certificate(folder, "two", "door.example")
        ops = Ops(folder, CONFIG.format(door=port, pem=one[0], key=one[1]))
        try:
            ops.start()
            story(Door(ops, checks), port, one, two)
        finally:
            ops.stop()
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
