"""Plays one case of a conversation and says where it goes wrong."""
import json
import re
import time

import actors
import message
from script import Mistake, unescape


class Wrong(Exception):
    """Expected and got, in words."""


def matches(wanted, got):
    """`/…/` is a regular expression for the whole text."""
    if len(wanted) > 1 and wanted[0] == wanted[-1] == "/":
        return re.fullmatch(wanted[1:-1], got or "", re.S) is not None and got is not None
    return unescape(wanted) == (got or "").encode("latin-1") and got is not None


def check(holds, expected, got):
    if not holds:
        raise Wrong(f"expected {expected}, got {got}")


class AccessLog:
    def __init__(self, path):
        self.path = path
        self.at = 0

    def next(self):
        deadline = time.monotonic() + actors.PATIENCE
        while time.monotonic() < deadline:
            if self.path.exists():
                with open(self.path, "rb") as file:
                    file.seek(self.at)
                    line = file.readline()
                if line.endswith(b"\n"):
                    self.at += len(line)
                    return json.loads(line)
            time.sleep(0.005)
        raise Wrong("the access log has no further line")

    def skip(self):
        """Past what earlier cases left."""
        if self.path.exists():
            self.at = self.path.stat().st_size


class Play:
    def __init__(self, connect, upstream, log):
        self.connect, self.upstream, self.log = connect, upstream, log
        self.clients = {}
        self.heads = {}  # Of each actor: the head received last,
        self.bodies = {}  # and its body, once read.

    def run(self, steps):
        for step in steps:
            try:
                self.perform(step)
            except (Wrong, actors.Silence, message.Broken) as error:
                raise Wrong(f"{step}\n        {error}") from error
            except (IndexError, KeyError, ValueError, AttributeError) as error:
                raise Mistake(f"{step}: {error!r}") from error
        self.check_nothing_left()

    def check_nothing_left(self):
        """A byte that nobody expected is a byte smuggled."""
        for name, stream in self.clients.items():
            if stream.ended != "by us":
                check(stream.is_quiet(), f"nothing more to {name}", repr(stream.unread[:300]))
        stray = self.upstream.with_bytes(0.01)
        check(stray is None, "nothing more at the upstream", stray and repr(stray.unread[:300]))

    def end(self):
        for stream in self.clients.values():
            if stream.ended != "by us":
                stream.close()

    def stream_of(self, who):
        if who.startswith("upstream"):
            return self.upstream.current
        if who not in self.clients:
            self.clients[who] = actors.Stream(self.connect())
        return self.clients[who]

    def perform(self, step):
        if step.who.startswith("log"):
            return self.expect_log(step.text)
        if step.verb == "<":
            word, _, rest = step.text.partition(" ")
            return getattr(self, "expect_" + word)(step.who, rest)
        stream = self.stream_of(step.who)
        {
            ">": lambda: stream.send(unescape(step.text)),
            "drips": lambda: stream.drip(unescape(step.text)),
            "closes": stream.close,
            "shuts": stream.shut,
            "resets": stream.reset,
        }[step.verb]()

    # --- what may stand after `client<` and `upstream<`

    def expect_status(self, who, text):
        """`status 200`, `status 200 to HEAD`: a whole response. Several statuses: `400|501`."""
        status, _, method = text.partition(" to ")
        head = self.expect_head(who, status)
        self.bodies[who] = message.read_body(self.stream_of(who), head.body_kind(method))

    def expect_head(self, who, status):
        head = message.Response(self.stream_of(who).until(b"\r\n\r\n"))
        self.heads[who] = head
        check(str(head.status) in status.split("|"), f"status {status}", repr(head.raw[:600]))
        return head

    def expect_request(self, who, text):
        """`request GET /path`: its head. The body is read by `body`."""
        head = message.Request(self.upstream.take_request_stream().until(b"\r\n\r\n"))
        self.heads[who] = head
        self.bodies.pop(who, None)
        check(matches(text, f"{head.method} {head.target}"), text, repr(head.raw[:600]))

    def expect_connection(self, who, _):
        self.upstream.accept()

    def expect_new(self, who, _):  # new connection
        check(
            self.upstream.current is not self.upstream.previous, "a new connection", "the same one"
        )

    def expect_same(self, who, _):  # same connection
        check(self.upstream.current is self.upstream.previous, "the same connection", "a new one")

    def expect_field(self, who, text):
        name, _, wanted = text.partition(":")
        got = self.heads[who].value(name)
        check(matches(wanted.strip(), got), text, f"{got!r} in {self.heads[who].raw!r}")

    def expect_no(self, who, text):
        """`no field NAME`, `no body`"""
        what, _, name = text.partition(" ")
        if what == "body":
            return self.expect_body(who, "")
        check(self.heads[who].value(name) is None, "no " + text, repr(self.heads[who].raw))

    def read_body(self, who):
        if who not in self.bodies:
            self.bodies[who] = message.read_body(self.stream_of(who), self.heads[who].body_kind())
        return self.bodies[who]

    def expect_body(self, who, text):
        body = self.read_body(who)[0].decode("latin-1")
        check(matches(text, body), f"body {text}", repr(body[:600]))

    def expect_trailers(self, who, text):
        trailers = self.read_body(who)[1].decode("latin-1")
        check(matches(text, trailers), f"trailers {text}", repr(trailers))

    def expect_bytes(self, who, text):
        wanted = unescape(text)
        got = self.stream_of(who).exactly(len(wanted))
        check(got == wanted, repr(wanted), repr(got))

    def expect_skip(self, who, count):
        self.stream_of(who).exactly(int(count))

    def expect_line(self, who, text):
        line = self.stream_of(who).until(b"\n").decode("latin-1")
        check(matches(text, line), text, repr(line))

    def expect_closed(self, who, _):
        """The end of the stream, without a byte before it; a reset would lose what was sent."""
        stream = self.stream_of(who)
        rest = stream.to_end()
        check(not rest and stream.ended == "closed", "the end", f"{stream.ended}, {rest[:300]!r}")

    def expect_cut(self, who, _):
        """The end of the stream in the middle of a message, whatever came before."""
        self.stream_of(who).to_end()

    def expect_nothing(self, who, _):
        if who.startswith("upstream"):
            stray = self.upstream.with_bytes(actors.QUIET)
            check(stray is None, "no request", stray and repr(stray.unread[:300]))
        else:
            stream = self.stream_of(who)
            check(
                stream.is_quiet() and not stream.ended,
                "nothing",
                repr((stream.ended, stream.unread)),
            )

    def expect_broken(self, who, _):
        """An answer that nobody takes for a whole and good one: a 502, or one cut short."""
        stream = self.stream_of(who)
        head = message.Response(stream.until(b"\r\n\r\n"))
        if head.status != 502:
            self.heads[who] = head
            self.expect_cut_short(who)
        else:
            message.read_body(stream, head.body_kind(""))

    def expect_cut_short(self, who):
        stream = self.stream_of(who)
        stream.to_end_keeping()
        kind, got = self.heads[who].body_kind(""), message.Bytes(stream.unread)
        stream.unread = b""
        try:
            check(kind != "close" or stream.ended == "reset", "a reset", stream.ended)
            if kind != "close":
                message.read_body(got, kind)
                raise Wrong("the response looks whole")
        except EOFError:
            pass

    def expect_incomplete(self, who, _):
        """Client: the response is cut short. Upstream: no whole request came, and is given up."""
        if who.startswith("client"):
            return self.expect_cut_short(who)
        self.upstream.with_bytes(actors.QUIET)
        for stream in self.upstream.streams:
            if stream.ended == "by us" or not (stream.unread or stream is self.upstream.current):
                continue
            stream.to_end_keeping()
            got, stream.unread = stream.unread, b""
            check(stream.ended in ("closed", "reset"), "a connection given up", stream.ended)
            check(not message.is_whole_request(got), "no whole request", repr(got[:600]))

    def expect_log(self, text):
        """`log< ending=ok status=200`: fields of the next line of the access log."""
        record = self.log.next()
        for pair in text.split():
            key, _, wanted = pair.partition("=")
            got = record.get(key)
            check(str(got) in wanted.split("|"), pair, json.dumps(record))
