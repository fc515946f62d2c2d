#!/usr/bin/python3
"""The API against its own document: every route of api/openapi.yaml is asked, on the real process
with something to tell, and every reply must be what the document says, problems as well.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

import incident_test
import lab
import openapi
import postgres

LATER = "2031-01-01T00:00:00Z"


class Asker:
    """Asks the operator's socket, and holds each reply against the document."""

    def __init__(self, platform, checks):
        self.path = platform.folder / "state/run/ops.sock"
        self.document = openapi.Document()
        self.checks = checks

    def raw(self, method, path, body=None, headers=None):
        connection = lab.UnixConnection(self.path)
        text = body if body is None or isinstance(body, str) else json.dumps(body)
        connection.request(method, path, text, {"Streamgate-Actor": "ana", **(headers or {})})
        reply = connection.getresponse()
        found = reply.status, reply.headers["Content-Type"], reply.read().decode()
        connection.close()
        return found

    def ask(self, method, path, body=None, wanted=None, headers=None):
        reply = self.raw(method, path, body, headers)
        wanted = wanted or {"GET": 200, "POST": 200, "DELETE": 200}[method]
        complaint = self.document.complaint(method, path, reply)
        if reply[0] != wanted:
            complaint = f"{reply[0]}, not {wanted}: {reply[2][:200]}"
        self.checks.check(f"{method} {path} {wanted}", not complaint, complaint)
        return json.loads(reply[2]) if "json" in reply[1] and reply[2].strip() else {}


class Platform(incident_test.Platform):
    def __init__(self, folder, store=""):
        super().__init__(folder)
        if store:
            with self.config.open("a") as config:
                config.write(f"ops: {{ store: '{store}' }}\n")
        (self.folder / "token").write_text("t" * 32)
        with self.config.open("a") as config:
            config.write(
                'inbox: { plain: { token: "${file:token}", team: playback } }\n'
                "heartbeats: { nightly: { every: 1h, severity: sev3 } }\n"
                "public_url: https://ops.example.com\n"
                "status_page: {}\n"
                "drills: { permitted: true }\n"
                'needs: { sessions: { kind: redis, target: "redis://127.0.0.1:1", every: 1h } }\n'
            )


def incidents(api):
    new = {"title": "payments fail", "severity": 2, "service": "api"}
    one = api.ask("POST", "/api/v1/incidents", new, 201)["id"]
    path = f"/api/v1/incidents/{one}"
    for verb, body in (
        ("note", {"text": "looking"}), ("acknowledge", {}),
        ("tell", {"text": "we are looking"}), ("severity", {"severity": 1, "text": "worse"}),
        ("role", {"role": "communications", "person": "bo"}), ("mitigate", {"text": "restarted"}),
        ("relapse", {"text": "again"}), ("acknowledge", {}), ("mitigate", {}),
        ("resolve", {"text": "a cable"}), ("close", {"text": "done"}),
    ):  # fmt: skip
        api.ask("POST", f"{path}/{verb}", body)
        if verb == "resolve":
            postmortem(api, one)
        if verb == "note":
            api.ask("POST", f"{path}/escalate", {"text": "help"}, 202)
    war_room(api, path)
    two = api.ask("POST", "/api/v1/incidents", {"title": "two"}, 201)["id"]
    three = api.ask("POST", "/api/v1/incidents", {"title": "three"}, 201)["id"]
    api.ask("POST", f"/api/v1/incidents/{three}/merge", {"into": two})
    api.ask("POST", f"/api/v1/incidents/{two}/cancel", {"text": "a drill"})
    api.ask("GET", path)
    api.ask("GET", f"{path}/timeline")
    clients(api, path)
    api.ask("GET", f"{path}/changes")
    api.ask("GET", "/api/v1/incidents?limit=2")
    api.ask("GET", "/api/v1/incidents?open=true")
    api.ask("GET", f"/api/v1/pages?incident={one}")
    api.ask("GET", f"/api/v1/notifications?incident={one}")
    api.ask("GET", "/api/v1/notifications")
    page_by_page(api, "pages")
    page_by_page(api, "notifications")
    return one


