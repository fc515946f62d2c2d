#!/usr/bin/python3
"""The status page outside: people subscribe by mail and confirm, a SEV-1 reaches each of them and a
signed webhook once, one POST ends it and forgets the address; folders over SFTP (OpenSSH) and an
object store that verifies each signature hold the bytes of the folder here, and what they refuse is
an incident. --quick is the same.
"""
import argparse
import email
import email.policy
import getpass
import hashlib
import hmac
import http.server
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

import aiosmtpd.controller
import lab
import statuspage_test

MORE = """
  targets:
    far: {{ sftp: "sftp://{user}@127.0.0.1:{ssh}{folder}/far/", key: key, known_hosts: known }}
    store: {{ s3: "http://127.0.0.1:{s3}/bucket/page/", region: eu-test, access_key: AKTEST,
             secret_key: "${{file:s3.secret}}" }}
  subscribe_by: post
  webhooks:
    partner: {{ url: "http://127.0.0.1:{hook}/status?secret-part", secret: "${{file:hook.secret}}",
               components: [Playback] }}
    other: {{ url: "http://127.0.0.1:{hook}/other", components: [Shop] }}
ops: {{ listen: "127.0.0.1:{door}" }}
public_url: http://127.0.0.1:{door}
"""
S3_SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
HOOK_SECRET = "hook-secret-0123456789"
ADDRESS = "eve.reader@example.org"


