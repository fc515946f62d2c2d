"""Requests that two parties might understand differently, and valid ones that nobody may refuse. Seeded.

Every request carries the number of its case and its part in the target: /m12/first is what is sent first,
/m12/inner hides in its body, /m12/last comes behind. A party that counts `inner` has been led astray.
"""
import random

INNER = b"GET /m%d/inner HTTP/1.1\r\nHost: a\r\n\r\n"
LAST = b"GET /m%d/last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

BLANKS = [b" ", b"\t", b"\x0b", b"\x0c", b"\0", b"\x85", b"\xa0", b"\r", b"\n", b"\r\n ", b"\r\n\t", b"\x1f", b"\x7f"]
LINE_ENDS = [b"\n", b"\r", b"\r\r\n", b"\n\r", b"\r\n\r\n ", b"\0\r\n", b"\x0b\r\n"]
CODINGS = [
    b"chunked", b"Chunked", b"CHUNKED", b"xchunked", b"chunkedx", b"chunked, identity", b"identity, chunked",
    b"gzip, chunked", b"chunked, chunked", b",chunked", b"chunked,", b"chunked;q=1", b'"chunked"', b"'chunked'",
    b"identity", b"", b"cow", b"chunk", b"chun ked", b"chunked\\", b"c\x00hunked", b"\xef\xbb\xbfchunked",
    b"chunked, x", b"x, chunked", b"chunked chunked", b"%63hunked",
]
LENGTHS = [
    b"+%d", b"-%d", b"0x%x", b"%d_0", b"%d 0", b"%d, 0", b"0, %d", b"%d, %d", b"%d,", b",%d", b"%d;x", b"%d.0", b"%de0", b'"%d"',
    b"", b" ", b"%d\xa0", b"\xa0%d", b"%d\x00", b"18446744073709551616", b"9223372036854775808", b"4294967296",
    b"000%d", b"0%o", b"%d\t", b"\t%d", b"1%d", b"%d%%", b"\xd9\xa5", b"NaN", b"%d\x0b",
]
SIZES = [
    b"0x%x", b"%x_", b"+%x", b"-%x", b" %x", b"%x ", b"%x\t", b"\t%x", b"%x\x0b", b"000000000000000000%x", b"1000000000000000%x",
    b"ffffffffffffffff%x", b"", b"%x;", b"%x;a=b", b"%x;a=\"\r\n\"", b"%x;\n", b"%x;a\rb", b"%x;a\0b", b"%xg", b"%x,", b"%x\xa0", b"%x.0", b"%X",
]
NAMES = [
    b"Transfer_Encoding", b"Transfer Encoding", b"Transfer-Encodin\xc4", b"transfer-encoding", b"Transfer--Encoding",
    b"Transfer-Encoding:", b":Transfer-Encoding", b"X\r\nTransfer-Encoding", b"Content_Length", b"Content-Length:",
    b"Content Length", b"\x00Transfer-Encoding", b"Transfer\xadEncoding", b"(Transfer-Encoding", b"HTTP_TRANSFER_ENCODING",
]
REQUEST_LINES = [
    b"POST  /m%d/first HTTP/1.1", b"POST /m%d/first  HTTP/1.1", b" POST /m%d/first HTTP/1.1", b"POST\t/m%d/first\tHTTP/1.1",
    b"POST /m%d/first HTTP/1.1 ", b"POST /m%d/first HTTP/1.10", b"POST /m%d/first HTTP/01.1", b"POST /m%d/first http/1.1",
    b"POST /m%d/first HTTP/1.0", b"POST /m%d/first HTTP/2.0", b"POST /m%d/first HTTP/0.9", b"POST /m%d/first", b"POST /m%d/first HTTP/1.2",
    b"POST /m%d/first#x HTTP/1.1", b"POST /m%d/fi rst HTTP/1.1", b"POST /m%d/first\x00 HTTP/1.1", b"POST /m%d/first\\..\\x HTTP/1.1",
    b"POST /m%d/first%%0d%%0a HTTP/1.1", b"POST http://b/m%d/first HTTP/1.1", b"POST http://a@b/m%d/first HTTP/1.1",
    b"POST //m%d/first HTTP/1.1", b"POST /./m%d/x/../first HTTP/1.1", b"POST /m%d/..%%2fm1/first HTTP/1.1", b"post /m%d/first HTTP/1.1",
    b"P\x00ST /m%d/first HTTP/1.1", b"POST /m%d/first HTTP/1.1 HTTP/1.1", b"POST /m%d/first HTTPS/1.1", b"POST /m%d/first\xa0HTTP/1.1",
    b"GET /m%d/first HTTP/1.1", b"HEAD /m%d/first HTTP/1.1", b"OPTIONS /m%d/first HTTP/1.1", b"DELETE /m%d/first HTTP/1.1",
]
HOSTS = [
    b"", b"Host: a\r\nHost: b", b"Host: a\r\nHost: a", b"Host:", b"Host: a/b", b"Host: u@a", b"Host: a, b", b"Host: a b", b"Host : a",
    b" Host: a", b"Host: a:80:80", b"Host: [::1", b"Host: a\x00", b"Host\x00: a", b"Host: %61", b"Host: a\r\n b", b"X: y\r\n Host: a\r\nHost: b",
]
EXPECTS = [
    b"Expect: 100-continue", b"Expect: 100-Continue, x", b"Expect: y", b"Expect : 100-continue", b"Expect: 100-continue\r\nExpect: z",
    b" Expect: 100-continue", b"Expect:\t100-continue", b"Expect:", b"Expect: 100-continue\x0b",
]
CONNECTIONS = [
    b"Connection: Content-Length", b"Connection: Transfer-Encoding", b"Connection: close, Host", b"Connection: keep-alive\x00",
    b"Connection: upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA", b"Connection: upgrade\r\nUpgrade: websocket",
    b"Connection: upgrade\r\nUpgrade: websocket\r\nUpgrade: h2c", b"Trailer: Content-Length", b"TE: chunked", b"Proxy-Connection: close",
]


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
        self.end = b"\r\n"       # Of every head line.
        self.body = b""
        self.inner = INNER % case

    def length(self, value=None):
        self.fields.append(b"Content-Length: " + (value if value is not None else b"%d" % len(self.inner)))
        self.body = self.inner
        return self

    def chunked(self, field=b"Transfer-Encoding: chunked", size=None, behind=b"\r\n", tail=b"0\r\n\r\n"):
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
    for value in CODINGS:
        of("coding")(lambda c, v=value: Builder(c).chunked(b"Transfer-Encoding: " + v))
        of("coding, length before")(lambda c, v=value: both(c, v, True))
        of("coding, length behind")(lambda c, v=value: both(c, v, False))
    for value in CODINGS[:6]:
        for other in (b"chunked", b"identity", b"x"):
            of("two codings")(lambda c, v=value, o=other: Builder(c).chunked(
                b"Transfer-Encoding: " + v + b"\r\nTransfer-Encoding: " + o))
    for pattern in LENGTHS:
        of("length")(lambda c, p=pattern: Builder(c).length(spell(p, len(INNER % c))))
        of("length beside another")(lambda c, p=pattern: two_lengths(c, p, True))
        of("length behind another")(lambda c, p=pattern: two_lengths(c, p, False))
    for blank in BLANKS:
        for name in (b"Transfer-Encoding: chunked", b"Content-Length: %d"):
            for place in range(5):
                of("blank")(lambda c, b=blank, n=name, p=place: blank_at(c, b, n, p))
    for pattern in SIZES:
        of("chunk size")(lambda c, p=pattern: Builder(c).chunked(size=spell(p, len(INNER % c))))
        of("last chunk")(lambda c, p=pattern: Builder(c).chunked(tail=spell(p, 0) + b"\r\n\r\n"))
    for ending in LINE_ENDS + [b"", b"xx", b"\r\nx"]:
        of("chunk end")(lambda c, e=ending: Builder(c).chunked(behind=e))
        of("last chunk end")(lambda c, e=ending: Builder(c).chunked(tail=b"0" + e + b"\r\n"))
        of("body end")(lambda c, e=ending: Builder(c).chunked(tail=b"0\r\n" + e))
    for name in NAMES:
        of("name")(lambda c, n=name: named(c, n))
        of("name beside length")(lambda c, n=name: named(c, n).length())
    for line in REQUEST_LINES:
        of("request line, length")(lambda c, n=line: with_line(c, n).length())
        of("request line, chunks")(lambda c, n=line: with_line(c, n).chunked())
    for host in HOSTS:
        of("host")(lambda c, h=host: with_host(c, h).length())
    for field in EXPECTS + CONNECTIONS:
        of("expect, connection")(lambda c, f=field: with_field(c, f).length())
        of("expect, connection, chunks")(lambda c, f=field: with_field(c, f).chunked())
        of("expect, connection, no body")(lambda c, f=field: with_field(c, f))
    for ending in LINE_ENDS:
        of("line ends")(lambda c, e=ending: with_ends(c, e).length())
        of("line ends")(lambda c, e=ending: with_ends(c, e).chunked())
    for trailer in (b"Content-Length: 0", b"Transfer-Encoding: chunked", b"Host: b", b"X : y", b" X: y", b"X", b"X: \0", b"X: y\nZ: a"):
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
    parts[{0: 0, 1: 2, 2: 4, 3: 6, 4: 1}[place]] = blank if place != 4 else name[:8] + blank + name[8:]
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


