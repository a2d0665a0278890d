#!/usr/bin/env python3
"""Says what an account was asked that it should not have been, and fails when there was something.

check_problems.py URL        the account's address
"""

import json
import sys
import urllib.request


def main() -> None:
    with urllib.request.urlopen(f"{sys.argv[1]}/_account/calls") as answer:
        calls = json.load(answer)
    with urllib.request.urlopen(f"{sys.argv[1]}/_account/problems") as answer:
        problems = json.load(answer)
    for problem in problems:
        print(f"account: {problem}", file=sys.stderr)
    print(f"account: {sum(calls.values())} calls of {len(calls)} operations, {len(problems)} problems")
    sys.exit(1 if problems or not calls else 0)


if __name__ == "__main__":
    main()
