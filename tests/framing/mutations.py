"""Requests that may be understood differently, and valid ones that nobody may refuse. Seeded.

Every request carries the number of its case and its part in the target: /m12/first is what is sent
first, /m12/inner hides in its body, /m12/last comes behind. Who counts `inner` was led astray.
"""
import pathlib
import random
import sys

INNER = b"GET /m%d/inner HTTP/1.1\r\nHost: a\r\n\r\n"
LAST = b"GET /m%d/last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "wire"))
from script import unescape  # noqa: E402


def read_words():
    """Section → list of bytes."""
    sections, current = {}, None
    for line in (pathlib.Path(__file__).parent / "words.txt").read_text().splitlines():
        if line.startswith("[") and "]" in line:
            current = sections.setdefault(line[1 : line.index("]")], [])
        elif line and not line.startswith("#"):
            current.append(b"" if line == "(nothing)" else unescape(line))
    return sections


WORDS = read_words()


def spell(pattern, number):
    """A pattern with as many places as it has for the number."""
    count = sum(pattern.count(mark) for mark in (b"%d", b"%x", b"%X", b"%o"))
    return pattern % ((number,) * count) if count else pattern.replace(b"%%", b"%")


class Builder:
    """A request in parts, each of which a mutation may replace."""

    def __init__(self, case):
        self.case = case
        self.line = b"POST /m%d/first HTTP/1.1" % case
        self.host = b"Host: a"
        self.fields = []
        self.end = b"\r\n"  # Of every head line.
        self.body = b""
        self.inner = INNER % case

    def length(self, value=None):
        value = value if value is not None else b"%d" % len(self.inner)
        self.fields.append(b"Content-Length: " + value)
        self.body = self.inner
        return self

    def chunked(
        self, field=b"Transfer-Encoding: chunked", size=None, behind=b"\r\n", tail=b"0\r\n\r\n"
    ):
        self.fields.append(field)
        size = size if size is not None else b"%x" % len(self.inner)
        self.body = size + b"\r\n" + self.inner + behind + tail
        return self

    def head(self):
        return self.end.join([self.line, self.host, *self.fields, b"", b""])

    def bytes(self):
        return self.head() + self.body + LAST % self.case


def systematic():
    """(name, function of a case number)"""

    def of(name):
        def put(function):
            recipes.append((name, function))

        return put

    recipes = []
    for value in WORDS["codings"]:
        of("coding")(lambda c, v=value: Builder(c).chunked(b"Transfer-Encoding: " + v))
        of("coding, length before")(lambda c, v=value: both(c, v, True))
        of("coding, length behind")(lambda c, v=value: both(c, v, False))
    for value in WORDS["codings"][:6]:
        for other in (b"chunked", b"identity", b"x"):
            of("two codings")(
                lambda c, v=value, o=other: Builder(c).chunked(
                    b"Transfer-Encoding: " + v + b"\r\nTransfer-Encoding: " + o
                )
            )
    for pattern in WORDS["lengths"]:
        of("length")(lambda c, p=pattern: Builder(c).length(spell(p, len(INNER % c))))
        of("length beside another")(lambda c, p=pattern: two_lengths(c, p, True))
        of("length behind another")(lambda c, p=pattern: two_lengths(c, p, False))
    for blank in WORDS["blanks"]:
        for name in (b"Transfer-Encoding: chunked", b"Content-Length: %d"):
            for place in range(5):
                of("blank")(lambda c, b=blank, n=name, p=place: blank_at(c, b, n, p))
    for pattern in WORDS["sizes"]:
        of("chunk size")(lambda c, p=pattern: Builder(c).chunked(size=spell(p, len(INNER % c))))
        of("last chunk")(lambda c, p=pattern: Builder(c).chunked(tail=spell(p, 0) + b"\r\n\r\n"))
    for ending in WORDS["line ends"] + [b"", b"xx", b"\r\nx"]:
        of("chunk end")(lambda c, e=ending: Builder(c).chunked(behind=e))
        of("last chunk end")(lambda c, e=ending: Builder(c).chunked(tail=b"0" + e + b"\r\n"))
        of("body end")(lambda c, e=ending: Builder(c).chunked(tail=b"0\r\n" + e))
    for name in WORDS["names"]:
        of("name")(lambda c, n=name: named(c, n))
        of("name beside length")(lambda c, n=name: named(c, n).length())
    for line in WORDS["request lines"]:
        of("request line, length")(lambda c, n=line: with_line(c, n).length())
        of("request line, chunks")(lambda c, n=line: with_line(c, n).chunked())
    for host in WORDS["hosts"]:
        of("host")(lambda c, h=host: with_host(c, h).length())
    for field in WORDS["expects"] + WORDS["connections"]:
        of("expect, connection")(lambda c, f=field: with_field(c, f).length())
        of("expect, connection, chunks")(lambda c, f=field: with_field(c, f).chunked())
        of("expect, connection, no body")(lambda c, f=field: with_field(c, f))
    for ending in WORDS["line ends"]:
        of("line ends")(lambda c, e=ending: with_ends(c, e).length())
        of("line ends")(lambda c, e=ending: with_ends(c, e).chunked())
    for trailer in WORDS["trailers"]:
        of("trailer")(lambda c, t=trailer: Builder(c).chunked(tail=b"0\r\n" + t + b"\r\n\r\n"))
    return recipes


