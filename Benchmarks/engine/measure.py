#!/usr/bin/env python3
"""What one round costs in the engine itself, and that it costs the same however many agents and rounds there are.

A round is four answers that come in, the last of which joins them, asks the model, and sends the four tasks of the next round; stores are in
memory, and model, queues and agents take no time. Prints tables and bars, and puts them into Benchmarks/results.json.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.append(str(ROOT / "Benchmarks"))
from bars import Bar, as_results, show  # noqa: E402  (scripts beside this folder)
from merge_results import RESULTS, merge  # noqa: E402

PROGRAM = ROOT / ".build" / "release" / "EngineBenchmark"
SHOWN = (1, 5, 10, 25, 50)
ROUND_MICROSECONDS = 200
GROWTH = 1.5
# Of one round, a figure has the machine's noise in it; its neighbours do the same work.
NEIGHBOURS = 2


def around(rounds: list[float], number: int) -> float:
    """The cost of a round (1 is the first) in microseconds: the median of it and its neighbours."""
    first = max(1, number - NEIGHBOURS)
    return statistics.median(rounds[first - 1:min(len(rounds), number + NEIGHBOURS)])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=41, help="orchestrations of 50 rounds by number of agents, default 41")
    options = parser.parse_args()
    report = json.loads(subprocess.run([PROGRAM, "--runs", str(options.runs)], check=True, capture_output=True, text=True).stdout)
    by_agents = {entry["agents"]: [nanoseconds / 1000 for nanoseconds in entry["nanoseconds"]] for entry in report["agents"]}
    directories = {entry["agents"]: entry["directoryNanoseconds"] / 1000 for entry in report["agents"]}

    print(f"Processor time of one round of {report['tasks']} tasks, in microseconds: medians of {report['runs']} runs")
    print(f"  {'agents':>6}" + "".join(f"{f'round {number}':>10}" for number in SHOWN) + f"{'all':>8}{'round 50 : 5':>14}")
    results, growth = {}, {}
    for agents, rounds in by_agents.items():
        shown = {number: around(rounds, number) for number in SHOWN}
        growth[agents] = shown[50] / shown[5]
        results[f"{agents} agents"] = {
            "round_us": {str(number): round(value, 2) for number, value in shown.items()}, "all_us": round(statistics.median(rounds), 2),
            "growth_round_5_to_50": round(growth[agents], 3), "directory_us": round(directories[agents], 1)}
        print(f"  {agents:>6}" + "".join(f"{value:>10.1f}" for value in shown.values()) + f"{statistics.median(rounds):>8.1f}{growth[agents]:>14.2f}")
    by_count = statistics.median(by_agents[500]) / statistics.median(by_agents[10])
    print(f"  500 agents cost {by_count:.2f} times what 10 do. To read the registry anew, which a process does every 30 seconds, takes "
          f"{directories[10]:.0f} us with 10 agents and {directories[500]:.0f} us with 500.")
    merge(RESULTS, "engine", results)

    bars = [
        Bar("a round in the engine, the dearest", max(max(around(rounds, number) for number in SHOWN) for rounds in by_agents.values()),
            ROUND_MICROSECONDS, "us of CPU"),
        Bar("a round's growth from 10 to 500 agents", by_count, GROWTH, "x"),
        Bar("a round's growth from round 5 to round 50", max(growth.values()), GROWTH, "x"),
    ]
    missed = show(bars)
    merge(RESULTS, "engine-bars", as_results(bars))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