def clients(api, path):
    """Whose requests failed: nobody's here; how it is asked for."""
    api.ask("GET", f"{path}/clients")
    api.ask("GET", f"{path}/clients?limit=1&after=1.address.192.0.2.1")
    api.ask("GET", f"{path}/clients?after=here", wanted=400)
    api.ask("GET", f"{path}/clients?format=xml", wanted=400)
    api.ask("GET", "/api/v1/incidents/999999/clients", wanted=404)
    for how in ({"path": "?format=csv"}, {"headers": {"Accept": "text/csv"}}):
        reply = api.raw("GET", f"{path}/clients{how.get('path', '')}", None, how.get("headers"))
        complaint = api.document.complaint("GET", f"{path}/clients", reply)
        api.checks.check("as a file", reply[0] == 200 and reply[1].startswith("text/csv")
                         and reply[2].startswith("kind,client,") and not complaint,
                         complaint)  # fmt: skip


def page_by_page(api, noun):
    """One at a time gives what one page gives, in the same order."""
    whole = [one["id"] for one in api.ask("GET", f"/api/v1/{noun}?limit=500")[noun]]
    seen, before = [], ""
    while len(seen) <= len(whole):
        page = api.ask("GET", f"/api/v1/{noun}?limit=1{before}")
        seen += [one["id"] for one in page[noun]]
        if "next" not in page:
            break
        before = "&before=" + urllib.parse.quote(str(page["next"]), safe="")
    api.checks.check(f"{noun} page by page", whole and seen == whole, f"{len(seen)}")
    if noun == "notifications":
        api.ask("GET", f"/api/v1/{noun}?before=nowhere", wanted=400)


def postmortem(api, incident):
    """Drafted when it is resolved; an edit of an older version is refused."""
    path = f"/api/v1/postmortems/{incident}"
    drafted, deadline = False, time.monotonic() + 10
    while not drafted and time.monotonic() < deadline:
        drafted = api.raw("GET", path)[0] == 200 or time.sleep(0.1)
    api.checks.check("a post-mortem is drafted", drafted)
    api.ask("POST", f"/api/v1/incidents/{incident}/postmortem", {}, 201)
    api.ask("POST", f"{path}/publish", {}, 409)
    written = {"summary": "It broke.", "factors": "A cable.", "lessons": "Two cables."}
    now = api.ask("POST", f"{path}/edit", {"version": 0, "sections": written})
    api.checks.check("three sections are three versions", now["version"] == 3, str(now["version"]))
    api.ask("POST", f"{path}/edit", {"version": 1, "sections": {"summary": "x"}}, 409)
    api.ask("POST", f"{path}/edit", {"version": 3, "sections": {"blame": "x"}}, 400)
    item = {"what": "a second cable", "owner": "bo", "due": LATER, "priority": 1}
    item = api.ask("POST", f"{path}/actions", item, 201)["id"]
    api.ask("POST", f"{path}/actions", {"what": "no owner", "owner": "", "due": LATER}, 400)
    api.ask("POST", f"/api/v1/actions/{item}/done", {}, 400)
    api.ask("POST", f"/api/v1/actions/{item}/done", {"verification": "a photo"})
    api.ask("POST", f"{path}/owner", {"owner": "bo"})
    for verb in ("publish", "return", "publish", "review", "close"):
        api.ask("POST", f"{path}/{verb}", {"text": "as it is"})
    api.ask("GET", path)
    status, kind, text = api.raw("GET", f"{path}?format=markdown")
    api.checks.check("and read as Markdown", status == 200 and kind.startswith("text/markdown")
                     and text.startswith(f"# PM-{incident}: payments fail"), text[:80])
    found = api.ask("GET", "/api/v1/postmortems?words=cables%20two")["postmortems"]
    api.checks.check("lessons are found", [p["incident"] for p in found] == [incident], str(found))
    api.ask("GET", "/api/v1/actions")
    api.ask("GET", f"/api/v1/actions?incident={incident}")
    api.ask("GET", f"/api/v1/incidents/{incident}/before")
    api.ask("GET", "/api/v1/postmortems/999999", wanted=404)


