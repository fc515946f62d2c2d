"""A document that names a file which is not there has stopped being true."""
import pathlib
import re

from source import Finding

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
SPAN = re.compile(r"`((?:src|apps|tests|tools|bench|examples|cmake|docs)/[\w./-]*)`")
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
ABOUT_TOMORROW = ("STYLE.md", "CHANGELOG.md")  # Examples of what is to come; what once was.


def check(source, top=TOP):
    if source.suffix != ".md" or source.path in ABOUT_TOMORROW:
        return
    folder = (top / source.path).parent
    for pattern, base in ((SPAN, top), (LINK, folder)):
        for match in pattern.finditer(source.text):
            placeholder = "NAME" in match.group(1)
            if not placeholder and not (base / match.group(1)).exists():
                yield Finding(
                    source.path,
                    source.line_of(match.start()),
                    f"there is no {match.group(1)}",
                    "where did it go?",
                )
