#!/usr/bin/env python3
"""Prints, after all benchmarks of a run, one table of their bars with what was met and what was MISSED, and fails when one was.

    Benchmarks/closing_table.py --forget NAME ...        before the run: no bar of an earlier run may stand for one of this
    Benchmarks/closing_table.py NAME=STATUS ...          after it; STATUS is how the benchmark's run.sh ended

Each benchmark puts its bars into Benchmarks/results.json under NAME-bars. One that has put none there is judged by its status.
"""

from __future__ import annotations

import json
import sys

from bars import MET, MISSED, number
from merge_results import RESULTS, merge


def read_results() -> dict:
    try:
        return json.loads(RESULTS.read_text())
    except (FileNotFoundError, ValueError):
        return {}


def rows_of(name: str, status: int, bars: dict) -> list[tuple[str, str, str, str]]:
    """Verdict, figure, value and bar."""
    rows = [
        (bar["verdict"], figure, number(bar["value"], bar["limit"]), f"at most {bar['limit']:.3g} {bar['unit']}".rstrip()) for figure, bar in bars.items()
    ]
    # A run that failed for something else than a bar that it has told of.
    if status and not any(row[0] != MET for row in rows):
        rows.append((MISSED, f"{name}: ended with status {status}, see above", "", ""))
    return rows or [(MET, f"{name}: its own bars, see above", "", "")]


def main(arguments: list[str]) -> int:
    if not arguments or arguments == ["--forget"]:
        sys.exit(__doc__)
    if arguments[0] == "--forget":
        for name in arguments[1:]:
            merge(RESULTS, f"{name}-bars", {})
        return 0

    results = read_results()
    rows = []
    for name, _, status in (argument.partition("=") for argument in arguments):
        rows += rows_of(name, int(status), results.get(f"{name}-bars", {}))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    print("\n== All bars")
    for verdict, figure, value, limit in rows:
        print(f"  {verdict:{widths[0]}}  {figure:{widths[1]}}  {value:>{widths[2]}}  {limit}".rstrip())
    missed = sum(row[0] != MET for row in rows)
    print(f"  {len(rows) - missed} met, {missed} missed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
