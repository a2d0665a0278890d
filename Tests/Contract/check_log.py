#!/usr/bin/env python3
"""Compares what the oracle saw with expected_operations.txt: each operation there was asked for, no other, and none was refused.

    check_log.py URL        the oracle's address
"""

import json
import pathlib
import sys
import urllib.request
from collections import Counter

EXPECTED = pathlib.Path(__file__).parent / "expected_operations.txt"


def expected_operations() -> set[str]:
    lines = (line.partition("#")[0].strip() for line in EXPECTED.read_text().splitlines())
    return {line for line in lines if line}


def problems(entries: list[dict], expected: set[str]) -> list[str]:
    """What is wrong with a log, a line each."""
    asked = [entry for entry in entries if not entry["provoked"]]
    found = [f"refused: {entry['service']} {entry['operation'] or ''}: {entry['refused']}" for entry in asked if entry["refused"]]
    seen = {f"{entry['service']} {entry['operation']}" for entry in asked if not entry["refused"]}
    found += [f"never asked for: {name}" for name in sorted(expected - seen)]
    found += [f"asked for and not in {EXPECTED.name}: {name}" for name in sorted(seen - expected)]
    if not any(entry["provoked"] for entry in entries):
        found.append("no request was signed with the key that is always refused: what a client does then is not shown")
    for token in (True, False):
        if not any(entry.get("session_token") is token for entry in asked):
            found.append(f"no request came {'with' if token else 'without'} a session token")
    return found


def main() -> None:
    with urllib.request.urlopen(sys.argv[1] + "/_oracle/log") as answer:
        entries = json.load(answer)
    wrong = problems(entries, expected_operations())
    for line in wrong:
        print(f"contract: {line}", file=sys.stderr)
    counts = Counter(f"{entry['service']} {entry['operation']}" for entry in entries if not entry["provoked"])
    print(f"contract: {len(entries)} requests of {len(counts)} operations, {len(wrong)} problems")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