def both(case, coding, length_first):
    builder = Builder(case).chunked(b"Transfer-Encoding: " + coding)
    length = b"Content-Length: %d" % (len(builder.body) if length_first else 4)
    builder.fields.insert(0 if length_first else 1, length)
    return builder


def two_lengths(case, pattern, first):
    builder = Builder(case).length()
    odd = b"Content-Length: " + spell(pattern, 0)
    builder.fields.insert(0 if first else 1, odd)
    return builder


def blank_at(case, blank, field, place):
    builder = Builder(case)
    field = spell(field, len(builder.inner))
    name, _, value = field.partition(b": ")
    parts = [b"", name, b"", b":", b" ", value, b""]
    inside = name[:8] + blank + name[8:]
    parts[(0, 2, 4, 6, 1)[place]] = inside if place == 4 else blank
    odd = b"".join(parts)
    if name.startswith(b"T"):
        return builder.chunked(odd)
    builder.length()
    builder.fields = [odd]
    return builder


def named(case, name):
    value = b": chunked" if b"ncod" in name.lower() else b": 4"
    return Builder(case).chunked(name + value)


def with_line(case, line):
    builder = Builder(case)
    builder.line = spell(line, case)
    return builder


def with_host(case, host):
    builder = Builder(case)
    builder.host = host or b"X: y"
    return builder


def with_field(case, field):
    builder = Builder(case)
    builder.fields.append(field)
    return builder


def with_ends(case, ending):
    builder = Builder(case)
    builder.end = ending
    return builder


def random_damage(builder, dice):
    """One to three bytes or words put in, taken out or replaced; the request behind stays."""
    data = bytearray(builder.head() + builder.body)
    for _ in range(dice.randint(1, 3)):
        at = dice.randrange(len(data))
        deed = dice.random()
        if deed < 0.5:
            data[at:at] = dice.choice(WORDS["splices"])
        elif deed < 0.8:
            del data[at : at + dice.randint(1, 3)]
        else:
            data[at] = dice.choice(b"\r\n \t:;,\0_-x0\x85\xff")
    return bytes(data) + LAST % builder.case


def generate(count, seed):
    """At least `count` of (case, kind, bytes): all systematic ones, then random damage to them."""
    dice = random.Random(seed)
    recipes = systematic()
    cases = [(i, kind, make(i).bytes()) for i, (kind, make) in enumerate(recipes)]
    while len(cases) < max(count, len(recipes) + 200):
        case = len(cases)
        _, make = dice.choice(recipes)
        cases.append((case, "random damage", random_damage(make(case), dice)))
    return cases


def valid(first):
    """(case, kind, bytes): nobody may refuse these; each is one request, and `last` behind it."""
    patterns = []
    for pattern in WORDS["valid"]:
        methods = (b"POST", b"PUT", b"PATCH") if b"METHOD" in pattern else (b"",)
        patterns += [pattern.replace(b"METHOD", method) for method in methods]
    return [
        (case, "valid", pattern.replace(b"/m%d/", b"/m%d/" % case) + LAST % case)
        for case, pattern in enumerate(patterns, first)
    ]