class Mailbox:
    """A mail server that keeps what it is given."""

    def __init__(self):
        self.port = lab.free_port()
        self.mails = []
        self.controller = aiosmtpd.controller.Controller(self, "127.0.0.1", self.port)
        self.controller.start()

    async def handle_DATA(self, _server, _session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails.append((envelope.rcpt_tos, mail))
        return "250 taken"

    def of(self, address):
        return [mail for to, mail in list(self.mails) if address in to]


class Web:
    """A web server of a few lines; `answer(method, path, headers, body)` returns a status."""

    def __init__(self, answer):
        self.port = lab.free_port()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def take(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.send_response(answer(self.command, self.path, self.headers, body))
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_POST = do_PUT = do_GET = take

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Store:
    """An object store: PUT, each with a signature that holds. Source: AWS, Signature Version 4."""

    def __init__(self):
        self.objects, self.refusals, self.closed = {}, [], threading.Event()
        self.web = Web(self.answer)

    def answer(self, method, path, headers, body):
        if self.closed.is_set():
            return 503
        why = self.complaint(method, path, headers, body)
        if why:
            self.refusals.append(f"{method} {path}: {why}")
            return 403
        self.objects[path] = body
        return 200

    @staticmethod
    def complaint(method, path, headers, body):
        found = re.fullmatch(
            r"AWS4-HMAC-SHA256 Credential=AKTEST/(\d{8})/eu-test/s3/aws4_request, ?"
            r"SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})",
            headers.get("Authorization") or "",
        )
        if method != "PUT" or not found:
            return f"no authorization: {headers.get('Authorization')}"
        day, names, signature = found.groups()
        digest = hashlib.sha256(body).hexdigest()
        if headers.get("x-amz-content-sha256") != digest:
            return "the digest is of something else"
        names = names.split(";")
        if not {"host", "x-amz-date", "x-amz-content-sha256"} <= set(names):
            return f"not enough is signed: {names}"
        at = headers["x-amz-date"]
        now = time.strftime("%Y%m%d", time.gmtime())
        if not at.startswith(day) or abs(int(now) - int(day)) > 1:
            return f"of another day: {at}"
        lines = "".join(f"{n}:{' '.join(headers[n].split())}\n" for n in names)
        path = urllib.parse.quote(urllib.parse.unquote(path), safe="/-_.~")
        request = f"{method}\n{path}\n\n{lines}\n{';'.join(names)}\n{digest}"
        scope = f"{day}/eu-test/s3/aws4_request"
        text = f"AWS4-HMAC-SHA256\n{at}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
        key = ("AWS4" + S3_SECRET).encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        wanted = hmac.new(key, text.encode(), "sha256").hexdigest()
        return "" if hmac.compare_digest(wanted, signature) else "the signature does not hold"


class Ssh:
    """OpenSSH's server for one user and one key, on loopback."""

    def __init__(self, folder):
        self.folder, self.port, self.process = folder, lab.free_port(), None
        for name in ("key", "host_key", "stranger"):
            subprocess.run(["/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f",
                            folder / name], check=True)
        public = (folder / "host_key.pub").read_text().split()
        (folder / "known").write_text(f"[127.0.0.1]:{self.port} {public[0]} {public[1]}\n")
        (folder / "sshd.conf").write_text(
            f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {folder}/host_key\n"
            f"AuthorizedKeysFile {folder}/key.pub\nPidFile none\nUsePAM no\nStrictModes no\n"
            "PasswordAuthentication no\nPermitRootLogin prohibit-password\n"
            "Subsystem sftp /usr/lib/openssh/sftp-server\n"
        )
        (folder / "far").mkdir()

    def start(self):
        if getpass.getuser() == "root":
            pathlib.Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        self.process = lab.spawn(
            ["/usr/sbin/sshd", "-D", "-e", "-f", self.folder / "sshd.conf"], self.port,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=open(self.folder / "sshd.log", "ab"),
        )

    def stop(self):
        if self.process:
            lab.stop(self.process)


class Platform(statuspage_test.Platform):
    def __init__(self, folder, mailbox, store, hook):
        super().__init__(folder)
        self.ssh, self.door = Ssh(self.folder), lab.free_port()
        (self.folder / "s3.secret").write_text(S3_SECRET)
        (self.folder / "hook.secret").write_text(HOOK_SECRET)
        text = self.config.read_text().replace(
            "notify: { desk: terminal }",
            "notify: { desk: terminal, post: { smtp: \"smtp://127.0.0.1:%d\", "
            "from: status@example.com, test_at: off } }" % mailbox.port,
        )
        self.config.write_text(text + MORE.format(
            user=getpass.getuser(), ssh=self.ssh.port, folder=self.folder, s3=store.web.port,
            hook=hook.port, door=self.door))

    def start(self):
        self.ssh.start()
        super().start()

    def stop(self):
        super().stop()
        self.ssh.stop()

    def ask(self, path, form=None):
        """GET, or with a form POST, at the public door: status and page."""
        body = None if form is None else urllib.parse.urlencode(form).encode()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.door}{path}", body, 20) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def subscribers(self):
        return self.json("statuspage", "subscribers", "export").get("subscribers", [])


def link_in(mail, way, door):
    text = mail.get_content()
    found = re.search(rf"http://127\.0\.0\.1:{door}(/subscribe/{way}/\S+)", text)
    return found.group(1) if found else ""


def subscribed(platform, checks, mailbox):
    platform.wait(lambda: platform.get("/status/").status == 200, "the page")
    page = platform.get("/status/").body.decode()
    action = f'action="http://127.0.0.1:{platform.door}/subscribe"'
    checks.check("the page has a form that needs no script", action in page)
    wish = [("address", ADDRESS), ("component", "Playback")]
    first = platform.ask("/subscribe", wish)
    checks.check("who asks is told to look into their mail", first[0] == 202, first[0])
    platform.wait(lambda: mailbox.of(ADDRESS), "the question")
    mail = mailbox.of(ADDRESS)[0]
    confirm = link_in(mail, "confirm", platform.door)
    checks.check("the mail has a link", bool(confirm), mail["Subject"])
    checks.check("and no address is in it", "eve" not in confirm and "@" not in confirm, confirm)
    platform.ask(confirm)
    known = platform.subscribers()
    checks.check("opening the link confirms nothing", not known[0].get("confirmed"), known)
    done = platform.ask(confirm[:-1] + ("A" if confirm[-1] != "A" else "Q"), [])
    checks.check("a forged one is refused", done[0] == 403, done[0])
    done = platform.ask(confirm, [])
    known = platform.subscribers()
    checks.check("its button does", done[0] == 200 and known[0].get("confirmed"), known)
    again = platform.ask("/subscribe", wish)
    checks.check("whether an address is known is told to nobody", again == first, again[0])
    wrong = platform.ask("/subscribe", [("address", "eve@nowhere\r\nBcc: x@example.org")])
    checks.check("what is no address is refused", wrong[0] == 400, wrong[0])
    shown = platform.json("statuspage", "subscribers")["subscribers"][0]["address"]
    checks.check("a list masks addresses", shown == "e…@example.org", shown)


def limited(platform, checks, mailbox):
    for _ in range(8):
        platform.ask("/subscribe", [("address", "flood@example.org")])
    time.sleep(3)
    count = len(mailbox.of("flood@example.org"))
    checks.check("a mailbox is not flooded", 1 <= count <= 3, count)


def updates_of(mailbox):
    return [mail for mail in mailbox.of(ADDRESS) if mail["Subject"].startswith("[Example]")]


def told(platform, checks, mailbox, hooked):
    incident = platform.json(
        "incident", "declare", "secret db-7", "--severity", "1", "--service", "video")["id"]
    platform.wait(lambda: updates_of(mailbox), "the mail")
    platform.wait(lambda: hooked, "the webhook")
    mail = updates_of(mailbox)[0]
    checks.check("a subscriber is told", "Playback" in mail["Subject"], mail["Subject"])
    checks.check("nothing internal is in it", "db-7" not in mail.as_string())
    checks.check("one POST ends it (RFC 8058)",
                 mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
                 and link_in(mail, "unsubscribe", platform.door) in mail["List-Unsubscribe"])
    checks.check("who did not confirm is told nothing", not [
        one for one in mailbox.of("flood@example.org") if one["Subject"].startswith("[")])
    path, headers, body = hooked[0]
    wanted = "v1=" + hmac.new(HOOK_SECRET.encode(), body, "sha256").hexdigest()
    checks.check("the webhook is signed", headers["X-StreamGate-Signature"] == wanted)
    said = json.loads(body)
    checks.check("in the form of Statuspage's", said["incident"]["status"] == "investigating"
                 and said["page"]["status_indicator"] == "critical", said["page"])
    platform.say("statuspage", "publish", str(incident), "A disk was full.", "--status",
                 "identified")
    platform.wait(lambda: len(updates_of(mailbox)) == 2 and len(hooked) == 2, "the second update")
    time.sleep(3)
    keys = [mail["Message-ID"] for mail in updates_of(mailbox)]
    checks.check("each update is told once", len(keys) == len(set(keys)) == 2, keys)
    checks.check("to webhooks as well", [one[0] for one in hooked] == [path] * 2,
                 [one[0] for one in hooked])
    return incident


def unsubscribed(platform, checks, mailbox, incident):
    link = link_in(updates_of(mailbox)[0], "unsubscribe", platform.door)
    platform.ask(link)
    known = [one["address"] for one in platform.subscribers()]
    checks.check("opening the link ends nothing", ADDRESS in known, known)
    done = platform.ask(link, [("List-Unsubscribe", "One-Click")])
    known = [one["address"] for one in platform.subscribers()]
    checks.check("one POST does", done[0] == 200 and ADDRESS not in known, (done[0], known))
    checks.check("twice is once", platform.ask(link, [])[0] == 200)
    platform.say("statuspage", "publish", str(incident), "Nearly there.")
    time.sleep(4)
    checks.check("and nothing more comes", len(updates_of(mailbox)) == 2)
    platform.say("statuspage", "subscribers", "remove", "flood@example.org")
    checks.check("an operator forgets somebody", not platform.subscribers())
    texts = [platform.output(), platform.say("ledger", "export").stdout]
    texts += [path.read_text() for path in (platform.state / "status").rglob("*") if
              path.is_file()]
    checks.check("the ledger was looked at", "subscriber.removed" in texts[1])
    checks.check("no address is in logs, ledger and page", not any(ADDRESS in t for t in texts))


def files_of(folder):
    return {str(path.relative_to(folder)): path.read_bytes()
            for path in folder.rglob("*") if path.is_file()}


def outside(platform, checks, store):
    def here():
        return files_of(platform.state / "status")

    def stored():
        return {path.removeprefix("/bucket/page/"): body for path, body in store.objects.items()}

    def near(one, other):  # Written a moment later, the time on a page is another.
        def plain(files):
            return {name: re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*Z|\d\d:\d\d UTC", b"", body)
                    for name, body in files.items()}
        return plain(one) == plain(other)

    platform.wait(lambda: near(here(), files_of(platform.folder / "far")), "SFTP", 90)
    checks.check("the folder over SFTP holds the same", True, len(here()))
    platform.wait(lambda: near(here(), stored()), "the store", 90)
    checks.check("the object store holds the same", not store.refusals, store.refusals[:2])


def refused(platform, checks, store):
    known = platform.folder / "known"
    right = known.read_text()
    stranger = (platform.folder / "stranger.pub").read_text().split()
    known.write_text(f"[127.0.0.1]:{platform.ssh.port} {stranger[0]} {stranger[1]}\n")
    store.closed.set()
    platform.say("statuspage", "component", "Shop", "degraded_performance", "--for", "1h")

    def broken():
        return sorted(one["name"] for one in platform.json("statuspage", "show").get("broken", []))

    platform.wait(lambda: broken() == ["far", "store"], "the incidents", 120)
    details = [one["detail"] for one in platform.json("statuspage", "show")["broken"]]
    checks.check("a host that shows another key, and a store that refuses, are incidents", True,
                 details)
    checks.check("without secrets", S3_SECRET not in str(details))
    known.write_text(right)
    store.closed.clear()
    platform.say("statuspage", "component", "Shop", "auto")
    platform.wait(lambda: not broken(), "mended", 120)
    checks.check("and are over when they are taken again", True)
    outside(platform, checks, store)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.parse_args()
    checks = lab.Checks()
    hooked = []

    def hear(_method, path, headers, body):
        hooked.append((path, headers, body))
        return 200

    mailbox, store, hook = Mailbox(), Store(), Web(hear)
    with tempfile.TemporaryDirectory(prefix="sg-page-") as folder:
        platform = Platform(folder, mailbox, store, hook)
        try:
            platform.start()
            subscribed(platform, checks, mailbox)
            limited(platform, checks, mailbox)
            incident = told(platform, checks, mailbox, hooked)
            unsubscribed(platform, checks, mailbox, incident)
            outside(platform, checks, store)
            refused(platform, checks, store)
        except Exception as error:
            checks.check("it ran to its end", False, f"{type(error).__name__}: {error}\n"
                         f"{platform.output()}")
        finally:
            platform.stop()
            mailbox.controller.stop()
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
