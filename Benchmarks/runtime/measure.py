#!/usr/bin/env python3
"""Measures the Lambda runtime beside its peers, in one run, and adds the figures to Benchmarks/results.json.

Every program is started and fed by our own Runtime API, `arbiter invoke --repeat`, on one processor, in an order that changes each round.
What is shown are medians over the rounds, with the smallest and the largest value.

  floor         a C program that copies bytes: what the kernel and the Runtime API take
  echo-raw      EchoRaw, a function on our runtime that answers with the event's bytes
  echo          EchoTyped, a function on our runtime: decodes the event into structures, encodes them again
  awslambdaric  AWS's own runtime for Python (PyPI), with a function that returns its event

The results have three parts: `start`, from the start of a process to its first GET next; `runtime`, invocations; `runtime-bars`, the ratios
that must hold. A bar that is missed is printed, and makes the run fail.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SOURCES = ROOT / "Benchmarks" / "runtime"
sys.path.append(str(SOURCES.parent))
sys.path.append(str(ROOT / "Scripts"))
import package  # noqa: E402  (scripts beside this folder)
from bars import Bar, as_results, show  # noqa: E402
from merge_results import RESULTS, merge  # noqa: E402

BUILT = ROOT / ".build" / "bench"
FUNCTIONS = ROOT / ".build" / "functions"
FUNCTION_NAMES = package.functions()
ECHO_NAMES = ("EchoTyped", "EchoRaw")
ARBITER = ROOT / ".build" / "debug" / "arbiter"
PYTHON = ROOT / ".venv" / "bin" / "python"

EVENT_SIZES = {"1KB": 1024, "256KB": 256 * 1024}
# The first start behind that of `arbiter` itself, which has just loaded some 60 MB, finds the caches full of what is not its own: a part of its
# time measures the command. It is shown apart; the others, of a server that has settled, are those that are compared.
STARTS_IN_A_ROW = 8
# An invocation that takes longer has gone wrong.
TIMEOUT_SECONDS = 30

# The environment is Lambda's: `arbiter invoke` would add where the local cloud is, and pass on the home folder, in which every AWS client looks
# for files. No program of Lambda's has either.
ENVIRONMENT = {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_ENDPOINT_URL": "", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "",
               "AWS_ENDPOINT_URL_BEDROCK_AGENTCORE": "", "HOME": ""}

# What `python -m awslambdaric` does, as a bootstrap: a shell in between would count as a part of the start.
PEER_BOOTSTRAP = """#!{python}
import sys
sys.path.insert(0, {folder!r})
from awslambdaric.__main__ import main
main(["awslambdaric", "echo.handler"])
"""


class BenchmarkError(Exception):
    """Something could not be built or measured; the message says what."""


def run(command: list[str | pathlib.Path], **options) -> subprocess.CompletedProcess:
    result = subprocess.run([str(part) for part in command], cwd=ROOT, text=True, capture_output=True, **options)
    if result.returncode:
        raise BenchmarkError(f"{' '.join(map(str, command))} failed:\n{result.stdout}{result.stderr}")
    return result


def build() -> None:
    BUILT.mkdir(parents=True, exist_ok=True)
    # Its Runtime API is optimized in debug builds too.
    run(["Scripts/swift-build.sh", "--product", "arbiter"])
    # Static, as our functions are: with shared libraries, the C program itself starts later.
    run(["clang", "-O2", "-Wall", "-Wextra", "-Werror", "-static", "-o", BUILT / "floor", SOURCES / "floor.c"])
    run(["Scripts/build-functions.sh", *ECHO_NAMES], env={**os.environ, "FUNCTIONS_OUTPUT": str(BUILT)})
    run(["Scripts/build-functions.sh"])
    peer = BUILT / "awslambdaric" / "bootstrap"
    peer.parent.mkdir(exist_ok=True)
    peer.write_text(PEER_BOOTSTRAP.format(python=PYTHON, folder=str(SOURCES / "peer")))
    peer.chmod(0o755)


def write_event(size: int, path: pathlib.Path) -> None:
    """A batch of orders: texts with and without escapes, whole and broken numbers, booleans, lists."""
    records: list[dict] = []
    text = b""
    while len(text) < size:
        number = len(records)
        records.append({
            "id": f"msg-{number:08d}", "kind": "order.created", "n": number, "price": number * 1.25 + 0.5, "active": number % 2 == 0,
            "tags": ["a", "blue", "zürich"], "body": json.dumps({"sku": f"X-{number:06d}", "note": "line\nbreak"}),
        })
        text = json.dumps({"source": "bench", "records": records}, separators=(",", ":"), ensure_ascii=False).encode()
    path.write_bytes(text)


def settle_on(processor: int) -> None:
    """For the command that measures and all that it starts."""
    os.sched_setaffinity(0, {processor})
    try:
        os.setpriority(os.PRIO_PROCESS, 0, -15)
    except PermissionError:
        pass  # Only root may; without it the figures are a little less steady.


class Peer:
    def __init__(self, name: str, program: pathlib.Path) -> None:
        self.name, self.program = name, program

    def measure(self, processor: int, options: list[str | pathlib.Path]) -> dict:
        # ARBITER_ENVIRONMENT and the like of the caller's shell must not decide what is measured.
        variables = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LANG": "C.UTF-8", "ARBITER_PROJECT": str(BUILT)}
        try:
            # What the program writes to standard error is shown when it fails.
            output = run([ARBITER, "invoke", self.program, "--json", "--timeout", str(TIMEOUT_SECONDS),
                          *(part for pair in ENVIRONMENT.items() for part in ("--set", "=".join(pair))), *options], env=variables, preexec_fn=lambda: settle_on(processor)).stdout
        except BenchmarkError as error:
            raise BenchmarkError(f"{self.name}: {error}") from error
        return json.loads(output)

    def start(self, processor: int) -> dict:
        result = self.measure(processor, ["--starts", str(STARTS_IN_A_ROW)])
        return {
            "first_ms": result["firstMicroseconds"] / 1000, "start_ms": result["startMicroseconds"]["p50"] / 1000,
            "start_cpu_ms": result["startCPUMicroseconds"] / 1000, "start_peak_kb": result["startPeakKilobytes"],
        }

    def invoke(self, processor: int, event: pathlib.Path, count: int) -> dict:
        result = self.measure(processor, ["--event", event, "--repeat", str(count)])
        if result["response"] != json.loads(event.read_bytes()):
            raise BenchmarkError(f"{self.name} did not answer with the event")
        return {
            "round_trip_us_p50": result["roundTripMicroseconds"]["p50"], "round_trip_us_p99": result["roundTripMicroseconds"]["p99"],
            "per_second": result["invocationsPerSecond"], "cpu_us": result["cpuMicroseconds"], "peak_kb": result["peakKilobytes"],
        }


def unpacked(name: str, program: pathlib.Path) -> pathlib.Path:
    """A fresh copy, written from beginning to end as by whoever unpacks a zip: strip writes here and there, and how a file lies in the page
    cache is a tenth of a start. It is done to the C program as to ours."""
    target = BUILT / "unpacked" / name / "bootstrap"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    target.write_bytes(program.read_bytes())
    target.chmod(0o755)
    return target


def peers() -> dict[str, Peer]:
    if not PYTHON.exists():
        raise BenchmarkError("there is no .venv: run Scripts/setup.sh")
    programs = {
        "floor": unpacked("floor", BUILT / "floor"), "echo-raw": unpacked("EchoRaw", BUILT / "EchoRaw" / "bootstrap"),
        "echo": unpacked("EchoTyped", BUILT / "EchoTyped" / "bootstrap"),
        "awslambdaric": BUILT / "awslambdaric" / "bootstrap",
    }
    return {name: Peer(name, program) for name, program in programs.items()}


def deployed() -> list[Peer]:
    """Every function that is deployed. One that does not start ends the run when it is measured: left out, it would meet every bar."""
    for name in FUNCTION_NAMES:
        if not (FUNCTIONS / name / "bootstrap").is_file():
            raise BenchmarkError(f"{FUNCTIONS / name / 'bootstrap'} is missing: run Scripts/build-functions.sh")
    return [Peer(name, unpacked(name, FUNCTIONS / name / "bootstrap")) for name in FUNCTION_NAMES]


def rounds(peers: list[Peer], count: int):
    """Every peer once a round, in an order of its own, so that no one always runs behind the same neighbour."""
    order = random.Random(1)
    for _ in range(count):
        yield from order.sample(peers, len(peers))


def median(results: list[dict], field: str) -> float:
    return round(statistics.median(result[field] for result in results), 3)


def spread(results: list[dict], field: str) -> dict:
    """The median under the field's own name, and the ends."""
    values = [result[field] for result in results]
    return {field: median(results, field), f"{field}_minimum": round(min(values), 3), f"{field}_maximum": round(max(values), 3)}


