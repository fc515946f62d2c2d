"""How careless servers read HTTP/1. Bytes that all of them read alike hold no ambiguity."""
import itertools
import re


class Reading:
    """Habits: which field wins, what ends a line, how a coding or a number is recognised."""

    def __init__(self, length_wins, last_wins, lone_lf, coding, stray):
        self.length_wins, self.last_wins, self.lone_lf = length_wins, last_wins, lone_lf
        self.coding, self.stray = coding, stray

    def requests(self, data):
        """First lines of the requests that are seen, until the bytes run out."""
        seen, at = [], 0
        while at < len(data):
            ends = re.compile(rb"\r?\n\r?\n" if self.lone_lf else rb"\r\n\r\n").search(data, at)
            if not ends:
                break
            head = data[at : ends.end()]
            at = ends.end()
            lines = [l for l in re.split(rb"\r?\n" if self.lone_lf else rb"\r\n", head) if l]
            if not lines:
                continue
            seen.append(lines[0])
            at = self.skip_body(data, at, lines[1:])
        return seen

    def skip_body(self, data, at, lines):
        lengths, chunked = [], False
        for line in lines:
            name, _, value = line.partition(b":")
            name = (
                re.sub(rb"[_\s\x00-\x20]+", lambda m: b"-" if m[0] == b"_" else b"", name).lower()
                if self.stray
                else name.lower()
            )
            if name == b"content-length":
                digits = re.search(rb"\d+", value)
                lengths.append(int(digits[0]) if digits else 0)
            if name == b"transfer-encoding":
                value = value.strip().lower()
                chunked = chunked or (
                    value == b"chunked" if self.coding == "exact" else b"chunked" in value
                )
        if lengths and (self.length_wins or not chunked):
            return at + (lengths[-1] if self.last_wins else lengths[0])
        return self.skip_chunks(data, at) if chunked else at

    def skip_chunks(self, data, at):
        while True:
            end = data.find(b"\n", at)
            if end < 0:
                return len(data)
            digits = re.match(rb"\s*(?:0x)?([0-9a-fA-F]+)", data[at:end])
            at = end + 1
            size = int(digits[1], 16) if digits else 0
            if size == 0:
                break
            at += size
            at += 2 if data[at : at + 2] == b"\r\n" else 1
        while at < len(data):  # Trailers.
            end = data.find(b"\n", at)
            if end < 0:
                return len(data)
            empty = data[at:end] in (b"", b"\r")
            at = end + 1
            if empty:
                break
        return at


def all_readings():
    return [
        Reading(*habits)
        for habits in itertools.product(
            (False, True), (False, True), (False, True), ("exact", "substring"), (False, True)
        )
    ]


def disagreements(captured):
    """Connections on which the readings do not all see the same requests."""
    readings = all_readings()
    found = []
    for data in captured:
        data = bytes(data)
        seen = {tuple(reading.requests(data)) for reading in readings}
        if len(seen) > 1:
            found.append(data)
    return found
