"""What the caller's shell has for other work does not lead the commands astray."""

from __future__ import annotations

import json
import subprocess
import uuid

import pytest

from harness.bus import BusWatch
from harness.cloud import ARBITER, ROOT, Cloud
from harness.runs import row

FOREIGN = {
    "AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1", "AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_PROFILE": "no-such-profile",
    "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:9", "AWS_ACCESS_KEY_ID": "AKIAFOREIGN", "AWS_SECRET_ACCESS_KEY": "foreign", "AWS_SESSION_TOKEN": "foreign",
}


def arbiter(cloud: Cloud, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([ARBITER, *arguments], cwd=ROOT, env={**cloud.environment(), **FOREIGN}, capture_output=True, text=True, check=False,
                          timeout=60)


@pytest.mark.parametrize("command", [("list",), ("agents", "list"), ("files", "list")])
def test_reading(cloud: Cloud, agents: dict[str, str], command: tuple[str, ...]) -> None:
    done = arbiter(cloud, *command)
    assert done.returncode == 0, done


def test_submitting(cloud: Cloud, bus: BusWatch, agents: dict[str, str]) -> None:
    done = arbiter(cloud, "submit", "answer at once", "--follow")
    assert (done.returncode, done.stdout) == (0, "at once\n"), done


def test_submit_says_where_it_published(cloud: Cloud, agents: dict[str, str]) -> None:
    done = arbiter(cloud, "submit", "answer at once", "--json")
    assert done.returncode == 0, done
    told = json.loads(done.stdout)
    assert (told["eventBus"], told["region"]) == (cloud.outputs["EventBusName"], "us-east-1")
    assert f"published to {cloud.outputs['EventBusName']} in us-east-1" in arbiter(cloud, "submit", "answer at once").stderr


def test_invoking(cloud: Cloud, agents: dict[str, str]) -> None:
    done = arbiter(cloud, "invoke", "Supervisor", "--event", "events/scheduled-sweep.json")
    assert done.returncode == 0 and json.loads(done.stdout)["status"] == "swept", done


def test_submit_fails_where_nothing_is_deployed(cloud: Cloud, agents: dict[str, str]) -> None:
    lost = f"lost-{uuid.uuid4()}"
    done = arbiter(cloud, "submit", "answer at once", "--id", lost, "--region", "eu-west-1")
    assert (done.returncode, done.stdout) == (3, ""), done
    assert "--region" in done.stderr and "another region" in done.stderr
    assert row(cloud, lost) == {}


def test_an_event_that_is_too_large_is_refused_before_it_is_sent(cloud: Cloud, agents: dict[str, str]) -> None:
    done = subprocess.run([ARBITER, "submit", "-"], cwd=ROOT, env=cloud.environment(), input="x" * 300_000, capture_output=True, text=True,
                          check=False, timeout=60)
    assert done.returncode != 0 and done.stdout == "", done
    assert "bytes" in done.stderr