def measure_starts(peers: list[Peer], processor: int, count: int) -> dict:
    samples: dict[str, list[dict]] = {peer.name: [] for peer in peers}
    for peer in rounds(peers, count):
        samples[peer.name].append(peer.start(processor))
    floor, first_floor = median(samples["floor"], "start_ms"), median(samples["floor"], "first_ms")
    return {
        name: {
            "first_ms": median(results, "first_ms"), "first_times_floor": round(median(results, "first_ms") / first_floor, 2),
            "median_ms": median(results, "start_ms"), "minimum_ms": min(r["start_ms"] for r in results),
            "maximum_ms": max(r["start_ms"] for r in results), "cpu_ms": median(results, "start_cpu_ms"),
            "peak_kb": median(results, "start_peak_kb"), "times_floor": round(median(results, "start_ms") / floor, 2),
        }
        for name, results in samples.items()
    }


def measure_invocations(peers: list[Peer], processor: int, event: pathlib.Path, invocations: int, count: int) -> dict:
    samples: dict[str, list[dict]] = {peer.name: [] for peer in peers}
    for peer in rounds(peers, count):
        samples[peer.name].append(peer.invoke(processor, event, invocations))
    fields = ("round_trip_us_p50", "round_trip_us_p99", "per_second", "cpu_us", "peak_kb")
    return {name: {key: value for field in fields for key, value in spread(results, field).items()} for name, results in samples.items()}


