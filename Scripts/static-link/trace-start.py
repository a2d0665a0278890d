#!/usr/bin/env python3
"""Writes Scripts/static-link/start-order.txt: the functions and the data that a process touches from its start to its first request, and behind
them those that the runtime and JSON need for an event.

    Scripts/static-link/trace-start.py       after Scripts/build-functions.sh and Benchmarks/runtime/run.sh; needs Debian's valgrind

The linker lays them side by side, so that a start touches a fraction of the pages that it would touch otherwise; each page costs a microsecond
or two, and more when it has to be read first, and each counts as memory. Names that are no longer there do no harm, and new ones are only missed,
so the list has to be made again only when `make bench` shows that it is old.
"""

from __future__ import annotations

import bisect
import pathlib
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
    "FABRICATOR_QUEUE_URL": "http://127.0.0.1/fabricator", "JOURNAL_TABLE_NAME": "g", "S3_BUCKET_NAME": "h", "AGENT_CORE_RUNTIME_ARN": "i",
}
# Larger ones would push the small ones apart; they come last.
LARGE = 8192


def run(*command: str | pathlib.Path) -> str:
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout


class Symbols:
    """The functions and the objects of a program, by address."""

    def __init__(self, program: pathlib.Path) -> None:
        self.found: list[tuple[int, int, str]] = []
        for line in run("nm", "--print-size", "--defined-only", program).splitlines():
            fields = line.split()
            if len(fields) == 4 and fields[2] in "tTwWibBdDrRVu":
                self.found.append((int(fields[0], 16), int(fields[1], 16), fields[3]))
        self.found.sort()
        self.starts = [symbol[0] for symbol in self.found]

    def at(self, address: int) -> tuple[int, str] | None:
        index = bisect.bisect_right(self.starts, address) - 1
        if index >= 0 and address < self.found[index][0] + self.found[index][1]:
            return self.found[index][1], self.found[index][2]
        return None


def accesses(log: pathlib.Path, symbols: Symbols) -> tuple[dict[str, None], dict[str, int]]:
    """What ran, in the order of its first instruction, and the objects that were read or written, with their sizes."""
    called: dict[str, None] = {}
    touched: dict[str, int] = {}
    seen: set[int] = set()
    for line in log.open():
        # "I  04001234,5" is an instruction; " L 1ffeffe7e0,8" a load, S a store, M both.
        if line[:3] not in ("I  ", " L ", " S ", " M "):
            continue
        address = int(line[3:].split(",")[0], 16)
        if address in seen:
            continue
        seen.add(address)
        symbol = symbols.at(address)
        if symbol is None:
            continue
        if line[0] == "I":
            called.setdefault(symbol[1])
        else:
            touched[symbol[1]] = symbol[0]
    return called, touched


def valgrind(program: pathlib.Path, log: pathlib.Path) -> list[str]:
    return ["valgrind", "--quiet", "--tool=lackey", "--trace-mem=yes", f"--log-file={log}", str(program)]


def trace_start(program: pathlib.Path, log: pathlib.Path) -> None:
    # The function ends with status 1, for want of a Runtime API.
    subprocess.run(valgrind(program, log), env=ENVIRONMENT, capture_output=True, check=False)


def trace_events(program: pathlib.Path, log: pathlib.Path) -> None:
    """Lets the typed echo of the benchmark serve an event."""
    wrapper = log.parent / "bootstrap"
    wrapper.write_text("#!/bin/sh\nexec " + " ".join(valgrind(program, log)) + "\n")
    wrapper.chmod(0o755)
    event = ROOT / ".build" / "bench" / "event-1KB.json"
    run(ROOT / ".build" / "debug" / "arbiter", "invoke", wrapper, "--event", event, "--timeout", "300", "--init-timeout", "300")


def main() -> int:
    if not shutil.which("valgrind"):
        print("trace-start: valgrind is missing: apt-get install valgrind", file=sys.stderr)
        return 1
    called: dict[str, None] = {}
    touched: dict[str, int] = {}
    # Agents that run in containers are there too; they have no first event to end at.
    names = sorted(name for linked in (ROOT / ".build" / "functions").glob("*/bootstrap")
                   if (ROOT / "Sources" / "Functions" / (name := linked.parent.name)).is_dir())
    for name in [*names, "EchoTyped"]:
        built = ROOT / ".build" / "static" / "release" / name
        if not built.is_file():
            print(f"trace-start: {built} is missing: run Scripts/build-functions.sh and Benchmarks/runtime/run.sh", file=sys.stderr)
            return 1
        with tempfile.TemporaryDirectory() as folder:
            # valgrind stumbles over the toolchain's debugging information.
            program, log = pathlib.Path(folder) / name, pathlib.Path(folder) / "accesses"
            run("strip", "--strip-debug", "-o", program, built)
            (trace_events if name == "EchoTyped" else trace_start)(program, log)
            more_called, more_touched = accesses(log, Symbols(program))
            called.update({name: None for name in more_called if name not in called})
            touched.update(more_touched)
    if not names or not called or not touched:
        print("trace-start: nothing was traced: run Scripts/build-functions.sh first", file=sys.stderr)
        return 1
    objects = sorted(touched, key=lambda name: (touched[name] > LARGE, name))
    ORDER.write_text("\n".join([*called, *(name for name in objects if name not in called)]) + "\n")
    print(f"trace-start: {len(called)} functions, {len(objects)} objects")
    return 0


if __name__ == "__main__":
    sys.exit(main())
