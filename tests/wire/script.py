"""Conversation files (*.wire) as data: configuration, cases, steps. README.md has the language."""
import dataclasses
import pathlib
import re

ACTORS = re.compile(r"(client|upstream|log)(\d*)\s*(<|>|drips|closes|shuts|resets)\s*(.*)", re.S)
SECTIONS = ("top", "listener", "service", "route")
ESCAPES = {"r": "\r", "n": "\n", "t": "\t", "0": "\0", "\\": "\\", "s": " "}


class Mistake(Exception):
    """A script that cannot be understood."""


@dataclasses.dataclass
class Step:
    line: int
    who: str  # client, client2, upstream, log
    verb: str  # < > drips closes shuts resets
    text: str  # Not yet unescaped.

    def __str__(self):
        verb = self.verb if self.verb in "<>" else " " + self.verb
        return f"line {self.line}: {self.who}{verb} {self.text}"


@dataclasses.dataclass
class Script:
    path: pathlib.Path
    title: str
    config: dict
    files: list  # Of (file|link, path beneath the gateway's folder, text or where it leads).
    names: list  # Of the columns of `each`.
    rows: list  # Of texts, one list a case; one empty row when there is no `each`.
    steps: list

    def cases(self):
        """(label, steps) of every row, names replaced by what stands in it."""
        for row in self.rows:
            values = dict(zip(self.names, row))
            yield " => ".join(row), [
                dataclasses.replace(step, text=fill_in(step.text, values)) for step in self.steps
            ]


def places_of(name):
    """Where a column's name stands by itself; an escape such as \\n may come before it."""
    return re.compile(rf"(?<![A-Z_]){name}(?![A-Za-z_])")


def fill_in(text, values):
    for name, value in values.items():
        text = places_of(name).sub(lambda _, value=value: value, text)
    return text


def unescape(text):
    """`\\r\\n`, `\\x85`, `\\s` for a space at an end, `{ab*3}` for ababab: the bytes to send."""
    text = re.sub(r"\{([^{}*]+)\*(\d+)\}", lambda m: m[1] * int(m[2]), text)
    out, at = bytearray(), 0
    while at < len(text):
        if text[at] != "\\":
            out += text[at].encode()
            at += 1
        elif text[at + 1 : at + 2] == "x":
            out.append(int(text[at + 2 : at + 4], 16))
            at += 4
        else:
            out += ESCAPES[text[at + 1]].encode()
            at += 2
    return bytes(out)


def read(path):
    script = Script(path, "", {section: [] for section in SECTIONS}, [], [], [], [])
    table = False
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line.startswith("#"):
            if not script.title:
                script.title = line.lstrip("# ").rstrip(".")
            continue
        if not line.strip():
            table = False
            continue
        try:
            table = read_line(script, line, number, table)
        except (Mistake, KeyError) as error:
            raise Mistake(f"{path}:{number}: {error}") from error
    if not script.title or not script.steps:
        raise Mistake(f"{path}: needs a comment that says what it proves, and steps")
    for name in script.names:
        if not any(places_of(name).search(step.text) for step in script.steps):
            raise Mistake(f"{path}: no step uses {name}")
    script.rows = script.rows or [[]]
    return script


def read_line(script, line, number, table):
    """True: the lines that follow indented belong to a table of cases."""
    if line[0].isspace():
        if table:
            row = [cell.strip() for cell in line.split(" => ")]
            if len(row) != len(script.names):
                raise Mistake(f"{len(script.names)} columns expected")
            script.rows.append(row)
            return True
        if not script.steps:
            raise Mistake("an indented line that continues nothing")
        script.steps[-1].text += line.strip()
        return False
    word, _, rest = line.partition(" ")
    if word == "each":
        script.names = rest.split()
        return True
    if word == "config":
        section, _, yaml = rest.partition(" ")
        script.config[section].append(yaml.strip())
        return False
    if word in ("file", "link"):
        path, _, text = rest.partition(" ")
        script.files.append((word, path, text))
        return False
    match = ACTORS.fullmatch(line)
    if not match:
        raise Mistake(f"not understood: {line}")
    script.steps.append(Step(number, match[1] + match[2], match[3], match[4]))
    return False
