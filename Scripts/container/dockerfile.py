"""Reads the Dockerfiles of Sources/Containers: images from nothing, of files that are there. Anything else is refused rather than guessed.

https://docs.docker.com/reference/dockerfile/
"""

from __future__ import annotations

import dataclasses
import json
import re


class DockerfileError(Exception):
    """A line that is not understood; the message has its number."""


@dataclasses.dataclass(frozen=True)
class Copy:
    """One file of the context, where it goes and with which mode."""

    source: str
    target: str
    mode: int


@dataclasses.dataclass
class Dockerfile:
    """What an image is made of."""

    copies: list[Copy] = dataclasses.field(default_factory=list)
    user: str = ""
    ports: list[int] = dataclasses.field(default_factory=list)
    variables: dict[str, str] = dataclasses.field(default_factory=dict)
    stop_signal: str = ""
    entrypoint: list[str] = dataclasses.field(default_factory=list)


def parse(text: str) -> Dockerfile:
    """The instructions of a Dockerfile; raises DockerfileError for what an image from nothing cannot have."""
    found = Dockerfile()
    begun = False
    for number, line in enumerate(text.splitlines(), start=1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        name, _, rest = line.partition(" ")
        rest = rest.strip()

        def refuse(expected: str) -> DockerfileError:
            return DockerfileError(f"line {number} of the Dockerfile is '{line}'; expected {expected}")

        if not begun:
            if (name, rest) != ("FROM", "scratch"):
                raise refuse("FROM scratch first")
            begun = True
        elif name == "COPY":
            match = re.fullmatch(r"--chmod=(0[0-7]{3}) ([\w.-]+) (/[\w./-]+)", rest)
            if not match or match[3].endswith("/") or ".." in match[3].split("/"):
                raise refuse("COPY --chmod=0644 FILE /PLACE, one file of the context and its place")
            found.copies.append(Copy(match[2], match[3], int(match[1], 8)))
        elif name == "USER" and re.fullmatch(r"\d+:\d+", rest):
            found.user = rest
        elif name == "EXPOSE" and rest.isdigit():
            found.ports.append(int(rest))
        elif name == "ENV" and (match := re.fullmatch(r"(\w+)=([^\s\"'$\\]+)", rest)):
            found.variables[match[1]] = match[2]
        elif name == "STOPSIGNAL" and re.fullmatch(r"SIG[A-Z0-9]+", rest):
            found.stop_signal = rest
        elif name == "ENTRYPOINT":
            try:
                words = json.loads(rest)
            except ValueError:
                words = None
            # The form with a shell needs one, and the shell would get the signals.
            if not isinstance(words, list) or not words or not all(isinstance(word, str) for word in words):
                raise refuse('ENTRYPOINT ["/program"]')
            found.entrypoint = words
        else:
            raise refuse("COPY, USER 1:1, EXPOSE 1, ENV NAME=value, STOPSIGNAL or ENTRYPOINT")
    if not begun or not found.copies or not found.entrypoint:
        raise DockerfileError("the Dockerfile has no image: it needs FROM scratch, COPY and ENTRYPOINT")
    return found
