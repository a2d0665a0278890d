#!/usr/bin/env python3
"""Measures the cost agent's server beside an agent on AWS's SDK for Python (bedrock-agentcore), in one run, and adds the figures to
Benchmarks/results.json.

Both are processes on one processor, without a container around them, started in turn: from the start to the first /ping that is answered, the memory
that is resident then, and pings on one connection. Medians over the rounds.

The results have two parts: `agent`, and `agent-bars`, the ratios that must hold. A bar that is missed is printed, and makes the run fail.
"""

from __future__ import annotations

import argparse
import http.client
import os
import pathlib
import signal
import socket
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.append(str(ROOT / "Benchmarks"))
from bars import Bar, as_results, show  # noqa: E402  (scripts beside this folder)
from merge_results import RESULTS, merge  # noqa: E402

OURS, PEER = "cost-agent", "bedrock-agentcore"
PEER_PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from agent import app; app.run(port=int(sys.argv[2]))"
ENVIRONMENT = {
    "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "MODEL_ID": "none", "JOURNAL_TABLE_NAME": "journal",
    "S3_BUCKET_NAME": "reports", "HOME": "/nonexistent",
}


class BenchmarkError(Exception):
    """Something did not run; the message says what."""


def command(name: str, port: int) -> list[str]:
    if name == OURS:
        return [str(ROOT / ".build" / "functions" / "CostAgent" / "bootstrap")]
    return [sys.executable, "-c", PEER_PROGRAM, str(pathlib.Path(__file__).parent / "peer"), str(port)]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ping(connection: http.client.HTTPConnection) -> None:
    connection.request("GET", "/ping")
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200 or b'"Healthy"' not in body:
        raise BenchmarkError(f"/ping was answered with {answer.status}: {body[:200]!r}")


def first_ping(process: subprocess.Popen, port: int) -> http.client.HTTPConnection:
    for _ in range(100_000):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            ping(connection)
            return connection
        except OSError:
            connection.close()
            if process.poll() is not None:
                raise BenchmarkError(f"{process.args[0]} ended with {process.returncode}") from None
            time.sleep(0.0002)
    raise BenchmarkError(f"{process.args[0]} does not answer")


def resident(process: int) -> int:
    """Kilobytes."""
    lines = pathlib.Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def measure(name: str, pings: int, processor: int) -> dict:
    port = free_port()
    began = time.perf_counter()
    process = subprocess.Popen(command(name, port), env={**ENVIRONMENT, "PORT": str(port), "PATH": os.environ["PATH"]}, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=lambda: os.sched_setaffinity(0, {processor}))
    try:
        connection = first_ping(process, port)
        start = (time.perf_counter() - began) * 1000
        memory = resident(process.pid)
        times = []
        for _ in range(pings):
            before = time.perf_counter()
            ping(connection)
            times.append((time.perf_counter() - before) * 1e6)
        connection.close()
        return {"start_ms": start, "resident_kb": memory, "ping_us": statistics.median(times)}
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10, help="starts of each (default 10)")
    parser.add_argument("--pings", type=int, default=500, help="pings of each start (default 500)")
    options = parser.parse_args()
    processor = max(os.sched_getaffinity(0))
    rows: dict[str, list[dict]] = {OURS: [], PEER: []}
    try:
        for _ in range(options.rounds):
            for name, measured in rows.items():
                measured.append(measure(name, options.pings, processor))
    except (BenchmarkError, OSError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    medians = {name: {key: statistics.median(row[key] for row in measured) for key in measured[0]} for name, measured in rows.items()}
    print(f"{'':<20}{'first /ping ms':>16}{'resident MB':>14}{'ping us':>10}")
    for name, figures in medians.items():
        print(f"{name:<20}{figures['start_ms']:>16.1f}{figures['resident_kb'] / 1000:>14.1f}{figures['ping_us']:>10.0f}")
    merge(RESULTS, "agent", medians)
    ours, peer = medians[OURS], medians[PEER]
    bars = [
        Bar("an agent's start to its first /ping", ours["start_ms"] / peer["start_ms"], 0.1, f"x {PEER}'s"),
        Bar("an agent's memory when it has answered a /ping", ours["resident_kb"] / peer["resident_kb"], 0.25, f"x {PEER}'s"),
    ]
    missed = show(bars)
    merge(RESULTS, "agent-bars", as_results(bars))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
