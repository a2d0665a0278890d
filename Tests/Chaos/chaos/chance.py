"""Chance that a seed decides: the same question gets the same answer, whoever asks first."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

Choice = TypeVar("Choice")


class Chance:
    """Answers by the name of a question, not by the order of questions: processes race, and what one asks must not change what another gets."""

    def __init__(self, seed: int) -> None:
        self._key = str(seed).encode()

    def fraction(self, *question: object) -> float:
        """From 0 up to 1, without 1."""
        name = "\x1f".join(map(str, question)).encode()
        return int.from_bytes(hashlib.blake2b(name, digest_size=7, key=self._key).digest()) / (1 << 56)

    def occurs(self, rate: float, *question: object) -> bool:
        return self.fraction(*question) < rate

    def number(self, lowest: int, highest: int, *question: object) -> int:
        """A whole number, both bounds included."""
        return lowest + int(self.fraction(*question) * (highest - lowest + 1))

    def between(self, lowest: float, highest: float, *question: object) -> float:
        return lowest + self.fraction(*question) * (highest - lowest)

    def one_of(self, choices: Sequence[Choice], *question: object) -> Choice:
        return choices[self.number(0, len(choices) - 1, *question)]
