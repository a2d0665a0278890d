#!/usr/bin/env python3
"""Measures the Lambda runtime beside its peers, in one run, and adds the figures to Benchmarks/results.json.

Every program is started and fed by the same Runtime API emulator (Benchmarks/runtime/runtime_api.c), on one processor, in an order that changes
each round. What is shown are medians over the rounds, with the smallest and the largest value of the start.

  floor         a C program that copies bytes: what the kernel and the emulator take
  echo          Echo, a typed function on our runtime: decodes the event into structures, encodes them again
  awslambdaric  AWS's own runtime for Python (PyPI), with a function that returns its event

The results have two parts: `start`, from the start of a process to its first GET next, and `runtime`, invocations.
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
from merge_results import RESULTS, merge  # noqa: E402  (a script beside this folder)

BUILT = ROOT / ".build" / "bench"
FUNCTIONS = ROOT / ".build" / "functions"
FUNCTION_NAMES = ("Supervisor", "WorkerWrapper", "ConfigSeeder")
PYTHON = ROOT / ".venv" / "bin" / "python"

# A function may take at most this many times the start of the C program.
START_BAR = 2.0
EVENT_SIZES = {"1KB": 1024, "256KB": 256 * 1024}
# Settings without which the functions refuse to start; nothing is called.
FUNCTION_ENVIRONMENT = {
    "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "example",
    "ORCHESTRATION_TABLE": "orchestrations", "WORKER_STATE_TABLE": "worker-state", "AGENT_CONFIG_TABLE": "agents",
    "TOOLS_CONFIG_TABLE": "tools", "AGENT_BUCKET_NAME": "code", "EVENT_BUS_NAME": "bus", "COMPLETION_BUS_NAME": "bus",
    "WORKER_QUEUE_URL": "http://127.0.0.1:4566/123456789012/worker",
    "FABRICATOR_QUEUE_URL": "http://127.0.0.1:4566/123456789012/fabricator",
}


class BenchmarkError(Exception):
    """Something could not be built or measured; the message says what."""


def run(command: list[str | pathlib.Path], **options) -> subprocess.CompletedProcess:
    result = subprocess.run([str(part) for part in command], cwd=ROOT, text=True, capture_output=True, **options)
    if result.returncode:
        raise BenchmarkError(f"{' '.join(map(str, command))} failed:\n{result.stdout}{result.stderr}")
    return result


def build() -> None:
    BUILT.mkdir(parents=True, exist_ok=True)
    compiler = ["clang", "-O2", "-Wall", "-Wextra", "-Werror"]
    run([*compiler, "-o", BUILT / "runtime_api", SOURCES / "runtime_api.c"])
    # Static, as our functions are: with shared libraries, the C program itself starts later.
    run([*compiler, "-static", "-o", BUILT / "floor", SOURCES / "floor.c"])
    run(["Scripts/build-functions.sh", "Echo"], env={**os.environ, "FUNCTIONS_OUTPUT": str(BUILT)})
    run(["Scripts/build-functions.sh"])


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


def measure(program: list[str | pathlib.Path], options: list[str | pathlib.Path], environment: dict[str, str]) -> dict:
    variables = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LANG": "C.UTF-8", **environment}
    output = run([BUILT / "runtime_api", *options, "--", *program], env=variables).stdout
    return json.loads(output)


class Peer:
    def __init__(self, name: str, program: list[str | pathlib.Path], environment: dict[str, str] | None = None) -> None:
        self.name, self.program, self.environment = name, program, environment or {}

    def start(self, processor: list[str]) -> dict:
        try:
            return measure(self.program, processor, self.environment)
        except BenchmarkError as error:
            raise BenchmarkError(f"{self.name} does not start: {error}") from error

    def invoke(self, processor: list[str], event: pathlib.Path, count: int) -> dict:
        response = BUILT / "response.json"
        result = measure(
            self.program, [*processor, "-n", str(count), "-w", str(max(10, count // 10)), "-e", event, "-o", response], self.environment)
        if json.loads(response.read_bytes()) != json.loads(event.read_bytes()):
            raise BenchmarkError(f"{self.name} did not answer with the event")
        return result


def peers() -> tuple[Peer, Peer, Peer]:
    if not PYTHON.exists():
        raise BenchmarkError("there is no .venv: run Scripts/setup.sh")
    python = Peer("awslambdaric", [PYTHON, "-m", "awslambdaric", "echo.handler"], {"PYTHONPATH": str(SOURCES / "peer")})
    return Peer("floor", [BUILT / "floor"]), Peer("echo", [BUILT / "Echo" / "bootstrap"]), python


def deployed() -> list[Peer]:
    """Every function that is deployed. One that does not start ends the run when it is measured: left out, it would meet every bar."""
    for name in FUNCTION_NAMES:
        if not (FUNCTIONS / name / "bootstrap").is_file():
            raise BenchmarkError(f"{FUNCTIONS / name / 'bootstrap'} is missing: run Scripts/build-functions.sh")
    return [Peer(name, [FUNCTIONS / name / "bootstrap"], FUNCTION_ENVIRONMENT) for name in FUNCTION_NAMES]


def rounds(peers: list[Peer], count: int):
    """Every peer once a round, in an order of its own, so that no one always runs behind the same neighbour."""
    order = random.Random(1)
    for _ in range(count):
        yield from order.sample(peers, len(peers))


def median(results: list[dict], field: str) -> float:
    return round(statistics.median(result[field] for result in results), 3)


def measure_starts(peers: list[Peer], processor: list[str], count: int) -> dict:
    samples: dict[str, list[dict]] = {peer.name: [] for peer in peers}
    for peer in rounds(peers, count):
        samples[peer.name].append(peer.start(processor))
    floor = median(samples["floor"], "start_ms")
    return {
        name: {
            "median_ms": median(results, "start_ms"), "minimum_ms": min(r["start_ms"] for r in results),
            "maximum_ms": max(r["start_ms"] for r in results), "cpu_ms": median(results, "start_cpu_ms"),
            "peak_kb": median(results, "start_peak_kb"), "times_floor": round(median(results, "start_ms") / floor, 2),
        }
        for name, results in samples.items()
    }


def measure_invocations(peers: list[Peer], processor: list[str], event: pathlib.Path, invocations: int, count: int) -> dict:
    samples: dict[str, list[dict]] = {peer.name: [] for peer in peers}
    for peer in rounds(peers, count):
        samples[peer.name].append(peer.invoke(processor, event, invocations))
    fields = ("round_trip_us_p50", "round_trip_us_p99", "per_second", "cpu_us", "peak_kb")
    return {name: {field: median(results, field) for field in fields} for name, results in samples.items()}


def table(title: str, columns: list[str], rows: list[list[str]]) -> None:
    widths = [max(len(row[index]) for row in [columns, *rows]) for index in range(len(columns))]
    print(f"\n{title}")
    for row in [columns, *rows]:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:]))]
        print("  " + "  ".join(cells).rstrip())


def show_starts(starts: dict) -> None:
    table("Start of the process to its first GET next, in milliseconds (medians)",
          ["", "median", "min", "max", "CPU", "times floor", "memory MB"],
          [[name, f"{r['median_ms']:.2f}", f"{r['minimum_ms']:.2f}", f"{r['maximum_ms']:.2f}", f"{r['cpu_ms']:.2f}", f"{r['times_floor']:.2f}",
            f"{r['peak_kb'] / 1024:.1f}"] for name, r in starts.items()])


def show_invocations(size: str, results: dict) -> None:
    ours, theirs = results["echo"], results["awslambdaric"]
    table(f"Invocations with an event of {size}, in microseconds (medians of the rounds)",
          ["", "p50", "p99", "CPU", "a second", "memory MB"],
          [[name, f"{r['round_trip_us_p50']:.0f}", f"{r['round_trip_us_p99']:.0f}", f"{r['cpu_us']:.0f}", f"{r['per_second']:.0f}",
            f"{r['peak_kb'] / 1024:.1f}"] for name, r in results.items()])
    print(f"  awslambdaric takes {theirs['round_trip_us_p50'] / ours['round_trip_us_p50']:.1f} times as long at the median, "
          f"{theirs['cpu_us'] / ours['cpu_us']:.1f} times the CPU and {theirs['peak_kb'] / ours['peak_kb']:.1f} times the memory of echo")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--starts", type=int, default=31, help="rounds of starts (default 31)")
    parser.add_argument("--rounds", type=int, default=7, help="rounds of invocations (default 7)")
    parser.add_argument("--invocations", type=int, default=3000, help="invocations a round with 1 KB; a tenth with 256 KB (default 3000)")
    parser.add_argument("--processor", type=int, default=(os.cpu_count() or 1) - 1, help="where all of it runs (default the last)")
    options = parser.parse_args(arguments)
    processor = ["-c", str(options.processor)]
    try:
        print("building", file=sys.stderr)
        build()
        floor, echo, python = peers()
        functions = deployed()
        print("measuring starts", file=sys.stderr)
        starts = measure_starts([floor, echo, *functions, python], processor, options.starts)
        show_starts(starts)
        invocations = {}
        for size, bytes_ in EVENT_SIZES.items():
            print(f"measuring invocations with {size}", file=sys.stderr)
            event = BUILT / f"event-{size}.json"
            write_event(bytes_, event)
            count = options.invocations if bytes_ < 100_000 else max(1, options.invocations // 10)
            invocations[size] = measure_invocations([floor, echo, python], processor, event, count, options.rounds)
            show_invocations(size, invocations[size])
    except BenchmarkError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    merge(RESULTS, "start", starts)
    merge(RESULTS, "runtime", invocations)

    late = [name for name in ["echo", *(function.name for function in functions)] if starts[name]["times_floor"] > START_BAR]
    print(f"\nA function starts in at most {START_BAR:.0f} times the C program: {'missed by ' + ', '.join(late) if late else 'met by all'}")
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