def war_room(api, path):
    """Who is there is a fact that ends; links are in the timeline."""
    before = api.ask("GET", "/api/v1/ledger/head")["seq"]
    api.ask("POST", f"{path}/presence", {"for": "10m"})
    bo = {"Streamgate-Actor": "bo"}
    there = api.ask("POST", f"{path}/presence", {"for": "1s"}, headers=bo)["present"]
    api.checks.check("both are there", [p["person"] for p in there] == ["ana", "bo"], str(there))
    time.sleep(1.1)
    there = api.ask("GET", f"{path}/presence")["present"]
    api.checks.check("presence ends by itself", [p["person"] for p in there] == ["ana"], str(there))
    there = api.ask("DELETE", f"{path}/presence")["present"]
    api.checks.check("and when somebody leaves", not there, str(there))
    records = api.ask("GET", f"/api/v1/ledger?after={before}&subject=user:bo")["records"]
    api.checks.check("it is in no ledger", not [r for r in records if "presen" in r["kind"]])
    api.ask("POST", f"{path}/presence", {"for": "13h"}, 400)
    api.ask("POST", "/api/v1/incidents/999999/presence", {}, 404)
    link = {"title": "the graph", "url": "https://grafana.example.com/d/7"}
    links = api.ask("POST", f"{path}/links", link, 201)["links"]
    api.ask("POST", f"{path}/links", {"url": "javascript:alert(1)"}, 400)
    again = api.ask("GET", f"{path}/links")["links"]
    api.checks.check("a link is kept", links == again and again[0]["by"] == "ana"
                     and again[0]["title"] == "the graph", str(again))
    told = api.ask("GET", f"{path}/timeline")["records"][-1]["sentence"]
    api.checks.check("and told", told == "ana linked the graph: https://grafana.example.com/d/7",
                     told)


def detection(api):
    made = api.ask("POST", "/api/v1/silences", {"matchers": ["service=api"], "for": "1h"}, 201)
    api.ask("GET", "/api/v1/silences")
    for path in ("status", "signals", "objectives", "objectives/export", "alerts",
                 "alerts?all=true", "kpis", "kpis?since=7d&service=api"):  # fmt: skip
        api.ask("GET", f"/api/v1/{path}")
    api.ask("GET", "/api/v1/inspections")
    api.ask("POST", "/api/v1/inspections", {"target": "gateway", "what": ["gateway.traffic"]})
    api.ask("POST", "/api/v1/inspections", {"target": "nowhere"}, 404)
    api.ask("POST", "/api/v1/inspections", {"target": "gateway", "deadline": "1h"}, 400)
    rule = 'slow: { signal: latency_p95, above: 2ms, for: 0s }\n'
    reply = api.raw("POST", "/api/v1/alerts/try", {"rules": rule, "past": "1h"})
    complaint = api.document.complaint("POST", "/api/v1/alerts/try", reply)
    api.checks.check(f"POST /api/v1/alerts/try {reply[0]}", not complaint, complaint)
    api.ask("DELETE", f"/api/v1/silences/{made['number']}")


def runbooks(api):
    listed = api.ask("GET", "/api/v1/runbooks")["runbooks"]
    wrong = [r["name"] for r in listed if r["mistakes"]]
    api.checks.check("the shipped runbooks have no mistakes", listed and not wrong, str(wrong))
    one = api.ask("GET", "/api/v1/runbooks/high-error-rate")
    api.checks.check("one has its text and its steps", one["text"] and one["actions"])
    api.ask("GET", "/api/v1/runbooks/nothing", wanted=404)


def runs(api):
    run = api.ask("POST", "/api/v1/runbooks/high-latency/runs", {"service": "api"}, 201)
    api.ask("GET", "/api/v1/runs?runbook=high-latency&limit=5")
    api.ask("GET", f"/api/v1/runs/{run['id']}")
    api.ask("GET", "/api/v1/runs/999999", wanted=404)
    reply = api.raw("POST", f"/api/v1/runs/{run['id']}/answer", {"answer": "yes"})
    complaint = api.document.complaint("POST", "/api/v1/runs/1/answer", reply)
    api.checks.check("what asks nothing takes no answer", reply[0] >= 400 and not complaint,
                     f"{reply[0]} {complaint}")


def drills(api):
    """On the table only: nothing is injected."""
    names = [one["name"] for one in api.ask("GET", "/api/v1/scenarios?generated=5")["scenarios"]]
    on_table = {"scenario": "outage", "mode": "table_top"}
    api.checks.check("there is an outage to practise", "outage" in names, str(names))
    drill = api.ask("POST", "/api/v1/drills", on_table)
    one = f"/api/v1/drills/{drill['id']}"
    word = {"expectation": drill["expect"][0]["what"], "text": "the errors go up"}
    api.ask("POST", f"{one}/answer", word)
    api.ask("POST", f"{one}/end")
    api.ask("GET", one)
    other = api.ask("POST", "/api/v1/drills", on_table)
    api.ask("POST", f"/api/v1/drills/{other['id']}/abort", {"why": "somebody needs the room"})
    api.ask("GET", "/api/v1/drills?limit=2")
    api.ask("GET", "/api/v1/drills/999999", wanted=404)


