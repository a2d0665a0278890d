"""Figures that a run prints and nobody asserts, beside those of the unmodified Python original.

The original's were measured elsewhere in the same way: the same local cloud, two cores, a model without latency; bursts of 200, and 300 tasks
one at a time. Processor time is that of all function processes.
"""

from __future__ import annotations

import dataclasses
import statistics

ORIGINAL = {
    "one at a time, K=1": "36-50 ms CPU, 37-53 ms each; 1 of 300 hung",
    "one at a time, K=4 distinct": "135-170 ms CPU, 97-139 ms each; 142 of 300 hung",
    "burst, K=1": "62 ms CPU; none hung",
    "burst, K=4 distinct": "160 ms CPU; 5 of 200 hung",
    "burst, K=4 the same": "200 of 200 hung",
    "burst, K=1, completions twice": "200 of 200 answered twice",
    "burst, K=4 distinct, completions twice": "195 of 200 answered twice",
}


@dataclasses.dataclass(frozen=True)
class Measurement:
    """What some tasks took. `kind` is a key of ORIGINAL."""

    kind: str
    tasks: int
    processor_milliseconds: float
    wall_seconds: float
    # From the request to the answer, of each task; only for tasks that came one at a time.
    task_milliseconds: list[float] = dataclasses.field(default_factory=list)


def table(measurements: list[Measurement]) -> list[str]:
    """The lines of a table."""
    lines = [f"{'':<46} {'CPU a task':>11} {'each, median':>13} {'all':>7}   the original"]
    for taken in measurements:
        each = f"{statistics.median(taken.task_milliseconds):.0f} ms" if taken.task_milliseconds else "-"
        lines.append(
            f"{f'{taken.tasks} tasks, {taken.kind}':<46} {taken.processor_milliseconds / taken.tasks:8.1f} ms {each:>13} "
            f"{taken.wall_seconds:5.1f} s   {ORIGINAL[taken.kind]}")
    lines.append("K: agents asked in a task. Every task here was answered exactly once. Starts of functions are included; the original's figures were")
    lines.append("measured elsewhere in the same way.")
    return lines
