"""A row of a catalogue (*.def) that no code names is a row too many, or code that is missing."""
import re

from source import Finding

ROW = re.compile(r"^([A-Z]\w*)\((\w+)", re.M)
ENUM = re.compile(r"enum class (\w+)[^{;]*\{(?:(?!\};).)*?#include \"([^\"]+\.def)\"", re.S)


def check(sources):
    """The enum that a catalogue becomes is found by the `enum class` that includes it."""
    product = [
        s
        for s in sources
        if s.suffix in (".cc", ".h") and not s.is_test and s.path.startswith(("src/", "apps/"))
    ]
    for source in sources:
        if source.suffix != ".def" or not source.path.startswith("src/"):
            continue
        enums = [
            (match.group(1), s)
            for s in product
            for match in ENUM.finditer(s.text)
            if "src/" + match.group(2) == source.path
        ]
        if not enums and any(f'#include "{source.path[len("src/"):]}"' in s.text for s in product):
            continue  # A table that is no enum: each row is used where it is included.
        if not enums:
            yield Finding(
                source.path,
                1,
                "nobody includes this catalogue",
                "`enum class X { #include … };` in a header",
            )
            continue
        name = enums[0][0]
        named = set()
        for other in product:
            named.update(re.findall(rf"\b{name}::(\w+)", other.code))
            if re.search(rf"using enum [\w:]*\b{name};", other.code):
                named.update(re.findall(r"\b\w+\b", other.code))
        seen = set()
        for match in ROW.finditer(source.text):
            row, line = match.group(2), source.line_of(match.start())
            if row in seen:
                yield Finding(source.path, line, f"`{row}` stands here twice")
            seen.add(row)
            if row not in named:
                yield Finding(
                    source.path,
                    line,
                    f"no code names `{name}::{row}`",
                    "remove the row, or write what ends up here",
                )
