"""The table of the cost optimizer's requirements: nothing is left out, and what it names is there."""

from __future__ import annotations

import functools
import re

import pytest

from infra.configuration import ROOT

PAGE = ROOT / "docs" / "requirements" / "cost-optimizer.md"
# How many criteria each requirement of a seed has; the tasks of 000 count four more each of their 6 and 7.
CRITERIA = {
    "000": (4, 4, 4, 4, 4, 3),
    "000 task": (0, 0, 0, 0, 0, 4, 4),
    "003": (5, 2, 6, 5, 5, 4, 5, 4),
}
ROWS = [line.strip("|").split(" | ") for line in PAGE.read_text().splitlines() if line.startswith("| ") and not line.startswith("| requirement")]


def test_every_requirement_has_one_row() -> None:
    wanted = [f"{seed} {number}.{criterion}" for seed, counts in CRITERIA.items()
              for number, count in enumerate(counts, 1) for criterion in range(1, count + 1)]
    found = [match[1] for what, *_ in ROWS if (match := re.match(r"((?:000|000 task|003) \d\.\d) ", what.strip()))]
    assert sorted(found) == sorted(wanted)


@functools.cache
def names(file: str) -> set[str]:
    """The functions that are tests, by Swift Testing's attribute or pytest's prefix."""
    text = (ROOT / file).read_text()
    if file.endswith(".py"):
        return set(re.findall(r"^def (test_\w+)\(", text, re.MULTILINE))
    # The arguments of an attribute may be of many lines; between it and its function no other one begins.
    return {quoted or plain for quoted, plain in re.findall(r"@Test\b(?:(?!@Test\b|\bfunc ).)*?func (?:`([^`]+)`|(\w+))", text, re.DOTALL)}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].strip()[:60])
def test_its_places_and_tests_are_there(row: list[str]) -> None:
    what, where, tests = row
    places = re.findall(r"`([^`]+)`", where)
    assert places and not [place for place in places if not (ROOT / place).exists()]
    named = re.findall(r"`([^`:]+)::([^`]+)`", tests)
    assert named and len(named) == tests.count("::")
    assert not [(file, name) for file, name in named if name not in names(file)]
    assert not [link for link in re.findall(r"\]\(([^)]+)\)", what) if not (PAGE.parent / link).exists()]