def mitigations(api):
    """By hand: tried, refused, proposed, approved by another person, taken back, stopped."""
    path = "/api/v1/mitigations"
    policy = api.ask("GET", "/api/v1/mitigation")
    names = [one["name"] for one in policy["safeguards"]]
    share = {"verb": "shed", "with": {"service": "api", "share": "1%"}, "expires": "5m"}
    tried = api.ask("POST", f"{path}/try", share)
    api.checks.check("every safeguard is asked, in order, and none refuses",
                     tried["outcome"] == "carried_out"
                     and [one["name"] for one in tried["safeguards"]] == names, str(tried))
    api.checks.check("and nothing is recorded", not api.ask("GET", path)["mitigations"])
    key = {"Idempotency-Key": "shed-once"}
    made = api.ask("POST", path, share, 201, headers=key)["id"]
    again = api.ask("POST", path, share, 201, headers=key)["id"]
    api.checks.check("the same key does it once", made == again, f"{made} {again}")
    one = f"{path}/{made}"
    applied = lab.until(lambda: json.loads(api.raw("GET", one)[2])["state"] in (
        "applied", "verified"), 15)
    api.checks.check("it is carried out", applied, api.raw("GET", one)[2])
    key = {"Idempotency-Key": "shed-twice"}
    for headers in (None, key, key):  # What is refused is told again, as what it is.
        problem = api.ask("POST", path, share, 403, headers=headers)
        api.checks.check("a second one is refused by name", problem["safeguard"] == "cooldown"
                         and problem["mitigation"] > made, str(problem))
    open_ones = api.ask("GET", f"{path}?open=true")["mitigations"]
    api.checks.check("one is in force", [m["id"] for m in open_ones] == [made], str(open_ones))
    api.ask("POST", f"{one}/undo", {"reason": "enough"})
    api.ask("POST", f"{one}/approve", {}, 409)
    undone = lab.until(lambda: json.loads(api.raw("GET", one)[2])["state"] == "undone", 15)
    api.checks.check("it is taken back", undone, api.raw("GET", one)[2])
    api.ask("POST", f"{one}/undo", {}, 409)
    two_people(api, path)
    thrown(api, path, share)
    page_by_page(api, "mitigations")
    api.ask("GET", f"{path}?incident=1")
    api.ask("GET", f"{path}/999999", wanted=404)
    api.ask("POST", f"{path}/999999/approve", {}, 404)
    api.ask("POST", path, {"verb": "pray"}, 400)
    api.ask("POST", path, {**share, "with": {"service": "nowhere", "share": "1%"}}, 400)
    api.ask("POST", f"{path}/try", {**share, "break_glass": True}, 400)


def two_people(api, path):
    """What destroys something is approved by somebody else than who wants it."""
    clear = {"verb": "clear_cache", "with": {"need": "sessions"}, "reason": "it is poisoned"}
    tried = api.ask("POST", f"{path}/try", clear)
    api.checks.check("another person would be asked", tried["outcome"] == "waits", str(tried))
    waits = api.ask("POST", path, clear, 201)
    api.checks.check("it waits", waits["state"] == "proposed" and waits["next"], str(waits))
    problem = api.ask("POST", f"{path}/{waits['id']}/approve", {}, 403)
    api.checks.check("not oneself", problem["safeguard"] == "approval", str(problem))
    bo = {"Streamgate-Actor": "bo"}
    refused = api.ask("POST", f"{path}/{waits['id']}/refuse", {"reason": "it is not"}, headers=bo)
    api.checks.check("bo says no", (refused["state"], refused["safeguard"])
                     == ("refused", "person"), str(refused))
    api.ask("POST", f"{path}/{waits['id']}/refuse", {}, 409)


