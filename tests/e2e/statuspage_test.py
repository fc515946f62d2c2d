#!/usr/bin/python3
"""The status page: a SEV-1 is on it within a minute of its declaration, and it can still be read
when operations, their database and every service are gone. What is drafted goes out by hand or by
itself, maintenance begins and ends by its clock, and what cannot be written is an incident.
--quick is the same.
"""
import argparse
import asyncio
import contextlib
import datetime
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree

import lab

CONFIG = """
listen: 127.0.0.1:{port}
telemetry: {{ listen: off }}
services: {{ shop: "127.0.0.1:{service}", video: "127.0.0.1:{service}" }}
routes: [ {{ path: /shop/, to: shop }}, {{ path: /video/, to: video }} ]
people: {{ ana: ana@example.com }}
teams: {{ all: [ana] }}
notify: {{ desk: terminal }}
status_page:
  title: Example
  url: https://status.example.com/
  components: {{ Shop: shop, Playback: video }}
  approve_within: 1m
  copies: {{ mirror: "{folder}/mirror" }}
"""
ATOM = "{http://www.w3.org/2005/Atom}"
WITHIN = 60  # Seconds, from a declaration to the page.


class Platform:
    """Operations, a gateway and a service, each a process of its own, in one folder."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.config = self.folder / "streamgate.yaml"
        self.state = self.folder / "state"
        self.port, self.service = lab.free_port(), lab.free_port()
        self.config.write_text(
            CONFIG.format(port=self.port, service=self.service, folder=self.folder)
        )
        self.environment = dict(os.environ, TZ="UTC", STREAMGATE_USER="ana")
        self.environment.pop("STREAMGATE_STATE", None)
        self.processes = {}

    def words(self, *words):
        return [lab.STREAMGATE, *words, "--config", self.config, "--state", self.state]

    def start(self):
        web = ["/usr/bin/python3", "-m", "http.server", "--bind", "127.0.0.1", str(self.service)]
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
        self.processes["service"] = lab.spawn(
            web, self.service, stderr=subprocess.DEVNULL, cwd=self.folder, **quiet
        )
        with open(self.folder / "output.log", "ab") as output:
            options = {**quiet, "stderr": output, "env": self.environment}
            self.processes["gateway"] = lab.spawn(self.words("gateway"), self.port, **options)
            self.processes["ops"] = subprocess.Popen(
                self.words("ops"), start_new_session=True, **options
            )
        self.wait(lambda: self.say("incident", "list").returncode == 0, "operations", 30)

    def say(self, *words):
        return subprocess.run(
            self.words(*words), stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=30, env=self.environment,
        )

    def json(self, *words):
        done = self.say(*words, "--json")
        if done.returncode != 0:
            raise RuntimeError(f"{words}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout)

    def get(self, path, fields=()):
        async def ask():
            client = await lab.Client.connect(self.port)
            answer = await asyncio.wait_for(client.request(path, fields=fields), 5)
            client.close()
            return answer

        with contextlib.suppress(OSError, lab.Cut, asyncio.TimeoutError):
            return asyncio.run(ask())
        return lab.Response(0, [], b"")

    def summary(self):
        answer = self.get("/status/api/v2/summary.json")
        return json.loads(answer.body) if answer.status == 200 else {}

    def wait(self, until, what, seconds=WITHIN):
        """How long it took."""
        began = time.monotonic()
        while time.monotonic() < began + seconds:
            if until():
                return time.monotonic() - began
            time.sleep(0.1)
        raise RuntimeError(f"{what}: not within {seconds} s\n{self.output()}")

    def output(self):
        return (self.folder / "output.log").read_text()[-3000:]

    def kill(self, name):
        process = self.processes.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)

    def stop(self):
        for process in self.processes.values():
            lab.stop(process)


def entries(platform):
    feed = xml.etree.ElementTree.fromstring(platform.get("/status/history.atom").body)
    found = feed.iter(ATOM + "entry")
    return {one.findtext(ATOM + "id"): one.findtext(ATOM + "updated") for one in found}


def updates(platform, title):
    for incident in platform.summary().get("incidents", []):
        if title in incident["name"]:
            return [one["status"] for one in incident["incident_updates"]]
    return []


def healthy(platform, checks):
    platform.wait(lambda: platform.get("/status/").status == 200, "the page")
    answer = platform.get("/status/")
    checks.check("the page says that all is well", b"All systems operational" in answer.body)
    again = platform.get("/status/", [f"If-None-Match: {answer.field('etag')}"])
    checks.check("who has it already need not fetch it", again.status == 304)
    checks.check("empty lists are the healthy state", platform.summary()["incidents"] == [])
    names = [one["name"] for one in platform.summary()["components"]]
    checks.check("the components are those of the file", names == ["Playback", "Shop"], names)


def declared(platform, checks):
    incident = platform.json(
        "incident", "declare", "secret db-7 is down", "--severity", "1", "--service", "video"
    )["id"]
    took = platform.wait(lambda: updates(platform, "Playback"), "the SEV-1 on the page")
    checks.check("a SEV-1 is on the page within a minute", took <= WITHIN, f"{took:.1f} s")
    summary = platform.summary()
    shown = {one["name"]: one["status"] for one in summary["components"]}
    checks.check("its component is out", shown == {"Playback": "major_outage",
                                                  "Shop": "operational"}, shown)
    checks.check("and so is the page", summary["status"]["indicator"] == "critical")
    body = platform.get("/status/").body
    checks.check("what is internal is not public", b"db-7" not in body)
    checks.check("publishing is telling", "told_at" in platform.json("incident", "show",
                                                                     str(incident)))
    mirror = platform.folder / "mirror" / "index.html"
    platform.wait(lambda: mirror.exists() and b"Major outage" in mirror.read_bytes(), "the copy")
    checks.check("the copy outside says the same", True)
    checks.check("the feed has it", len(entries(platform)) == 1, entries(platform))
    return incident


def by_people(platform, checks, incident):
    ids = set(entries(platform))
    said = platform.say("statuspage", "publish", str(incident), "A disk <b>was</b> full.",
                        "--status", "identified")
    checks.check("a person says more", said.returncode == 0, said.stderr)
    platform.wait(lambda: updates(platform, "Playback")[:1] == ["identified"], "the update")
    text = b"A disk &lt;b&gt;was&lt;/b&gt; full."
    # One file after the other is replaced; the page comes after what programs read.
    platform.wait(lambda: b"full." in platform.get("/status/").body, "the page")
    checks.check("what they write is text", text in platform.get("/status/").body)
    checks.check("the feed keeps its identities", set(entries(platform)) == ids)
    platform.say("incident", "mitigate", str(incident), "another disk")
    drafted = platform.json("statuspage", "show")["notices"][0].get("draft", {})
    checks.check("how it goes on is drafted", drafted.get("stage") == "monitoring", drafted)
    platform.say("statuspage", "publish", str(incident))
    platform.wait(lambda: updates(platform, "Playback")[:1] == ["monitoring"], "the draft")
    checks.check("a draft goes out by hand", True)


def by_itself(platform, checks, incident):
    began = time.monotonic()
    platform.say("incident", "resolve", str(incident), "a larger disk")
    platform.wait(lambda: platform.summary().get("incidents") == [], "the last word", 120)
    took = time.monotonic() - began
    checks.check("a draft goes out by itself when its time is over", 55 <= took <= 90,
                 f"{took:.0f} s")
    platform.wait(lambda: platform.summary()["status"]["indicator"] == "none", "green again")
    checks.check("and all is well again", b"Recent incidents" in platform.get("/status/").body)


def maintained(platform, checks):
    now = datetime.datetime.now(datetime.timezone.utc)
    at = [(now + datetime.timedelta(seconds=s)).strftime("%Y-%m-%dT%H:%M:%SZ") for s in (3, 10)]
    said = platform.say("statuspage", "maintenance", "add", "New disks", "--from", at[0],
                        "--until", at[1], "--component", "Shop")
    checks.check("maintenance is announced", said.returncode == 0, said.stderr)

    def shop():
        return {one["name"]: one["status"] for one in platform.summary()["components"]}["Shop"]

    platform.wait(lambda: shop() == "under_maintenance", "the beginning")
    checks.check("it begins by its clock", True)
    platform.wait(lambda: shop() == "operational", "the end")
    works = json.loads(platform.get("/status/api/v2/scheduled-maintenances.json").body)
    checks.check("and ends by it",
                 works["scheduled_maintenances"][0]["status"] == "completed")


def broken(platform, checks):
    mirror = platform.folder / "mirror"
    mirror.rename(platform.folder / "away")
    mirror.write_text("no folder")
    platform.say("statuspage", "component", "Shop", "degraded_performance", "--for", "1h")

    def incidents():
        return [one["title"] for one in platform.json("incident", "list")["incidents"]
                if "mirror" in one["title"]]

    platform.wait(incidents, "the incident of our own")
    checks.check("a copy that cannot be written is an incident", True, incidents()[0])
    checks.check("which is not public", b"mirror" not in platform.get("/status/").body)
    doubts = platform.json("statuspage", "show").get("doubts", [])
    checks.check("and is said where one looks", any("mirror" in one for one in doubts), doubts)
    mirror.unlink()
    platform.say("statuspage", "component", "Shop", "auto")
    platform.wait(lambda: not platform.json("statuspage", "show").get("broken"), "mended")
    checks.check("and is over when it can be", True)


def alone(platform, checks):
    """Everything but the gateway is killed in the middle of a SEV-1; the database is taken away."""
    platform.json("incident", "declare", "no video", "--severity", "1", "--service", "video")
    platform.wait(lambda: updates(platform, "Playback"), "the second SEV-1")
    platform.kill("ops")
    platform.kill("service")
    (platform.state / "ops").rename(platform.folder / "gone")
    for path in ("", "history.html", "history.atom", "api/v2/summary.json", "api/v2/status.json"):
        answer = platform.get(f"/status/{path}")
        checks.check(f"/status/{path} is there when nothing else is",
                     answer.status == 200 and len(answer.body) > 100, answer.status)
    checks.check("and says what was said last", updates(platform, "Playback") == ["investigating"])
    checks.check("as does the feed", len(entries(platform)) == 3, entries(platform))
    checks.check("no half file lies about",
                 not list((platform.state / "status").rglob(".*")))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.parse_args()
    checks = lab.Checks()
    with tempfile.TemporaryDirectory(prefix="sg-page-") as folder:
        platform = Platform(folder)
        try:
            platform.start()
            healthy(platform, checks)
            incident = declared(platform, checks)
            by_people(platform, checks, incident)
            by_itself(platform, checks, incident)
            maintained(platform, checks)
            broken(platform, checks)
            alone(platform, checks)
        except Exception as error:
            checks.check("it ran to its end", False, f"{type(error).__name__}: {error}\n"
                         f"{platform.output()}")
        finally:
            platform.stop()
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
