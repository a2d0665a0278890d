#!/usr/bin/env python3
"""Puts the cost agent's prompt (Sources/CostOptimizer/Agent/prompt.md) into a Swift file, since a static executable has no files beside it.

`make prompt` runs it; a test compares the two files."""

from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "Sources/CostOptimizer/Agent"

HEAD = """// Made from prompt.md by Scripts/generate-prompt.py; change that file, and run `make prompt`.

extension CostAgentPrompt {
  /// The text of prompt.md.
  static let builtIn = ##\"\"\"
"""
TAIL = """    \"\"\"##
}
"""


def main() -> None:
    lines = (FOLDER / "prompt.md").read_text(encoding="utf-8").split("\n")
    body = "".join(f"    {line}".rstrip() + "\n" for line in lines)
    (FOLDER / "BuiltInPrompt.swift").write_text(HEAD + body + TAIL, encoding="utf-8")


if __name__ == "__main__":
    main()
