"""Waiting for something to become true, and for nothing longer than that."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

# Between two looks. Looks cost little, and a test should not be slower than what it watches.
PAUSE_SECONDS = 0.02


def wait_until(what: str, look: Callable[[], Found], seconds: float = 30, seen: Callable[[], object] | None = None) -> Found:
    """The first true value that `look` returns.

    `seen` says in the failure how far it got, when `look` itself only says no.
    """
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            got = found if seen is None else seen()
            raise AssertionError(f"after {seconds:g} s still not: {what}; last seen: {got!r}")
        time.sleep(PAUSE_SECONDS)