def thrown(api, path, share):
    switch = "/api/v1/mitigation/switch"
    api.ask("POST", switch, {"to": "sideways"}, 400)
    api.ask("POST", switch, {"to": "off"}, 400)
    off = api.ask("POST", switch, {"to": "off", "reason": "we look"})
    api.checks.check("who, why and when", off["off"] and off["by"] == "ana"
                     and off["reason"] == "we look" and off["at"], str(off))
    api.ask("POST", switch, {"to": "off", "reason": "again"}, 409)
    problem = api.ask("POST", path, share, 403)
    api.checks.check("the switch refuses", problem["safeguard"] == "switch", str(problem))
    api.checks.check("a list says that it is off", api.ask("GET", path)["switch"]["off"])
    api.checks.check("on again", not api.ask("POST", switch, {"to": "on"})["off"])


def status_page(api):
    """What the public reads: told, drafted, dropped, fixed by hand, announced."""
    path = "/api/v1/statuspage"
    api.ask("GET", path)
    new = {"title": "checkout is slow", "severity": 3, "service": "api"}
    one = api.ask("POST", "/api/v1/incidents", new, 201)["id"]
    api.ask("POST", f"{path}/incidents/{one}/draft", {"status": "identified", "text": "a cable"})
    api.ask("DELETE", f"{path}/incidents/{one}/draft")
    told = {"status": "investigating", "title": "Slow checkout", "text": "We are looking."}
    page = api.ask("POST", f"{path}/incidents/{one}/publish", told)
    shown = [n["title"] for n in page["notices"]]
    api.checks.check("what was told is shown", "Slow checkout" in shown, str(shown))
    api.ask("POST", f"{path}/incidents/999999/publish", told, 404)
    component = page["components"][0]["name"]
    fix = {"component": component, "condition": "partial_outage", "why": "as users see it",
           "lasts": "1h"}  # fmt: skip
    api.ask("POST", f"{path}/components", fix)
    api.ask("POST", f"{path}/components", {**fix, "component": "nothing"}, 400)
    api.ask("GET", f"{path}/subscribers")
    api.ask("GET", f"{path}/subscribers/export")
    somebody = {"address": "eve@example.com", "components": [component]}
    api.ask("POST", f"{path}/subscribers", somebody, 404)  # There is no channel for it here.
    api.ask("POST", f"{path}/subscribers", {"address": "eve"}, 400)
    api.ask("POST", f"{path}/subscribers/remove", {"subscriber": "eve@example.com"}, 404)
    work = {"title": "a new cable", "from": LATER, "until": "2031-01-01T02:00:00Z"}
    page = api.ask("POST", f"{path}/maintenances", work, 201)
    number = page["maintenances"][0]["id"]
    api.ask("POST", f"{path}/maintenances/{number}", {"phase": "in_progress", "text": "we begin"})
    api.ask("POST", f"/api/v1/incidents/{one}/cancel", {"text": "done"})


def outside(api):
    api.ask("GET", "/api/v1/inboxes")
    api.ask("POST", "/api/v1/inboxes/plain/json", {"title": "the lift is stuck"}, 202)
    told = [{"labels": {"alertname": "Down"}}]
    api.ask("POST", "/api/v1/inboxes/plain/alerts", told, 202)
    api.ask("GET", "/api/v1/heartbeats")
    api.ask("POST", "/api/v1/heartbeats/nightly")
    api.ask("GET", "/api/v1/alerts")


def people(api):
    api.ask("GET", "/api/v1/oncall")
    api.ask("GET", "/api/v1/oncall/schedule")
    api.ask("GET", "/api/v1/oncall/quality")
    api.ask("GET", "/api/v1/channels")
    soon = {"from": "2030-01-07T09:00:00Z", "to": "2030-01-08T09:00:00Z"}
    made = api.ask("POST", "/api/v1/oncall/overrides",
                   {"takes": "cy", "level": "primary", **soon}, 201)  # fmt: skip
    api.ask("DELETE", f"/api/v1/oncall/overrides/{made['id']}")
    shifts = api.ask("GET", "/api/v1/oncall/schedule")["shifts"]
    mine = [s for s in shifts if s["level"] == "primary"]
    api.ask("POST", "/api/v1/oncall/swaps",
            {"level": "primary", "one": mine[1]["from"], "other": mine[2]["from"]}, 201)
    fixed = {"level": "primary", "person": "bo", **soon}
    made = api.ask("POST", "/api/v1/oncall/temporaries", {**soon, "shifts": [fixed]}, 201)
    api.ask("GET", "/api/v1/oncall/temporaries")
    api.ask("DELETE", f"/api/v1/oncall/temporaries/{made['id']}")
    api.ask("POST", "/api/v1/oncall/notes", {"level": "primary", "text": "the cache is slow"}, 201)
    soon = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(time.time() + 86400))
    calendar = "\r\n".join((
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", "BEGIN:VEVENT", "UID:1", f"DTSTART:{soon}",
        "DURATION:PT2H", "SUMMARY:away", "END:VEVENT", "END:VCALENDAR", ""))  # fmt: skip
    api.ask("POST", "/api/v1/oncall/imports",
            {"level": "backup", "takes": "bo", "calendar": calendar}, 201)
    api.ask("POST", "/api/v1/oncall/feeds", {"person": "ana"}, 201)
    feeds = api.ask("GET", "/api/v1/oncall/feeds")["feeds"]
    api.ask("DELETE", f"/api/v1/oncall/feeds/{feeds[0]['id']}")
    api.ask("POST", "/api/v1/notifications/test", {"channel": "desk", "person": "ana"}, 202)
    api.ask("GET", "/api/v1/oncall")


