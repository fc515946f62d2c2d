#!/usr/bin/python3
"""bench/ledger_verify with a small ledger: five ways to tamper with history, each found."""
import argparse
import os
import subprocess
import sys

import lab


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    return subprocess.run(
        [lab.ROOT / "bench/ledger_verify", "--records", "3000" if options.quick else "20000"],
        env={**os.environ, "STREAMGATE": lab.STREAMGATE},
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
