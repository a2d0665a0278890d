"""The bars that a benchmark's figures are held against: ratios within one run, since machines differ.

    bars = [Bar("1 KB typed echo, p50", ours / floor, 1.8, "x the C floor's raw echo")]
    missed = show(bars)
    merge(RESULTS, "runtime-bars", as_results(bars))
    return 1 if missed else 0
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

MET, MISSED = "met", "MISSED"


@dataclasses.dataclass(frozen=True)
class Bar:
    """A figure and the most that it may be, both in `unit`."""

    name: str
    value: float
    limit: float
    unit: str = ""

    @property
    def is_met(self) -> bool:
        return self.value <= self.limit  # What is no number meets no bar.

    @property
    def verdict(self) -> str:
        return MET if self.is_met else MISSED

    def __str__(self) -> str:
        return f"{self.verdict:6}  {self.name}: {number(self.value, self.limit)} of at most {self.limit:.3g} {self.unit}".rstrip()


def show(bars: Iterable[Bar]) -> list[Bar]:
    """Prints a line for each; returns those that were missed."""
    bars = list(bars)
    print("\nBars")
    for bar in bars:
        print(f"  {bar}")
    return [bar for bar in bars if not bar.is_met]


def as_results(bars: Iterable[Bar]) -> dict:
    """For results.json, under a key of the benchmark's own."""
    return {bar.name: {"value": round(bar.value, 6), "limit": bar.limit, "unit": bar.unit, "verdict": bar.verdict} for bar in bars}


def number(value: float, limit: float) -> str:
    """Three digits, or as many more as it takes to tell a bar just missed from one just met."""
    return next((text for text in (f"{value:.{digits}g}" for digits in range(3, 8)) if float(text) != limit), f"{value:.3g}")