def ledger(api):
    api.ask("GET", "/api/v1")
    api.ask("GET", "/api/v1/ledger?limit=50")
    head = api.ask("GET", "/api/v1/ledger/head")
    notes = api.ask("GET", "/api/v1/ledger?kind=incident.noted")["records"]
    # Too young to be erased: what reacts to it still needs it.
    api.ask("POST", f"/api/v1/ledger/{notes[0]['seq']}/redact", {"reason": "a secret"}, 409)
    seen, after = [], 0
    while after is not None:
        page = api.ask("GET", f"/api/v1/ledger?limit=40&after={after}")
        seen += [record["seq"] for record in page["records"]]
        after = page.get("next")
    whole = seen == list(range(1, len(seen) + 1)) and len(seen) >= head["seq"]
    api.checks.check("page by page it is the whole ledger", whole, f"{len(seen)} {head['seq']}")


def problems(api):
    api.ask("GET", "/api/v1/incidents/999999", wanted=404)
    api.ask("POST", "/api/v1/incidents", {"severity": 2}, 400)
    api.ask("POST", "/api/v1/incidents", "{", 400)
    api.ask("POST", "/api/v1/incidents/999999/acknowledge", {}, 404)
    api.ask("DELETE", "/api/v1/silences/77", wanted=404)
    api.ask("POST", "/api/v1/heartbeats/nobody", wanted=404)
    api.ask("POST", "/api/v1/inboxes/nobody/json", {"title": "x"}, 404)
    api.ask("POST", "/api/v1/inboxes/plain/telegram", {"title": "x"}, 400)
    status, kind, body = api.raw("DELETE", "/api/v1/incidents")
    said = json.loads(body)
    api.checks.check("a wrong method is 405, in head and body", status == said["status"] == 405
                     and kind == "application/problem+json", body)


