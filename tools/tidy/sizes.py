"""How long a file, a function, a line and a list of parameters may be. Source: STYLE.md §4."""
import re

from source import Finding

FILE_AGAIN, FILE_STOP = 400, 600
FUNCTION_AGAIN, FUNCTION_STOP = 60, 70
PARAMETERS_STOP = 5
COLUMNS = 100
TEXT = (".cc", ".h", ".def", ".py", ".yaml", ".cmake", ".js", ".css", ".html")
MISTAKES = ("tests/config/", "tests/fuzz/")  # Made on purpose.
LONG_LINES = (".cc", ".h", ".py", ".sh", ".cmake")

CONTROL = re.compile(r"^\s*(if|for|while|switch|else|do|try|catch|return|co_return|case)\b")
SCOPE = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b[^()=]*$")
INITIALISER = re.compile(r"\)[\w\s]*:[^:].*[\w>]\s*$", re.S)


def functions(code):
    """(start, end, head) of every function with a body; a lambda belongs to the one around it."""
    start, position = 0, 0
    while position < len(code):
        char = code[position]
        if char in ";}":
            start = position + 1
        elif char == "#" and code[start:position].strip() == "":
            while True:  # A directive, with its continued lines.
                end = code.find("\n", position)
                position = len(code) if end < 0 else end
                if end < 0 or code[end - 1] != "\\":
                    break
                position += 1
            start = position
        elif char == "{":
            head = re.sub(
                r"\b(alignas|requires)\s*\([^()]*\)",
                lambda m: " " * len(m.group()),
                code[start:position],
            )
            if INITIALISER.search(head):
                position = closing(code, position)  # `member_{value}` of a constructor.
            elif (
                "(" in head
                and not CONTROL.match(head)
                and not SCOPE.search(head)
                and "=" not in outside(head)
            ):
                end = closing(code, position)
                first = start + len(head) - len(head.lstrip())
                yield first, end, head.strip()
                position = end
                start = end + 1
            elif SCOPE.search(head):
                start = position + 1
            else:
                position = closing(code, position)  # A table or another value in braces.
        position += 1


def closing(code, opening):
    depth = 0
    for match in re.compile(r"[{}]").finditer(code, opening):
        depth += 1 if match.group() == "{" else -1
        if depth == 0:
            return match.start()
    return len(code) - 1


def outside(head):
    """The head without what stands in parentheses or angle brackets; `operator=` is no `=`."""
    head = re.sub(r"operator\s*[^\w\s(]+", "operator", head)
    previous = None
    while previous != head:
        previous, head = head, re.sub(r"\([^()]*\)|<[^<>]*>", "", head)
    return head


def parameters(head):
    """How many parameters the head declares; none for a test's macro."""
    if re.match(r"(TEST|TEST_F|TEST_P|BENCHMARK\w*)\b", head):
        return 0
    head = re.sub(r"operator\s*\(\)", "operator", head)
    match = re.search(r"\w\s*\(", head)
    if not match:
        return 0
    depth, count, seen = 0, 1, False
    for char in head[match.end() - 1 :]:
        depth += {"(": 1, "<": 1, "{": 1, "[": 1, ")": -1, ">": -1, "}": -1, "]": -1}.get(char, 0)
        seen = seen or not (char.isspace() or char in "()")
        if depth == 0:
            break
        if char == "," and depth == 1:
            count += 1
    return count if seen else 0


def check(source):
    yield from check_lines(source)
    if source.suffix not in (".cc", ".h", ".py"):
        return
    count = len(source.lines)
    reasoned = any("Size: " in line for line in source.lines[:12])
    if count > FILE_STOP and not reasoned:
        yield Finding(
            source.path,
            1,
            f"{count} lines; the end is at {FILE_STOP}",
            "split by reader's question, or say `Size: why` in the header comment",
        )
    elif count > FILE_AGAIN:
        yield Finding(
            source.path, 1, f"{count} lines; worth a second look from {FILE_AGAIN}", note=True
        )
    if not source.is_cpp:
        return
    for start, end, head in functions(source.code):
        line = source.line_of(start)
        length = source.line_of(end) - line + 1
        name = (re.search(r"([\w:~]+)\s*\(", head) or re.search(r"(\w+)", head)).group(1)
        if length > FUNCTION_STOP:
            yield Finding(
                source.path,
                line,
                f"`{name}` has {length} lines; the end is at {FUNCTION_STOP}",
                "name the steps it takes and make each a function",
            )
        elif length > FUNCTION_AGAIN:
            yield Finding(source.path, line, f"`{name}` has {length} lines", note=True)
        if parameters(head) > PARAMETERS_STOP:
            yield Finding(
                source.path,
                line,
                f"`{name}` takes {parameters(head)} parameters",
                "an options struct",
            )


def check_lines(source):
    if source.suffix in LONG_LINES or source.text.startswith("#!"):
        for number, line in enumerate(source.lines, 1):
            if len(line) > COLUMNS:
                yield Finding(source.path, number, f"{len(line)} columns; the end is at {COLUMNS}")
    if source.suffix in TEXT and not source.path.startswith(MISTAKES):
        for number, line in enumerate(source.lines, 1):
            if "\t" in line or line != line.rstrip():
                yield Finding(source.path, number, "a tab, or space at the end of the line")
