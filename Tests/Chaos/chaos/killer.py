"""Ends function processes without a chance to tidy up, at random moments."""

from __future__ import annotations

import math
import threading
import time

from harness import processes
from harness.cloud import WAKING_MILLISECONDS, Cloud

from chaos.chance import Chance

# Between two looks at who is at work, and for how long.
LOOK_SECONDS = 0.01
PATIENCE_SECONDS = 1.0
# Of so many kills one takes all functions at once, as a failing machine does, or a deployment.
WAVE = 25
LONGEST_MOMENT_SECONDS = 0.5


class Killer:
    """Kills from when it is entered until it is left, only children of this run's cloud; those that have just begun to work where there are any,
    because the death of one that rests is hardly one."""

    def __init__(self, cloud: Cloud, seed: int, kills_a_minute: float) -> None:
        self._cloud, self._chance, self._rate = cloud, Chance(seed), kills_a_minute / 60
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._kill, name="killer", daemon=True)
        self.killed = 0
        # Kills of processes that had just begun to work, and of all at once.
        self.begun = 0
        self.waves = 0

    def __enter__(self) -> Killer:
        if self._rate:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(10)

    def _kill(self) -> None:
        number = 0
        while True:
            number += 1
            # Moments that know nothing of each other.
            if self._ended.wait(-math.log(1 - self._chance.fraction("pause", number)) / self._rate):
                return
            victim, busy = self._victim(number)
            # An invocation takes from some milliseconds to some hundreds: so each of its moments has its turn.
            if self._ended.wait(self._chance.between(0, 1, "moment", number) ** 2 * LONGEST_MOMENT_SECONDS):
                return
            if victim is not None:
                wave = self._chance.occurs(1 / WAVE, "wave", number)
                self.waves += wave
                killed = processes.kill(self._cloud.function_processes() if wave else [victim])
                self.killed += killed
                self.begun += bool(killed) and busy

    def _victim(self, number: int) -> tuple[int | None, bool]:
        """A process that has just begun to work, or any when none does for a while; and which of the two."""
        before: dict[int, float] = {}
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            now = {process: processes.used_milliseconds(process) for process in sorted(self._cloud.function_processes())}
            busy = [process for process, used in now.items() if used > before.get(process, used) + WAKING_MILLISECONDS]
            if busy:
                return self._chance.one_of(busy, "whom", number), True
            if time.monotonic() > end or self._ended.wait(LOOK_SECONDS):
                return (self._chance.one_of(list(now), "whom", number) if now else None), False
            before = now
