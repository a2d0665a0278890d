#!/usr/bin/env python3
"""Measures the AWS client beside boto3, in one run, and adds the figures to Benchmarks/results.json.

Every program is started and answered by the same local endpoint (Benchmarks/client/aws_endpoint.c), on one processor, in an order that
changes each round. What is shown are medians over the rounds, with the smallest and the largest value.

  floor    the C program of the runtime's benchmark, whose start is the unit: process to first request
  getitem  GetItem, a static executable that reads one item after the other through DynamoDBClient
  boto3    AWS's own client for Python (PyPI), which does the same

Some of the requests are written out, and their signatures checked with botocore's.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterable

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SOURCES = ROOT / "Benchmarks" / "client"
sys.path.append(str(SOURCES.parent))
sys.path.append(str(ROOT / "Scripts"))
import package  # noqa: E402  (scripts beside this folder)
from bars import Bar, as_results, show  # noqa: E402
from merge_results import RESULTS, merge  # noqa: E402

BUILT = ROOT / ".build" / "bench"
CERTIFICATES = BUILT / "certificates"
REQUESTS = BUILT / "requests"
PYTHON = ROOT / ".venv" / "bin" / "python"

# Those of AWS's documentation; nothing outside this machine is called. The token is as long as they are on Lambda.
ACCESS_KEY, SECRET_KEY, TOKEN = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "AQoDYXdzEPT//////////wEXAMPLE" * 24
ENVIRONMENT = {
    "PATH": os.environ["PATH"], "HOME": "/nonexistent", "LANG": "C.UTF-8", "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY, "AWS_SESSION_TOKEN": TOKEN,
}


class BenchmarkError(Exception):
    """Something could not be built or measured; the message says what."""


def run(command: list[str | pathlib.Path], **options) -> subprocess.CompletedProcess:
    result = subprocess.run([str(part) for part in command], cwd=ROOT, text=True, capture_output=True, **options)
    if result.returncode:
        raise BenchmarkError(f"{' '.join(map(str, command))} failed:\n{result.stdout}{result.stderr}")
    return result


def build() -> None:
    if not PYTHON.exists():
        raise BenchmarkError("there is no .venv: run Scripts/setup.sh")
    BUILT.mkdir(parents=True, exist_ok=True)
    compiler = ["clang", "-O2", "-Wall", "-Wextra", "-Werror"]
    run([*compiler, "-o", BUILT / "aws_endpoint", SOURCES / "aws_endpoint.c", "-lssl", "-lcrypto"])
    # Static, as our functions are: with shared libraries, the C program itself starts later.
    run([*compiler, "-static", "-o", BUILT / "floor", ROOT / "Benchmarks" / "runtime" / "floor.c"])
    run(["Scripts/build-functions.sh", "GetItem"], env={**os.environ, "FUNCTIONS_OUTPUT": str(BUILT)})
    run([SOURCES / "certificates.sh", CERTIFICATES])
    # The file that is in every function's zip, and the root of this machine's own server.
    (CERTIFICATES / "cacert.pem").write_bytes(package.certificates() + (CERTIFICATES / "root.pem").read_bytes())


class Program:
    """A program that is measured; `is_secure` when over TLS."""

    def __init__(self, name: str, command: list[str | pathlib.Path], is_secure: bool = False) -> None:
        self.name, self.command, self.is_secure = name, command, is_secure

    def measure(self, processor: int, *options: str | pathlib.Path) -> dict:
        tls = ["-p", CERTIFICATES / "server.pem"] if self.is_secure else []
        command = [BUILT / "aws_endpoint", "-c", str(processor), *tls, *options, "--", *self.command]
        environment = {**ENVIRONMENT, "AWS_CA_BUNDLE": str(CERTIFICATES / "cacert.pem")}
        try:
            return json.loads(run(command, env=environment).stdout)
        except BenchmarkError as error:
            raise BenchmarkError(f"{self.name} could not be measured: {error}") from error


FLOOR = Program("floor", [BUILT / "floor"])
GETITEM = Program("getitem", [BUILT / "GetItem" / "bootstrap"])
SECURE_GETITEM = Program("getitem, HTTPS", GETITEM.command, is_secure=True)
BOTO3 = Program("boto3", [PYTHON, SOURCES / "peer" / "get_item.py"])


def rounds(programs: list[Program], count: int) -> Iterable[Program]:
    """Every program once a round, in an order of its own, so that no one always runs behind the same neighbour."""
    order = random.Random(1)
    for _ in range(count):
        yield from order.sample(programs, len(programs))


def spread(results: list[dict], field: str) -> dict:
    values = [result[field] for result in results]
    return {"median": round(statistics.median(values), 3), "minimum": min(values), "maximum": max(values)}


def measure_starts(processor: int, count: int) -> dict:
    programs = [FLOOR, GETITEM, SECURE_GETITEM, BOTO3]
    samples: dict[str, list[dict]] = {program.name: [] for program in programs}
    for program in rounds(programs, count):
        samples[program.name].append(program.measure(processor))
    return {
        name: {field: spread(results, field) for field in ("start_ms", "start_cpu_ms", "start_peak_kb")} for name, results in samples.items()
    }


def check_signatures(program: Program) -> int:
    """Checks the requests that a program has sent; returns how many."""
    from botocore.credentials import Credentials

    import signatures

    paths = sorted((REQUESTS / program.name).glob("*.http"))
    if not paths:
        raise BenchmarkError(f"{program.name} sent no request that could be checked")
    try:
        for path in paths:
            signatures.check(path, Credentials(ACCESS_KEY, SECRET_KEY, TOKEN))
    except signatures.SignatureError as error:
        raise BenchmarkError(f"{program.name}: {error}") from error
    return len(paths)


def measure_calls(processor: int, calls: int, count: int) -> dict:
    programs = [GETITEM, SECURE_GETITEM, BOTO3]
    samples: dict[str, list[dict]] = {program.name: [] for program in programs}
    shutil.rmtree(REQUESTS, ignore_errors=True)
    for program in programs:
        (REQUESTS / program.name).mkdir(parents=True)
    for program in rounds(programs, count):
        options = ["-n", str(calls), "-w", str(max(10, calls // 10)), "-r", REQUESTS / program.name]
        samples[program.name].append(program.measure(processor, *options))
    checked = {program.name: check_signatures(program) for program in programs}
    fields = ("cpu_us", "client_us_p50", "client_us_p99", "per_second", "peak_kb", "connections")
    return {
        name: {**{field: spread(results, field) for field in fields}, "signatures_checked": checked[name]}
        for name, results in samples.items()
    }


def table(title: str, columns: list[str], rows: list[list[str]]) -> None:
    widths = [max(len(row[index]) for row in [columns, *rows]) for index in range(len(columns))]
    print(f"\n{title}")
    for row in [columns, *rows]:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:]))]
        print("  " + "  ".join(cells).rstrip())


def show_starts(starts: dict) -> None:
    floor = starts["floor"]["start_ms"]["median"]
    table("Start of the process to its first request, read by the server, in milliseconds",
          ["", "median", "min", "max", "CPU", "times floor", "memory MB"],
          [[name, f"{r['start_ms']['median']:.2f}", f"{r['start_ms']['minimum']:.2f}", f"{r['start_ms']['maximum']:.2f}",
            f"{r['start_cpu_ms']['median']:.2f}", f"{r['start_ms']['median'] / floor:.2f}", f"{r['start_peak_kb']['median'] / 1024:.1f}"]
           for name, r in starts.items()])


def show_calls(calls: dict) -> None:
    table("Signed GetItem on one connection, in microseconds; p50 and p99 of the client's own part of a call",
          ["", "CPU", "min", "max", "p50", "p99", "a second", "memory MB"],
          [[name, *(f"{r['cpu_us'][key]:.1f}" for key in ("median", "minimum", "maximum")), f"{r['client_us_p50']['median']:.1f}",
            f"{r['client_us_p99']['median']:.1f}", f"{r['per_second']['median']:.0f}", f"{r['peak_kb']['median'] / 1024:.1f}"]
           for name, r in calls.items()])
    print("  signatures that botocore confirms: " + ", ".join(f"{name} {r['signatures_checked']}" for name, r in calls.items()))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--starts", type=int, default=31, help="rounds of starts (default 31)")
    parser.add_argument("--rounds", type=int, default=7, help="rounds of calls (default 7)")
    parser.add_argument("--calls", type=int, default=2000, help="calls a round (default 2000)")
    parser.add_argument("--processor", type=int, default=(os.cpu_count() or 1) - 1, help="where all of it runs (default the last)")
    options = parser.parse_args(arguments)
    try:
        print("building", file=sys.stderr)
        build()
        print("measuring starts", file=sys.stderr)
        starts = measure_starts(options.processor, options.starts)
        show_starts(starts)
        print("measuring calls", file=sys.stderr)
        calls = measure_calls(options.processor, options.calls, options.rounds)
        show_calls(calls)
    except (BenchmarkError, package.PackagingError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    merge(RESULTS, "client", {"start": starts, "calls": calls})

    floor = starts["floor"]["start_ms"]["median"]
    bars = [
        Bar("CPU a signed GetItem, keep-alive", calls["getitem"]["cpu_us"]["median"] / calls["boto3"]["cpu_us"]["median"], 0.115, "x boto3"),
        Bar("start to first signed request", starts["getitem"]["start_ms"]["median"] / floor, 3.0, "x the C floor's start"),
        Bar("first HTTPS request after start, loopback, trimmed CA", starts["getitem, HTTPS"]["start_ms"]["median"] / floor, 7.0,
            "x the C floor's start"),
    ]
    missed = show(bars)
    merge(RESULTS, "client-bars", as_results(bars))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
