#!/usr/bin/env python3
"""Writes Scripts/static-link/start-order.txt: the functions and the data that a process touches from its start to its first request.

    Scripts/static-link/trace-start.py       after Scripts/build-functions.sh; needs Debian's valgrind

The linker lays them side by side, so that a start touches a fraction of the pages that it would touch otherwise; each page costs a microsecond
or two, and more when it has to be read first. Names that are no longer there do no harm, and new ones are only missed, so the list has to be
made again only when `make bench` shows that it is old.
"""

from __future__ import annotations

import bisect
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ORDER = ROOT / "Scripts" / "static-link" / "start-order.txt"
# Nothing listens at the Runtime API's address, so every function ends when it asks for its first event.
ENVIRONMENT = {
    "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9", "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "example",
    "AWS_LAMBDA_LOG_FORMAT": "JSON", "ORCHESTRATION_TABLE": "a", "WORKER_STATE_TABLE": "b", "AGENT_CONFIG_TABLE": "c", "TOOLS_CONFIG_TABLE": "d",
    "AGENT_BUCKET_NAME": "e", "EVENT_BUS_NAME": "f", "COMPLETION_BUS_NAME": "f", "WORKER_QUEUE_URL": "http://127.0.0.1/worker",
    "FABRICATOR_QUEUE_URL": "http://127.0.0.1/fabricator",
}
# Larger ones would push the small ones apart; they come last.
LARGE = 8192


def run(*command: str | pathlib.Path) -> str:
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout


def trace(program: pathlib.Path, *options: str) -> None:
    # The function ends with status 1, for want of a Runtime API.
    subprocess.run(["valgrind", "--quiet", "--demangle=no", *options, str(program)], env=ENVIRONMENT, capture_output=True, check=False)


def functions(program: pathlib.Path, folder: pathlib.Path) -> list[str]:
    """The functions that ran, in the order of their first calls."""
    output = folder / "calls"
    trace(program, "--tool=callgrind", f"--callgrind-out-file={output}")
    # A function's first mention carries its name: "fn=(12) name", for one that recurs with a number behind it.
    names = re.findall(r"^c?fn=\(\d+\) (.*)$", output.read_text(), re.MULTILINE)
    names = [re.sub(r"'\d+$", "", name) for name in names]
    return [name for name in names if name not in ("(below main)", "???") and not name.startswith("0x")]


def data(program: pathlib.Path, folder: pathlib.Path) -> list[tuple[int, str]]:
    """The objects that were read or written, with their sizes."""
    output = folder / "accesses"
    trace(program, "--tool=lackey", "--trace-mem=yes", f"--log-file={output}")
    symbols = []
    for line in run("nm", "--print-size", "--defined-only", program).splitlines():
        fields = line.split()
        if len(fields) == 4 and fields[2] in "bBdDrRVu":
            symbols.append((int(fields[0], 16), int(fields[1], 16), fields[3]))
    symbols.sort()
    starts = [symbol[0] for symbol in symbols]
    found = set()
    for line in output.open():
        # " L 1ffeffe7e0,8": a load; S is a store, M both.
        if line[:3] not in (" L ", " S ", " M "):
            continue
        address = int(line[3:].split(",")[0], 16)
        index = bisect.bisect_right(starts, address) - 1
        if index >= 0 and address < symbols[index][0] + symbols[index][1]:
            found.add((symbols[index][1], symbols[index][2]))
    return sorted(found)


def main() -> int:
    if not shutil.which("valgrind"):
        print("trace-start: valgrind is missing: apt-get install valgrind", file=sys.stderr)
        return 1
    called: dict[str, None] = {}
    touched: dict[str, int] = {}
    for linked in sorted((ROOT / ".build" / "functions").glob("*/bootstrap")):
        name = linked.parent.name
        built = ROOT / ".build" / "static" / "release" / name
        if not built.is_file():
            print(f"trace-start: {built} is missing: run Scripts/build-functions.sh", file=sys.stderr)
            return 1
        with tempfile.TemporaryDirectory() as folder:
            # valgrind stumbles over the toolchain's debugging information.
            program = pathlib.Path(folder) / name
            run("strip", "--strip-debug", "-o", program, built)
            called.update(dict.fromkeys(functions(program, pathlib.Path(folder))))
            touched.update({name: size for size, name in data(program, pathlib.Path(folder))})
    if not called or not touched:
        print("trace-start: nothing was traced: run Scripts/build-functions.sh first", file=sys.stderr)
        return 1
    objects = sorted(touched, key=lambda name: (touched[name] > LARGE, name))
    ORDER.write_text("\n".join([*called, *(name for name in objects if name not in called)]) + "\n")
    print(f"trace-start: {len(called)} functions, {len(objects)} objects")
    return 0


if __name__ == "__main__":
    sys.exit(main())
