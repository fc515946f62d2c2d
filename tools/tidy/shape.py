"""The shape of a file: a comment that says what it is, guards, and what our rules leave out."""
import re

from source import Finding

MAY_THROW = "return a Result; what throws is wrapped in one place"
BANNED = [  # Pattern in C++ code, where, what to do instead.
    (
        r"std::format\b|std::v?print(ln)?\b|std::generator\b|<format>|<print>",
        "everywhere",
        "libstdc++ 12 has none of it: fmt",
    ),
    (r"\bthrow\b(?! *\")", "product", MAY_THROW),
    (
        r"this_thread::sleep\w+|\busleep\(|\bnanosleep\(|(?<!\w)::sleep\(",
        "library",
        "time is an argument; to wait is a timer's business",
    ),
    (
        r"\bGTEST_SKIP\b|\bDISABLED_\w+|(EXPECT|ASSERT)_TRUE\(true\)",
        "test",
        "a test that cannot fail proves nothing",
    ),
    (r"\bendl\b", "everywhere", "'\\n'"),
]


def wraps(source):
    """Whether the file is where the exceptions of a library stop: there they may also begin."""
    return re.search(r"#include (<(yaml-cpp|CLI)/|\"commands\.h\")", source.text)


def applies(where, source):
    if where == "everywhere":
        return True
    if where == "test":
        return source.is_test
    if where == "product":
        return not source.is_test and source.path.startswith(("src/", "apps/"))
    return source.path.startswith("src/")  # library, its unit tests included


def check(source):
    if source.suffix == ".py" or source.text.startswith("#!/usr/bin/python3"):
        yield from check_python(source)
    if not source.is_cpp:
        return
    if not source.text.startswith("// ") and not source.has_header:
        yield Finding(
            source.path,
            1,
            "no header comment",
            "1-6 lines: what this is, the one invariant it serves",
        )
    if source.suffix == ".h":
        directives = re.findall(r"^[ \t]*#.*$", source.text, re.M)
        if not directives or directives[0].strip() != "#pragma once":
            yield Finding(source.path, 1, "the first directive is not `#pragma once`")
        if re.search(r"^using namespace ", source.code, re.M):
            yield Finding(source.path, 1, "`using namespace` in a header", "name what is used")
    for pattern, where, hint in BANNED:
        if not applies(where, source) or (hint == MAY_THROW and wraps(source)):
            continue
        for match in re.finditer(pattern, source.code):
            yield Finding(
                source.path, source.line_of(match.start()), f"`{match.group().strip()}`", hint
            )


def check_python(source):
    text = re.sub(r"\A#![^\n]*\n", "", source.text)
    if not text.startswith('"""') and text.strip():
        yield Finding(source.path, 1, "no docstring at the top", "what is it, how is it called")
