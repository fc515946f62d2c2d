"""Coroutines: one co_await per statement, no lambda with captures is one.

Source: STYLE.md §8.
"""
import re

from source import Finding
from sizes import closing

CO = re.compile(r"\bco_(await|return|yield)\b")
LAMBDA = re.compile(r"(?<![\w\])])\[([^\[\]]*)\]\s*(?:\((?:[^()]|\([^()]*\))*\))?[^;{}()\[\]]*\{")


def statements(code):
    """(position, text) of what stands between `;`, `{` and `}`."""
    start = 0
    for match in re.finditer(r"[;{}]", code):
        yield start, code[start : match.start()]
        start = match.end()


def check(source):
    if source.suffix not in (".cc", ".h") or "co_" not in source.code:
        return
    for start, text in statements(source.code):
        awaits = list(re.finditer(r"\bco_await\b", text))
        if len(awaits) > 1:
            yield Finding(
                source.path,
                source.line_of(start + awaits[1].start()),
                "a second co_await in one statement",
                "one each, its result named",
            )
    for match in LAMBDA.finditer(source.code):
        if not match.group(1).strip():
            continue
        opening = match.end() - 1
        body = source.code[opening : closing(source.code, opening)]
        if CO.search(without_lambdas(body[1:])):
            yield Finding(
                source.path,
                source.line_of(match.start()),
                "a lambda with captures is a coroutine",
                "its captures die before it ends: a function with parameters",
            )


def without_lambdas(body):
    match = LAMBDA.search(body)
    while match:
        end = closing(body, match.end() - 1)
        body = body[: match.start()] + " " + body[end + 1 :]
        match = LAMBDA.search(body)
    return body
