#!/usr/bin/env python3
"""Compares what the oracle saw with the operations that may be called by a table: each was asked for, no other, and none was refused.

    check_operations.py URL        the oracle's address
"""

import json
import sys
import urllib.request

import botocore.session

import operation_cases


def problems(entries: list[dict], expected: set[tuple[str, str]]) -> list[str]:
    """What is wrong with a log, a line each."""
    found = [f"refused: {entry['service']} {entry['operation'] or ''}: {entry['refused']}" for entry in entries if entry["refused"]]
    seen = {(entry["service"], entry["operation"]) for entry in entries if not entry["refused"]}
    found += [f"never asked for: {' '.join(name)}" for name in sorted(expected - seen)]
    return found + [f"asked for and not to be called: {' '.join(name)}" for name in sorted(seen - expected)]


def main() -> None:
    with urllib.request.urlopen(sys.argv[1] + "/_oracle/log") as answer:
        entries = json.load(answer)
    expected = {(service, operation.name) for service, operation in operation_cases.allowed(botocore.session.Session())}
    wrong = problems(entries, expected)
    for line in wrong:
        print(f"contract: {line}", file=sys.stderr)
    print(f"contract: {len(entries)} requests of {len(expected)} operations in tables, {len(wrong)} problems")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
