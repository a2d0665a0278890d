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


def bootstrap(checkout: Checkout, script: str) -> str:
    """The path of a function that is a shell script."""
    path = checkout.folder / "broken" / "bootstrap"
    path.parent.mkdir()
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


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
    assert done.returncode == 1 and "could not start" in done.stderr and "MODEL_MAX_TOKENS" in done.stdout + done.stderr, done


def test_a_function_that_takes_too_long(checkout: Checkout) -> None:
    done = invoke(checkout, bootstrap(checkout, "exec sleep 60"), "--event", EMPTY, "--timeout", "1")
    assert done.returncode == 1 and "no answer after 1 s" in done.stderr and done.stdout == "", done
    assert not checkout.left_running()


@pytest.mark.parametrize(("script", "status"), [("exit 3", 3), ("kill -SEGV $$", 128 + signal.SIGSEGV)])
def test_a_function_that_ends_without_an_answer(checkout: Checkout, script: str, status: int) -> None:
    done = invoke(checkout, bootstrap(checkout, f"echo its last words; {script}"), "--event", EMPTY)
    assert done.returncode == 1 and f"ended with status {status} before it answered" in done.stderr, done
    assert "its last words" in done.stderr and done.stdout == ""


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