def sent_again(platform, api):
    """The same key: answered again, done once, whatever happens between."""
    new = {"title": "sent twice", "severity": 3}
    path, key = "/api/v1/incidents", {"Idempotency-Key": "one-1"}
    first = api.ask("POST", path, new, 201, headers=key)["id"]
    again = api.ask("POST", path, new, 201, headers=key)["id"]
    api.checks.check("the same key is answered again, and not done again", first == again)
    api.ask("POST", path, {**new, "title": "another"}, 422, headers=key)
    api.ask("POST", f"{path}/{first}/note", {"text": "x"}, 422, headers=key)
    api.ask("POST", path, new, 400, headers={"Idempotency-Key": "k" * 256})
    other = {**key, "Streamgate-Actor": "bo"}
    made = api.ask("POST", path, new, 201, headers=other)["id"]
    api.checks.check("keys of one person say nothing to another", made != first)
    api.ask("POST", path, {"severity": 3}, 400, headers={"Idempotency-Key": "two"})
    api.ask("POST", path, new, 201, headers={"Idempotency-Key": "two"})
    many = {"Idempotency-Key": "many"}
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: api.raw("POST", path, new, many), range(16)))
    ids = {json.loads(reply[2]).get("id") for reply in replies}
    api.checks.check("sixteen at once are one", len(ids) == 1 and None not in ids, str(ids))
    api.ask("POST", "/api/v1/oncall/feeds", {"person": "bo"}, 201,
            headers={"Idempotency-Key": "feed"})
    api.ask("POST", "/api/v1/oncall/feeds", {"person": "bo"}, 409,
            headers={"Idempotency-Key": "feed"})
    pid = int((platform.folder / "state/run/ops.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    platform.wait(lambda: platform.call("incident", "list").returncode == 0, "back", 20)
    again = api.ask("POST", path, new, 201, headers=key)["id"]
    api.checks.check("a restart forgets no key", first == again, f"{first} {again}")
    titles = [i["title"] for i in api.ask("GET", f"{path}?limit=500")["incidents"]]
    api.checks.check("four were declared, no more", titles.count(new["title"]) == 4, str(titles))


class Breaking:
    """Stands before the operator's socket: hears an answer, and breaks the connection instead of
    passing it on; after that everything is passed on."""

    def __init__(self, folder, behind):
        self.behind = str(behind)
        self.broken = self.passed = 0
        (folder / "run").mkdir(parents=True)
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(str(folder / "run/ops.sock"))
        self.socket.listen(8)
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            client, _ = self.socket.accept()
            asked = client.recv(65536)
            with socket.socket(socket.AF_UNIX) as server:
                server.connect(self.behind)
                server.sendall(asked)
                answer = server.recv(65536)
            if asked.startswith(b"POST ") and not self.broken:
                self.broken += 1
            else:
                self.passed += 1
                client.sendall(answer)
            client.close()


def broken_connection(platform, checks):
    """The command line asks once more, and it is done once."""
    front = Breaking(platform.folder / "front", platform.folder / "state/run/ops.sock")
    done = subprocess.run(
        [lab.STREAMGATE, "incident", "declare", "said once", "--severity", "4",
         "--state", platform.folder / "front"],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    count = sum(i["title"] == "said once" for i in platform.incidents())
    checks.check("a connection that breaks is tried again, and it is done once",
                 (done.returncode, front.broken, count) == (0, 1, 1),
                 f"{done.returncode} {front.broken} {front.passed} {count} {done.stderr}")


def by_command(platform, checks):
    """The war room on the command line."""
    ident = str(max(i["id"] for i in platform.incidents()))
    for words, wanted in (
        (("join", ident, "--as", "bo"), "bo"), (("who", ident), "bo"),
        (("leave", ident, "--as", "bo"), "nobody"), (("links", ident), "no links"),
        (("link", ident, "https://x.example/7", "the", "graph"), "the graph"),
        (("links", ident), "https://x.example/7"),
    ):  # fmt: skip
        done = platform.call("incident", *words)
        checks.check(f"incident {words[0]}", done.returncode == 0 and wanted in done.stdout,
                     done.stdout.strip() + done.stderr)


def everything_asked(api, but=()):
    missing = sorted(
        f"{method} {path}" for method, path, _ in api.document.operations()
        if (method, path) not in api.document.seen and path not in but
    )  # fmt: skip
    api.checks.check("every route of the document was asked", not missing, ", ".join(missing))


def run(platform, checks):
    platform.start()
    api = Asker(platform, checks)
    with incident_test.Traffic(platform.port):
        time.sleep(3)
        incidents(api)
        outside(api)
        people(api)
        detection(api)
        runbooks(api)
        runs(api)
        drills(api)
        mitigations(api)
        status_page(api)
    ledger(api)
    problems(api)
    sent_again(platform, api)
    broken_connection(platform, checks)
    by_command(platform, checks)
    everything_asked(api, but=("/api/v1/events",))


def ask_everything(checks, store=""):
    """On a platform of its own, whose records are in SQLite, or where `store` says."""
    with tempfile.TemporaryDirectory(prefix="sg-api-") as folder:
        platform = Platform(pathlib.Path(folder), store)
        try:
            run(platform, checks)
        except Exception as error:  # The rest cannot be judged.
            checks.check(type(error).__name__, False, str(error))
        finally:
            if checks.failed:
                log = platform.folder / "state/log/ops.log"
                print(log.read_text()[-2000:] if log.exists() else "")
            platform.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="no shorter: it takes a few seconds")
    parser.parse_args()
    lab.need(lab.STREAMGATE)
    checks = lab.Checks()
    ask_everything(checks)
    with postgres.Postgres() as database:
        print("--- on PostgreSQL", flush=True)
        ask_everything(checks, database.url)
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
