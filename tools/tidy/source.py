"""A file as the rules see it: its lines, and its C++ code without comments and literals."""
import dataclasses
import functools
import pathlib
import re

CPP = (".cc", ".h", ".def")


@dataclasses.dataclass(frozen=True)
class Finding:
    path: str
    line: int
    what: str
    hint: str = ""
    note: bool = False  # Deserves a second look; does not fail.

    def __str__(self):
        kind = "note" if self.note else "error"
        return f"{self.path}:{self.line}: {kind}: {self.what}" + (
            f"\n    hint: {self.hint}" if self.hint else ""
        )


TOKENS = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<d>[^()\s]{0,16})\(.*?\)(?P=d)"|"(?:\\.|[^"\\\n])*"|'
    r"(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'",
    re.S,
)


def blank(text, keep_comments=False):
    """The text with comments and literals replaced by spaces; every position stays where it was."""

    def spaces(match):
        token = match.group()
        if keep_comments and token.startswith("/"):
            return token
        if token.startswith(("//", "/*")):
            return re.sub(r"[^\n]", " ", token)
        return '"' + re.sub(r"[^\n]", " ", token[1:-1]) + '"'

    return TOKENS.sub(spaces, text)


class Source:
    def __init__(self, path, text, has_header=False):
        self.path = path
        self.has_header = (
            has_header  # The .h beside a .cc, or a test: the comment there is for both.
        )
        self.text = text
        self.lines = text.splitlines()
        self.suffix = pathlib.PurePath(path).suffix
        self.is_cpp = self.suffix in CPP
        self.is_test = bool(re.search(r"(_test|_fuzz|_bench)\.cc$", path)) or path.startswith(
            "tests/"
        )

    @staticmethod
    def read(file, path):
        """None for what is not text."""
        try:
            subject = file.with_name(re.sub(r"(_test)?\.cc$", ".h", file.name))
            beside = file.suffix == ".cc" and subject.exists()
            return Source(path, file.read_text(encoding="utf-8"), beside)
        except UnicodeDecodeError:
            return None

    @functools.cached_property
    def code(self):
        return blank(self.text)

    def line_of(self, position):
        return self.text.count("\n", 0, position) + 1

    def excused(self, line):
        near = self.lines[max(0, line - 2) : line]
        return any(re.search(r"Rule Zero: \S", text) for text in near)