def table(title: str, columns: list[str], rows: list[list[str]]) -> None:
    widths = [max(len(row[index]) for row in [columns, *rows]) for index in range(len(columns))]
    print(f"\n{title}")
    for row in [columns, *rows]:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:]))]
        print("  " + "  ".join(cells).rstrip())


def show_starts(starts: dict) -> None:
    table("Start of the process to its first GET next, in milliseconds (medians): the first behind the command's own start, and the later ones",
          ["", "first", "times floor", "median", "min", "max", "CPU", "times floor", "memory MB"],
          [[name, f"{r['first_ms']:.2f}", f"{r['first_times_floor']:.2f}", f"{r['median_ms']:.2f}", f"{r['minimum_ms']:.2f}", f"{r['maximum_ms']:.2f}", f"{r['cpu_ms']:.2f}", f"{r['times_floor']:.2f}",
            f"{r['peak_kb'] / 1024:.1f}"] for name, r in starts.items()])


def show_invocations(size: str, results: dict) -> None:
    ours, theirs = results["echo"], results["awslambdaric"]
    table(f"Invocations with an event of {size}, in microseconds (medians of the rounds)",
          ["", "p50", "min", "max", "p99", "CPU", "a second", "memory MB", "min", "max"],
          [[name, f"{r['round_trip_us_p50']:.1f}", f"{r['round_trip_us_p50_minimum']:.1f}", f"{r['round_trip_us_p50_maximum']:.1f}",
            f"{r['round_trip_us_p99']:.0f}", f"{r['cpu_us']:.1f}", f"{r['per_second']:.0f}",
            *(f"{r[field] / 1024:.1f}" for field in ("peak_kb", "peak_kb_minimum", "peak_kb_maximum"))] for name, r in results.items()])
    print(f"  awslambdaric takes {theirs['round_trip_us_p50'] / ours['round_trip_us_p50']:.1f} times as long at the median, "
          f"{theirs['cpu_us'] / ours['cpu_us']:.1f} times the CPU and {theirs['peak_kb'] / ours['peak_kb']:.1f} times the memory of echo")


def bars(starts: dict, invocations: dict) -> list[Bar]:
    """The ratios of this run that must hold."""
    small, large = invocations["1KB"], invocations["256KB"]
    return [
        *(Bar(f"start to first GET next, {name}", starts[name]["median_ms"] / starts["floor"]["median_ms"], 1.5, "x the C floor's start")
          for name in FUNCTION_NAMES),
        Bar("1 KB typed echo, p50", small["echo"]["round_trip_us_p50"] / small["floor"]["round_trip_us_p50"], 1.8, "x the C floor's raw echo"),
        Bar("256 KB typed echo, p50", large["echo"]["round_trip_us_p50"] / large["awslambdaric"]["round_trip_us_p50"], 0.25, "x awslambdaric"),
        Bar("peak RSS, 1 KB typed echo", small["echo"]["peak_kb"] / small["awslambdaric"]["peak_kb"], 0.35, "x awslambdaric"),
    ]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--starts", type=int, default=31, help="rounds of starts (default 31)")
    parser.add_argument("--rounds", type=int, default=7, help="rounds of invocations (default 7)")
    parser.add_argument("--invocations", type=int, default=3000, help="invocations a round with 1 KB; a tenth with 256 KB (default 3000)")
    parser.add_argument("--processor", type=int, default=(os.cpu_count() or 1) - 1, help="where all of it runs (default the last)")
    options = parser.parse_args(arguments)
    processor = options.processor
    try:
        print("building", file=sys.stderr)
        build()
        programs = peers()
        functions = deployed()
        print("measuring starts", file=sys.stderr)
        starts = measure_starts([*programs.values(), *functions], processor, options.starts)
        show_starts(starts)
        invocations = {}
        for size, bytes_ in EVENT_SIZES.items():
            print(f"measuring invocations with {size}", file=sys.stderr)
            event = BUILT / f"event-{size}.json"
            write_event(bytes_, event)
            count = options.invocations if bytes_ < 100_000 else max(1, options.invocations // 10)
            invocations[size] = measure_invocations(list(programs.values()), processor, event, count, options.rounds)
            show_invocations(size, invocations[size])
    except BenchmarkError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    merge(RESULTS, "start", starts)
    merge(RESULTS, "runtime", invocations)
    held = bars(starts, invocations)
    merge(RESULTS, "runtime-bars", as_results(held))
    return 1 if show(held) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
