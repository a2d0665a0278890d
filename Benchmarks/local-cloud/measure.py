#!/usr/bin/env python3
"""Measures invocations through the local cloud: our packaged WorkerWrapper beside a function in Python, on the same empty batch.

Both answer an SQS event without records, so that what is measured is the way there and back: the cloud's API, the runtime, the decoding of the
event and the answer. They are asked in turns, in one run. The bar is 10 ms at the median for a warm invocation of ours.
"""

import argparse
import io
import json
import pathlib
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.append(str(ROOT / "Benchmarks"))
from merge_results import RESULTS, merge  # noqa: E402  (a script beside this folder)

WARM_BAR_MILLISECONDS = 10.0
EVENT = json.dumps({"Records": []}).encode()
PYTHON_SOURCE = "def handler(event, context):\n    return {'batchItemFailures': [] if not event['Records'] else None}\n"
# Settings without which the worker refuses to start; an empty batch calls nothing.
WORKER_ENVIRONMENT = {
    "AGENT_CONFIG_TABLE": "agents", "WORKER_STATE_TABLE": "worker-state", "AGENT_BUCKET_NAME": "code", "COMPLETION_BUS_NAME": "bus",
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def python_package() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", PYTHON_SOURCE)
    return packed.getvalue()


def create(client, name: str, runtime: str, handler: str, package: bytes, environment: dict[str, str]) -> None:
    client.create_function(
        FunctionName=name, Runtime=runtime, Handler=handler, Role="arn:aws:iam::123456789012:role/bench", Timeout=30, MemorySize=512,
        Code={"ZipFile": package}, Environment={"Variables": environment})


def invoke(client, name: str) -> float:
    """Milliseconds of one invocation, seen from the caller; an answer that is not an empty list of failures ends the run."""
    began = time.perf_counter()
    answer = client.invoke(FunctionName=name, Payload=EVENT)
    body = json.loads(answer["Payload"].read())
    elapsed = (time.perf_counter() - began) * 1000
    if "FunctionError" in answer or body != {"batchItemFailures": []}:
        sys.exit(f"{name} answered {body}")
    return elapsed


def measure(client, names: list[str], rounds: int) -> dict[str, dict[str, float]]:
    first = {name: invoke(client, name) for name in names}
    warm: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds):
        for name in names if number % 2 else reversed(names):
            warm[name].append(invoke(client, name))
    return {
        name: {
            "first_ms": round(first[name], 2),
            "warm_ms_p50": round(statistics.median(times), 3),
            "warm_ms_p99": round(sorted(times)[int(len(times) * 0.99)], 3),
        }
        for name, times in warm.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=300, help="warm invocations of each function (default 300)")
    options = parser.parse_args()
    import boto3

    cloud = [sys.executable, str(ROOT / "Scripts" / "local_cloud.py")]
    with tempfile.TemporaryDirectory(prefix="arbiter-bench-") as folder:
        port = free_port()
        subprocess.run([*cloud, "--detach", "--port", str(port), "--state", folder], check=True, stdout=subprocess.DEVNULL)
        try:
            client = boto3.client("lambda", endpoint_url=f"http://127.0.0.1:{port}", region_name="us-east-1",
                                  aws_access_key_id="test", aws_secret_access_key="test")
            create(client, "worker-wrapper", "provided.al2023", "bootstrap", (ROOT / "dist" / "worker-wrapper.zip").read_bytes(),
                   WORKER_ENVIRONMENT)
            create(client, "python", "python3.11", "index.handler", python_package(), {})
            results = measure(client, ["worker-wrapper", "python"], options.rounds)
        finally:
            subprocess.run([*cloud, "--stop", "--state", folder], check=False, stdout=subprocess.DEVNULL)

    print(f"{'function':<16}{'first ms':>10}{'warm p50 ms':>13}{'p99 ms':>9}{'ratio':>8}")
    peer = results["python"]["warm_ms_p50"]
    for name, figures in results.items():
        figures["ratio"] = round(figures["warm_ms_p50"] / peer, 2)
        print(f"{name:<16}{figures['first_ms']:>10.1f}{figures['warm_ms_p50']:>13.2f}{figures['warm_ms_p99']:>9.2f}{figures['ratio']:>8.2f}")
    merge(RESULTS, "local-cloud", results)
    warm = results["worker-wrapper"]["warm_ms_p50"]
    print(f"a warm invocation takes {warm:.1f} ms at the median, the bar is {WARM_BAR_MILLISECONDS:.0f} ms")
    if warm > WARM_BAR_MILLISECONDS:
        sys.exit(1)


if __name__ == "__main__":
    main()
