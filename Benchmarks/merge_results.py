#!/usr/bin/env python3
"""Puts one benchmark's results, JSON from standard input, into Benchmarks/results.json under its key; the others stay.

    .build/release/JSONBenchmark --json | Benchmarks/merge_results.py json

The file is replaced at once, under a lock, so that benchmarks may end at the same time.
"""

import fcntl
import json
import os
import pathlib
import sys

RESULTS = pathlib.Path(__file__).parent / "results.json"


def merge(path: pathlib.Path, key: str, results: dict) -> None:
    """Writes `results` under `key`; a file that is not there, or not JSON, is begun anew."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            merged = json.loads(path.read_text())
        except (FileNotFoundError, ValueError):
            merged = {}
        merged[key] = results
        new = path.with_suffix(".new")
        new.write_text(json.dumps(merged, indent=2, sort_keys=True) + "\n")
        os.replace(new, path)
    finally:
        os.close(lock)


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    merge(RESULTS, sys.argv[1], json.load(sys.stdin))


if __name__ == "__main__":
    main()
