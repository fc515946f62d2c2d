"""StreamGate's own linter: python3 tools/tidy [--all] [FILE]...

Looks at every file that git knows or would add, and says what breaks STYLE.md, one line each,
with what to do.
A breach that is meant carries `Rule Zero: <why>` in a comment on its line or the line above.
"""
import argparse
import pathlib
import subprocess
import sys

import concurrency
import documents
import layers
import shape
import sizes
import tables
import words
from source import Source

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
RULES = [
    layers.check,
    shape.check,
    sizes.check,
    words.check,
    concurrency.check,
    documents.check,
]  # One file at a time.
RULES_OF_ALL = [tables.check]  # The tree as a whole.


def tree():
    names = subprocess.check_output(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=TOP, text=True
    )
    for name in sorted(set(filter(None, names.split("\0")))):
        path = TOP / name
        if path.is_file() and not path.is_symlink():
            source = Source.read(path, name)
            if source is not None:
                yield source


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true", help="also what deserves a second look")
    parser.add_argument("file", nargs="*")
    options = parser.parse_args()

    sources = list(tree())
    findings = [f for source in sources for rule in RULES for f in rule(source)]
    findings += [f for rule in RULES_OF_ALL for f in rule(sources)]
    if options.file:
        wanted = {str(pathlib.Path(name).resolve().relative_to(TOP)) for name in options.file}
        findings = [f for f in findings if f.path in wanted]
    by_path = {source.path: source for source in sources}
    findings = [f for f in findings if not by_path[f.path].excused(f.line)]

    shown = [f for f in findings if options.all or not f.note]
    for finding in sorted(shown, key=lambda f: (f.path, f.line)):
        print(finding)
    bad = sum(not f.note for f in findings)
    if bad:
        print(f"tidy: {bad} findings in {len(sources)} files")
    return 1 if bad or not sources else 0


if __name__ == "__main__":
    sys.exit(main())
