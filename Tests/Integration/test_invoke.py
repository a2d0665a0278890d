"""arbiter invoke without a local cloud: events that need none, and functions that fail in every way."""

from __future__ import annotations

import json
import os
import pathlib
import signal
import stat
import subprocess
import zipfile
from collections.abc import Iterator

import pytest

from harness.checkout import Checkout
from harness.cloud import ARBITER, ROOT
from harness.waiting import wait_until

EMPTY = str(ROOT / "events" / "sqs-empty-batch.json")


@pytest.fixture
def checkout(tmp_path: pathlib.Path) -> Iterator[Checkout]:
    assert (ROOT / "dist" / "worker-wrapper.zip").is_file(), "dist/worker-wrapper.zip is missing: run make package"
    subprocess.run(["swift", "build", "--quiet", "--product", "arbiter"], cwd=ROOT, check=True)
    checkout = Checkout(tmp_path)
    (tmp_path / "temporary").mkdir()
    try:
        yield checkout
    finally:
        checkout.close()


def invoke(checkout: Checkout, *arguments: str) -> subprocess.CompletedProcess[str]:
    return checkout.arbiter("invoke", *arguments, TMPDIR=str(checkout.folder / "temporary"))


def bootstrap(checkout: Checkout, script: str, interpreter: str = "/bin/sh") -> str:
    """The path of a function that is a script."""
    path = checkout.folder / "broken" / "bootstrap"
    path.parent.mkdir()
    path.write_text(f"#!{interpreter}\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


# A function in Python: `answer(event, headers)` gives the fields of the response and its body, whole or in chunks.
SERVE = """
import http.client, json, os
api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
while True:
    api.request("GET", "/2018-06-01/runtime/invocation/next")
    response = api.getresponse()
    event, headers = json.loads(response.read()), dict(response.getheaders())
    fields, body = answer(event, headers)
    path = f"/2018-06-01/runtime/invocation/{headers['Lambda-Runtime-Aws-Request-Id']}/response"
    api.request("POST", path, body, fields, encode_chunked="Transfer-Encoding" in fields)
    api.getresponse().read()
"""


def test_an_event_that_needs_no_cloud_and_a_function_from_its_zip(checkout: Checkout) -> None:
    # The folder has no built functions, only the packages.
    done = invoke(checkout, "WorkerWrapper", "--event", EMPTY)
    assert (done.returncode, json.loads(done.stdout)) == (0, {"batchItemFailures": []}), done
    assert "START RequestId:" in done.stderr and "END RequestId:" in done.stderr and "Init Duration:" in done.stderr
    assert list((checkout.folder / "temporary").iterdir()) == []
    assert checkout.arbiter("local", "status").returncode == 3


@pytest.mark.parametrize("path", ["dist/worker-wrapper.zip", ".build/functions/WorkerWrapper", ".build/functions/WorkerWrapper/bootstrap"])
def test_a_function_by_its_path(checkout: Checkout, path: str) -> None:
    done = invoke(checkout, path, "--event", EMPTY, "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["response"], told["problem"]) == (0, {"batchItemFailures": []}, None), done
    assert "cloudFormation" not in told
    assert told["durationMicroseconds"] > 0 and told["initializationMicroseconds"] > 0 and told["peakMemoryKilobytes"] > 0


def test_an_event_that_the_function_refuses(checkout: Checkout) -> None:
    event = checkout.folder / "event.json"
    event.write_text('{"Records": "none"}')
    done = invoke(checkout, "worker-wrapper", "--event", str(event))
    assert done.returncode == 1 and "the function failed: " in done.stderr, done
    assert "no batch of SQS messages" in json.loads(done.stdout)["errorMessage"]
    told = json.loads(invoke(checkout, "worker-wrapper", "--event", str(event), "--json").stdout)
    assert told["error"]["errorType"] in told["problem"] and "response" not in told


def test_a_function_that_misses_the_local_cloud(checkout: Checkout) -> None:
    done = invoke(checkout, "Supervisor", "--event", str(ROOT / "events" / "scheduled-sweep.json"), "--set",
                  f"AWS_ENDPOINT_URL=http://127.0.0.1:{checkout.port}")
    assert done.returncode == 1 and "arbiter local up" in done.stderr, done


def test_a_function_that_cannot_start(checkout: Checkout) -> None:
    done = invoke(checkout, "worker-wrapper", "--event", EMPTY, "--set", "MODEL_MAX_TOKENS=many")
    assert done.returncode == 8 and "could not start" in done.stderr and "MODEL_MAX_TOKENS" in done.stdout + done.stderr, done


def test_a_function_that_takes_too_long(checkout: Checkout) -> None:
    done = invoke(checkout, bootstrap(checkout, "exec sleep 60"), "--event", EMPTY, "--timeout", "1", "--init-timeout", "1")
    assert done.returncode == 10 and "no answer after 1 s" in done.stderr, done
    assert "Phase: init\tStatus: timeout" in done.stderr and "Task timed out after 1.00 seconds" in done.stderr
    assert json.loads(done.stdout)["errorType"] == "Sandbox.Timedout"
    assert not checkout.left_running()


@pytest.mark.parametrize(("script", "reason"), [("exit 3", "exit status 3"), ("kill -SEGV $$", "signal: segmentation fault")])
def test_a_function_that_ends_without_an_answer(checkout: Checkout, script: str, reason: str) -> None:
    done = invoke(checkout, bootstrap(checkout, f"echo its last words; {script}"), "--event", EMPTY)
    assert done.returncode == 9 and "ended before it answered" in done.stderr, done
    told = json.loads(done.stdout)
    assert told["errorType"] == "Runtime.ExitError" and told["errorMessage"].endswith(f"Error: Runtime exited with error: {reason}")
    # As on Lambda, it is started again with the event.
    assert done.stderr.count("its last words") == 2 and "Status: error\tError Type: Runtime.ExitError" in done.stderr


def test_what_is_no_program(checkout: Checkout) -> None:
    path = pathlib.Path(bootstrap(checkout, "exit 0"))
    path.chmod(0o644)
    done = invoke(checkout, str(path), "--event", EMPTY)
    assert done.returncode == 8 and "Runtime.InvalidEntrypoint" in done.stderr and "Permission denied" in done.stderr, done


def test_what_lambda_says_of_an_invocation(checkout: Checkout) -> None:
    script = "def answer(event, headers): return {}, json.dumps({'headers': headers, 'environment': dict(os.environ)})\n" + SERVE
    path = bootstrap(checkout, script, "/usr/bin/env python3")
    done = invoke(checkout, path, "--event", EMPTY, "--tenant-id", "blue", "--client-context", '{"client": 1}', "--cognito-identity",
                  '{"identity": 2}', "--trace", "Root=1-a;Parent=b;Sampled=1", "--memory", "512", "--set", "AWS_LAMBDA_LOG_FORMAT=JSON")
    told = json.loads(done.stdout)
    assert done.returncode == 0, done
    names = {name.removeprefix("Lambda-Runtime-"): value for name, value in told["headers"].items()}
    assert (names["Aws-Tenant-Id"], names["Client-Context"], names["Cognito-Identity"], names["Trace-Id"]) == (
        "blue", '{"client":1}', '{"identity":2}', "Root=1-a;Parent=b;Sampled=1")
    assert names["Invocation-Id"] != names["Aws-Request-Id"] and int(names["Deadline-Ms"]) > 0
    environment = told["environment"]
    assert (environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"], environment["_HANDLER"], environment["TZ"]) == ("512", "bootstrap", ":UTC")
    assert environment["LAMBDA_TASK_ROOT"] == str(pathlib.Path(path).parent)
    records = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    assert [record["type"] for record in records] == ["platform.initStart", "platform.start", "platform.report"]
    assert records[-1]["record"]["status"] == "success" and records[-1]["record"]["metrics"]["memorySizeMB"] == 512
    assert invoke(checkout, path, "--event", EMPTY, "--client-context", "no JSON").returncode == 2


def test_a_streamed_response(checkout: Checkout) -> None:
    script = r"""
def answer(event, headers):
    prelude = json.dumps({"statusCode": 201, "headers": {"Content-Type": "text/plain"}}).encode() + bytes(8)
    return {"Lambda-Runtime-Function-Response-Mode": "streaming", "Transfer-Encoding": "chunked",
            "Content-Type": "application/vnd.awslambda.http-integration-response"}, iter([prelude, b"one ", b"two"])
""" + SERVE
    path = bootstrap(checkout, script, "/usr/bin/env python3")
    done = invoke(checkout, path, "--event", EMPTY)
    assert (done.returncode, done.stdout) == (0, "one two"), done
    assert '"statusCode": 201' in done.stderr
    told = json.loads(invoke(checkout, path, "--event", EMPTY, "--json").stdout)
    assert (told["response"], told["streamed"], told["http"]["statusCode"]) == ("one two", True, 201)


def test_what_many_invocations_take(checkout: Checkout) -> None:
    path = bootstrap(checkout, "def answer(event, headers): return {}, json.dumps(event)\n" + SERVE, "/usr/bin/env python3")
    done = invoke(checkout, path, "--event", EMPTY, "--repeat", "50", "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 0 and (told["invocations"], told["warmUp"], told["failures"]) == (50, 10, 0), done
    times = told["roundTripMicroseconds"]
    assert 0 < times["min"] <= times["p50"] <= times["p99"] <= times["max"]
    assert told["startMicroseconds"] > 0 and told["cpuMicroseconds"] > 0 and told["peakKilobytes"] > 0
    assert told["response"] == json.loads(pathlib.Path(EMPTY).read_text())
    assert "round trip" in invoke(checkout, path, "--event", EMPTY, "--repeat", "5", "--warm-up", "0").stdout
    start = invoke(checkout, path, "--repeat", "0")
    assert start.returncode == 0 and start.stdout.startswith("start to first GET next: "), start


def test_what_many_starts_take(checkout: Checkout) -> None:
    path = bootstrap(checkout, "def answer(event, headers): return {}, json.dumps(event)\n" + SERVE, "/usr/bin/env python3")
    told = json.loads(invoke(checkout, path, "--starts", "3", "--json").stdout)
    times = told["startMicroseconds"]
    assert told["starts"] == 3 and told["firstMicroseconds"] > 0 and 0 < times["min"] <= times["p50"] <= times["p99"] <= times["max"], told
    assert told["startCPUMicroseconds"] > 0 and told["startPeakKilobytes"] > 0 and told["problem"] is None
    shown = invoke(checkout, path, "--starts", "3")
    assert shown.returncode == 0 and shown.stdout.startswith("3 starts to the first GET next, the first in "), shown
    assert invoke(checkout, path, "--starts", "3", "--repeat", "0").returncode == 2


def test_a_program_that_cannot_start_is_started_once(checkout: Checkout) -> None:
    broken = bootstrap(checkout, "import sys; sys.exit(3)\n", "/usr/bin/env python3")
    done = invoke(checkout, broken, "--starts", "5", "--json")
    assert done.returncode == 9 and json.loads(done.stdout)["starts"] == 0, done


def test_an_interruption_ends_the_function_and_removes_what_was_unpacked(checkout: Checkout) -> None:
    package = checkout.folder / "slow.zip"
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("bootstrap", "#!/bin/sh\nexec sleep 60\n")
    temporary = checkout.folder / "temporary"
    running = subprocess.Popen([ARBITER, "invoke", package, "--event", EMPTY], cwd=ROOT, env=checkout.environment(TMPDIR=str(temporary)),
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    wait_until("the function runs", lambda: any("sleep 60" in command for command in checkout.left_running()))
    os.kill(running.pid, signal.SIGINT)
    told = running.communicate(timeout=30)[1].decode()
    assert running.returncode == 130 and "interrupted" in told, told
    assert list(temporary.iterdir()) == [] and not checkout.left_running()


def test_what_cannot_be_invoked(checkout: Checkout) -> None:
    assert invoke(checkout, "nobody", "--event", EMPTY).returncode == 3
    assert invoke(checkout, "worker-wrapper").returncode == 2
    broken = checkout.folder / "event.json"
    broken.write_text('{"Records": [}')
    done = invoke(checkout, "worker-wrapper", "--event", str(broken))
    assert done.returncode == 1 and "event.json:1:14" in done.stderr, done
    noZip = checkout.folder / "no.zip"
    noZip.write_text("no zip")
    done = invoke(checkout, str(noZip), "--event", EMPTY)
    assert done.returncode == 1 and "could not be unpacked" in done.stderr, done
    assert list((checkout.folder / "temporary").iterdir()) == []
