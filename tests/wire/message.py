"""HTTP/1 as a strict and independent reader sees it: all that the gateway sends must pass here."""
import re

TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
CONNECTION_OPTIONS = {b"close", b"keep-alive", b"upgrade", b"te"}


class Broken(Exception):
    """What came is not HTTP, or may be read in two ways."""


class Head:
    def __init__(self, raw):
        self.raw = raw
        lines = raw[:-4].split(b"\r\n")
        self.first = lines[0]
        self.fields = []
        if re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", b"".join(lines)):
            raise Broken(f"a control character within a line: {raw!r}")
        for line in lines[1:]:
            name, colon, value = line.partition(b":")
            if not colon or not TOKEN.fullmatch(name):
                raise Broken(f"not a header line: {line!r}")
            self.fields.append((name.lower().decode(), value.strip(b" \t").decode("latin-1")))
        self.check_framing()

    def check_framing(self):
        lengths, codings = self.all("content-length"), self.all("transfer-encoding")
        if lengths and codings:
            raise Broken("Content-Length beside Transfer-Encoding")
        if len(lengths) > 1 or len(codings) > 1:
            raise Broken("a framing field twice")
        if lengths and not re.fullmatch("[0-9]+", lengths[0]):
            raise Broken(f"Content-Length: {lengths[0]}")
        if codings and codings[0].lower() != "chunked":
            raise Broken(f"Transfer-Encoding: {codings[0]}")
        for name in ("keep-alive", "proxy-connection", "trailer"):
            if self.all(name):
                raise Broken(f"{name} is for one hop only")
        options = {o.strip().lower().encode() for v in self.all("connection") for o in v.split(",")}
        if not options <= CONNECTION_OPTIONS:
            raise Broken(f"Connection: {options}")

    def all(self, name):
        return [value for key, value in self.fields if key == name.lower()]

    def value(self, name):
        values = self.all(name)
        return ", ".join(values) if values else None


class Request(Head):
    def __init__(self, raw):
        super().__init__(raw)
        match = re.fullmatch(rb"([A-Za-z0-9!#$%&'*+.^_`|~-]+) ([\x21-\x7e]+) HTTP/1\.1", self.first)
        if not match:
            raise Broken(f"request line: {self.first!r}")
        self.method, self.target = match[1].decode(), match[2].decode()
        if len(self.all("host")) != 1:
            raise Broken(f"{len(self.all('host'))} Host fields")
        if b"#" in match[2]:
            raise Broken("a fragment in the target")

    def body_kind(self):
        if self.value("transfer-encoding"):
            return "chunked"
        return int(self.value("content-length") or 0)


class Response(Head):
    def __init__(self, raw):
        super().__init__(raw)
        match = re.fullmatch(rb"HTTP/1\.1 ([1-5][0-9]{2}) [\t\x20-\xff]*", self.first)
        if not match:
            raise Broken(f"status line: {self.first!r}")
        self.status = int(match[1])
        if (self.status < 200 or self.status == 204) and (
            self.value("content-length") or self.value("transfer-encoding")
        ):
            raise Broken(f"a {self.status} that announces a body")

    def body_kind(self, method):
        if method == "HEAD" or self.status < 200 or self.status in (204, 304):
            return 0
        if self.value("transfer-encoding"):
            return "chunked"
        length = self.value("content-length")
        return "close" if length is None else int(length)


def read_body(stream, kind):
    """Body and trailers. `stream` has exactly(n), until(bytes), to_end()."""
    if kind == "close":
        return stream.to_end(), b""
    if kind != "chunked":
        return stream.exactly(kind), b""
    body = b""
    while True:
        line = stream.until(b"\r\n")[:-2]
        if not re.fullmatch(rb"[0-9A-Fa-f]{1,16}", line):
            raise Broken(f"chunk size line {line!r}")
        size = int(line, 16)
        if size == 0:
            break
        body += stream.exactly(size)
        if stream.exactly(2) != b"\r\n":
            raise Broken("chunk data not ended by CRLF")
    trailers = b""
    while (line := stream.until(b"\r\n")) != b"\r\n":
        trailers += line
    if trailers:
        Head(b"-\r\n" + trailers + b"\r\n")
    return body, trailers


class Bytes:
    """Bytes at rest, read as a stream is."""

    def __init__(self, data):
        self.data = data

    def exactly(self, size):
        if len(self.data) < size:
            raise EOFError
        taken, self.data = self.data[:size], self.data[size:]
        return taken

    def until(self, mark):
        if mark not in self.data:
            raise EOFError
        return self.exactly(self.data.index(mark) + len(mark))


def is_whole_request(data):
    stream = Bytes(data)
    try:
        head = Request(stream.until(b"\r\n\r\n"))
        read_body(stream, head.body_kind())
    except EOFError:
        return False
    return True
