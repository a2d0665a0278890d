"""Figures that a run prints and nobody asserts."""

from __future__ import annotations

import dataclasses

# Of the unmodified Python original, measured elsewhere in the same way: the same local cloud, two cores, a model without latency, bursts of
# 200. Processor time of all function processes, in milliseconds a task, and what became of the tasks.
ORIGINAL = {
    ("K=1", False): ("62 ms", "none hung"),
    ("K=4 distinct", False): ("160 ms", "5 of 200 hung"),
    ("K=4 the same", False): ("-", "200 of 200 hung"),
    ("K=1", True): ("-", "200 of 200 answered twice"),
    ("K=4 distinct", True): ("-", "195 of 200 answered twice"),
}


@dataclasses.dataclass(frozen=True)
class Burst:
    """What one burst took."""

    kind: str
    twice: bool
    tasks: int
    processor_milliseconds: float
    wall_seconds: float
    processes: int

    @property
    def title(self) -> str:
        return self.kind + (", completions twice" if self.twice else "")


def table(bursts: list[Burst]) -> list[str]:
    """The lines of a table of bursts, beside the original's figures."""
    lines = [f"{'burst':<32} {'CPU a task':>11} {'wall':>8} {'processes':>10}   {'the original: CPU a task, outcome'}"]
    for burst in bursts:
        processor, outcome = ORIGINAL[burst.kind, burst.twice]
        lines.append(
            f"{f'{burst.tasks} x {burst.title}':<32} {burst.processor_milliseconds / burst.tasks:8.1f} ms {burst.wall_seconds:6.1f} s "
            f"{burst.processes:>10}   {processor:>6}, {outcome}")
    lines.append("CPU: user and system time of all function processes, starts included; all tasks answered exactly once.")
    lines.append("The original's figures were measured elsewhere in the same way, in bursts of 200; '-': not measured.")
    return lines