SPLICES = [b"\r\n", b"\n", b"\r", b" ", b"\t", b":", b"\0", b",", b";", b"0\r\n\r\n", b"Content-Length: 0\r\n", b"\xa0", b"_",
           b"Transfer-Encoding: chunked\r\n", b"Content-Length: 5\r\n", b"Transfer-Encoding : chunked\r\n", b"\r\n\r\n"]


def random_damage(builder, dice):
    """One to three bytes or words put in, taken out or replaced, anywhere but in the request behind."""
    data = bytearray(builder.head() + builder.body)
    for _ in range(dice.randint(1, 3)):
        at = dice.randrange(len(data))
        deed = dice.random()
        if deed < 0.5:
            data[at:at] = dice.choice(SPLICES)
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
    body = b"hello"
    plain = b"Host: a\r\n"
    heads = [
        b"GET /m%d/first HTTP/1.1\r\n" + plain,
        b"\r\nGET /m%d/first HTTP/1.1\r\n" + plain,
        b"HEAD /m%d/first HTTP/1.1\r\n" + plain,
        b"OPTIONS /m%d/first HTTP/1.1\r\n" + plain,
        b"DELETE /m%d/first HTTP/1.1\r\n" + plain,
        b"GET http://a/m%d/first HTTP/1.1\r\n" + plain,
        b"GET http://a/m%d/first HTTP/1.1\r\nHost: A\r\n",
        b"GET /m%d/first;a=b/!$&'()*+,;=:@~ HTTP/1.1\r\n" + plain,
        b"GET /m%d/first/%%41%%c3%%a9%%20 HTTP/1.1\r\n" + plain,
        b"GET /m%d/first?x=%%0d%%0a&y[]=1 HTTP/1.1\r\n" + plain,
        b"GET /m%d/first/" + b"a" * 4000 + b" HTTP/1.1\r\n" + plain,
        b"GET /m%d/first HTTP/1.1\r\nHost: a:8080\r\n",
        b"GET /m%d/first HTTP/1.1\r\nHost: 127.0.0.1\r\n",
        b"GET /m%d/first HTTP/1.1\r\nHost: [::1]:80\r\n",
        b"GET /m%d/first HTTP/1.1\r\nHost: a.example.\r\n",
        b"GET /m%d/first HTTP/1.1\r\nhost:a\r\n",
        b"GET /m%d/first HTTP/1.1\r\nHoSt:   a   \r\n",
        b"GET /m%d/first HTTP/1.1\r\n" + plain + b"X-Empty:\r\nY-Empty: \r\n",
        b"GET /m%d/first HTTP/1.1\r\n" + plain + b"X: caf\xc3\xa9 \xff\r\n",
        b"GET /m%d/first HTTP/1.1\r\n" + plain + b"X: a\tb\r\n",
        b"GET /m%d/first HTTP/1.1\r\n" + plain + b"X: " + b"x" * 6000 + b"\r\n",
        b"GET /m%d/first HTTP/1.1\r\n" + plain + b"X: y\r\n" * 60,
        b"GET /m%d/first HTTP/1.1\r\n" + plain + b"X: \"a, b\"; c=d (e)\r\n",
        b"GET /m%d/first HTTP/1.1\r\n" + plain + b"X!#$%%&'*+-.^`|~9: y\r\n",
        b"GET /m%d/first HTTP/1.1\r\n" + plain + b"Connection: keep-alive\r\nKeep-Alive: timeout=5\r\n",
        b"GET /m%d/first HTTP/1.1\r\n" + plain + b"Connection:\r\nConnection: ,keep-alive,,\r\n",
        b"GET /m%d/first HTTP/1.1\r\n" + plain + b"TE: trailers\r\nConnection: TE\r\n",
        b"GET /m%d/first HTTP/1.1\r\n" + plain + b"Cookie: a=b\r\nCookie: c=d\r\nAccept: */*\r\nAccept: x\r\n",
        b"GET /m%d/first HTTP/1.1\r\n" + plain + b"Content-Length: 0\r\n",
        b"POST /m%d/first HTTP/1.1\r\n" + plain,
    ]
    cases = [spell_head(h, first + i) + b"\r\n" for i, h in enumerate(heads)]
    with_body = [
        (b"Content-Length: 5\r\n", body), (b"content-length:5\r\n", body), (b"Content-Length: 005\r\n", body),
        (b"Content-Length:   5  \r\n", body), (b"Transfer-Encoding: chunked\r\n", b"5\r\nhello\r\n0\r\n\r\n"),
        (b"transfer-encoding: CHUNKED\r\n", b"5\r\nhello\r\n0\r\n\r\n"), (b"Transfer-Encoding:chunked\r\n", b"0\r\n\r\n"),
        (b"Transfer-Encoding: chunked\r\n", b"2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"),
        (b"Transfer-Encoding: chunked\r\n", b"5;a=b;c=\"d\"\r\nhello\r\n0;e\r\n\r\n"),
        (b"Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n", b"0005\r\nhello\r\n000\r\nX-Sum: 1\r\n\r\n"),
        (b"Transfer-Encoding: chunked\r\n", b"A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n"),
        (b"Content-Length: 5\r\nExpect: 100-continue\r\n", body),
    ]
    for method in (b"POST", b"PUT", b"PATCH"):
        for fields, content in with_body:
            case = first + len(cases)
            cases.append(b"%s /m%d/first HTTP/1.1\r\n" % (method, case) + plain + fields + b"\r\n" + content)
    return [(first + i, "valid", data + LAST % (first + i)) for i, data in enumerate(cases)]


def spell_head(pattern, case):
    return pattern.replace(b"%d", b"%d" % case, 1).replace(b"%%", b"%")
