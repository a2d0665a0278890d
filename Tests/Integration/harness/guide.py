"""The commands of a guide, run as a reader would run them: block by block, in one shell, in a folder that looks like a checkout."""

from __future__ import annotations

import pathlib
import re


def blocks(guide: pathlib.Path) -> list[tuple[int, str]]:
    """The shell blocks between the guide's marks, each with its line."""
    text = guide.read_text()
    start, end = text.index("<!-- test: start -->"), text.index("<!-- test: end -->")
    return [(text[:found.start()].count("\n") + 1, found[1]) for found in re.finditer(r"^```sh\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
            if start < found.start() < end]


def script(guide: pathlib.Path) -> str:
    """The blocks as one script that says which it runs, and stops at the first command that fails."""
    parts = ["set -euo pipefail", "shopt -s expand_aliases"]
    for line, block in blocks(guide):
        parts += [f"echo '== {guide.name}:{line}' >&2", block]
    return "\n".join(parts) + "\n"
