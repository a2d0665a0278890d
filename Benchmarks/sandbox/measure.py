#!/usr/bin/env python3
"""Measures a run of a module with three host calls, from its start to its result, beside a Python that starts and prints; and what 1,000
runs leave behind. Adds the figures to Benchmarks/results.json.

The parent is a static executable as the functions are (Benchmarks/sandbox/main.swift). Both start from it in turns, on one processor.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.append(str(ROOT / "Benchmarks"))
from bars import Bar, as_results, show  # noqa: E402  (scripts beside this folder)
from merge_results import RESULTS, merge  # noqa: E402

PROGRAM = ROOT / ".build" / "bench" / "SandboxBenchmark" / "bootstrap"
MEGABYTE = 1e6


def measured(*arguments: str, processor: int | None = None) -> dict:
    # The children inherit the processor.
    pin = (lambda: os.sched_setaffinity(0, {processor})) if processor is not None else None
    result = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, preexec_fn=pin)
    if result.returncode:
        sys.exit(f"bench: {PROGRAM} {' '.join(arguments)} ended with status {result.returncode}: {result.stderr}")
    return json.loads(result.stdout)


def spread(values: list[float]) -> dict:
    ordered = sorted(values)
    return {
        "median": round(statistics.median(ordered), 3), "minimum": round(ordered[0], 3), "p90": round(ordered[len(ordered) * 9 // 10], 3),
        "maximum": round(ordered[-1], 3)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=301, help="runs of each that are timed, default 301")
    parser.add_argument("--leaks", type=int, default=1_000, help="runs in a row after which is looked for leaks, default 1000")
    # Python's own: a virtual environment's is found by way of a file, which would take it longer.
    parser.add_argument("--python", default=os.path.realpath(sys.executable), help="default: the one that runs this")
    options = parser.parse_args()

    times = measured("times", str(options.runs), options.python, processor=max(os.sched_getaffinity(0)))
    results = {name: spread([value / 1e6 for value in times[name]]) for name in ("sandbox", "python")}
    results["sandbox"]["peak_mb"] = round(times["peakBytes"] / MEGABYTE, 2)
    version = subprocess.run([options.python, "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]
    print(f"From the start to the result, in ms: medians of {options.runs}")
    print(f"  {'':<44}{'median':>8}{'min':>8}{'p90':>8}{'max':>8}")
    for name, label in (("sandbox", "a module with three host calls"), ("python", f"Python {version}, python3 -I -S -c 'print(1)'")):
        print(f"  {label:<44}" + "".join(f"{results[name][column]:>8.2f}" for column in ("median", "minimum", "p90", "maximum")))
    print(f"  The child held {results['sandbox']['peak_mb']} MB at most.")

    leaks = measured("leaks", str(options.leaks))
    before, after = leaks["before"], leaks["after"]
    results["leaks"] = leaks
    print(f"\nWhat the parent holds, before and after {options.leaks} runs in a row, of which {leaks['failed']} did not end as they should")
    for name in ("descriptors", "threads", "children"):
        print(f"  {name:<14}{before[name]:>10}{after[name]:>10}")
    print(f"  {'memory, MB':<14}{before['residentBytes'] / MEGABYTE:>10.2f}{after['residentBytes'] / MEGABYTE:>10.2f}")
    merge(RESULTS, "sandbox", results)

    bars = [
        Bar("a module's run with three host calls", results["sandbox"]["median"] / results["python"]["median"], 1 / 3,
            "x Python's start and print"),
        Bar(f"descriptors, threads and children left by {options.leaks:,} runs",
            sum(max(0, after[name] - before[name]) for name in ("descriptors", "threads", "children")), 0),
        Bar(f"memory that {options.leaks:,} runs leave", (after["residentBytes"] - before["residentBytes"]) / MEGABYTE, 1, "MB"),
        Bar(f"runs of {options.leaks:,} that did not end as they should", leaks["failed"], 0),
    ]
    missed = show(bars)
    merge(RESULTS, "sandbox-bars", as_results(bars))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
