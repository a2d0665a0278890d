#!/usr/bin/env python3
"""How the cost agent grows with the account: one session over 10, 100 and 1,000 functions, without a model.

The account is Tests/Account/account.py on this machine, a process of its own; most of the time is its, since it checks each request against the
service's model. So the time is held against the number of calls, and its growth is what counts. Prints a table and bars, and puts them into
Benchmarks/results.json.
"""

from __future__ import annotations

import argparse
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path += [str(ROOT / "Benchmarks"), str(ROOT / "Tests/Account")]
import agent_run  # noqa: E402  (scripts beside this folder)
from bars import Bar, as_results, show  # noqa: E402
from merge_results import RESULTS, merge  # noqa: E402

PROGRAM = ROOT / ".build" / "release" / "CostAgent"
SIZES = (10, 100, 1_000)
# A function more costs as many calls, and as much time, in a large account as in a small one.
CALL_GROWTH = 1.1
TIME_GROWTH = 1.5
MEGABYTES = 100


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3, help="sessions of each size, default 3; the fastest counts, the others waited for something")
    parser.add_argument("--program", type=pathlib.Path, default=PROGRAM)
    options = parser.parse_args()

    print("The cost agent by functions of the account")
    print(f"  {'functions':>9}{'calls':>8}{'calls/function':>16}{'seconds':>9}{'ms/call':>9}{'ms/function':>13}{'peak MB':>9}")
    results, calls, seconds, peaks, problems = {}, {}, {}, {}, []
    for size in SIZES:
        runs = [agent_run.run(options.program, size) for _ in range(options.runs)]
        problems += [problem for run in runs for problem in run.problems]
        calls[size] = runs[0].call_count
        seconds[size] = min(run.seconds for run in runs)
        peaks[size] = max(run.peak_megabytes for run in runs)
        print(
            f"  {size:>9}{calls[size]:>8}{calls[size] / size:>16.2f}{seconds[size]:>9.2f}{seconds[size] / calls[size] * 1000:>9.2f}"
            f"{seconds[size] / size * 1000:>13.2f}{peaks[size]:>9.1f}", flush=True)
        results[f"{size} functions"] = {
            "calls": calls[size], "seconds": round(seconds[size], 3), "peak_mb": round(peaks[size], 2),
            "idle_mb": round(runs[0].idle_megabytes, 2), "by_operation": dict(sorted(runs[0].calls.items()))}
    merge(RESULTS, "cost", results)
    for problem in sorted(set(problems)):
        print(f"  the account refused: {problem}", file=sys.stderr)

    def growth(figure: dict[int, float]) -> float:
        """What a function more costs between 100 and 1,000, over what it costs between 10 and 100."""
        return (figure[1_000] - figure[100]) / 900 / ((figure[100] - figure[10]) / 90)

    bars = [
        Bar("calls of the cost agent for a function more, 1,000 over 100", growth(calls), CALL_GROWTH, "x those of 100 over 10"),
        Bar("time of the cost agent for a function more, 1,000 over 100", growth(seconds), TIME_GROWTH, "x that of 100 over 10"),
        Bar("peak memory of the cost agent, 1,000 functions", peaks[1_000], MEGABYTES, "MB"),
        Bar("requests of the cost agent that the account refused", len(problems), 0),
    ]
    missed = show(bars)
    merge(RESULTS, "cost-bars", as_results(bars))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
