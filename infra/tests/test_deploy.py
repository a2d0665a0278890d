"""The deployment script, on a local cloud: the app as it is, with functions made up here."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
import time
from typing import Any

from infra.configuration import ROOT
from infra.tests.conftest import client, write_packages


def deploy(cloud: dict[str, Any], packages: pathlib.Path, *arguments: str, answer: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / "Scripts" / "deploy.py", "--environment", "local", "--local-state", cloud["state"],
               "--packages", packages, "--outputs", cloud["state"] / "outputs.json", "--assembly", packages.parent / f"{packages.name}-synth", *arguments]
    return subprocess.run(command, input=answer, capture_output=True, text=True, check=False)


def outputs(cloud: dict[str, Any]) -> dict[str, str]:
    return json.loads((cloud["state"] / "outputs.json").read_text())["outputs"]


def test_create_repeat_update_and_destroy(cloud: dict[str, Any], packages: pathlib.Path, tmp_path: pathlib.Path) -> None:
    first = deploy(cloud, packages)
    assert first.returncode == 0, first.stderr
    assert "CREATE_COMPLETE" in first.stderr
    assert f"WorkerQueueUrl {outputs(cloud)['WorkerQueueUrl']}" in " ".join(first.stdout.split())

    began = time.monotonic()
    second = deploy(cloud, packages)
    assert second.returncode == 0, second.stderr
    assert "is up to date" in second.stderr
    assert "synthesiz" not in second.stderr
    assert time.monotonic() - began < 3

    changed = write_packages(tmp_path / "changed", reason="changed")
    third = deploy(cloud, changed, "--quiet")
    assert third.returncode == 0, third.stderr
    assert (third.stdout, "updating stack" in third.stderr) == ("", True)

    bucket = outputs(cloud)["CodeBucketName"]
    client(cloud, "s3").put_object(Bucket=bucket, Key="agents/left-behind", Body=b"x")
    refused = deploy(cloud, changed, "--destroy", answer="no\n")
    assert (refused.returncode, "nothing was deleted" in refused.stderr) == (1, True)
    destroyed = deploy(cloud, changed, "--destroy", "--yes")
    assert destroyed.returncode == 0, destroyed.stderr
    assert bucket not in [b["Name"] for b in client(cloud, "s3").list_buckets()["Buckets"]]


def test_events_reach_the_supervisor_of_the_deployed_stack(cloud: dict[str, Any], packages: pathlib.Path) -> None:
    assert deploy(cloud, packages).returncode == 0
    made = outputs(cloud)
    answer = client(cloud, "events").put_events(Entries=[{
        "EventBusName": made["EventBusName"], "Source": "task.request", "DetailType": "task.request", "Detail": '{"task": "count"}'}])
    assert answer["FailedEntryCount"] == 0
    logs = client(cloud, "logs")
    group = f"/aws/lambda/{made['SupervisorFunctionName']}"
    deadline = time.monotonic() + 10
    while not any("REPORT RequestId" in event["message"] for event in logs.filter_log_events(logGroupName=group)["events"]):
        assert time.monotonic() < deadline, "the Supervisor was not invoked"
        time.sleep(0.05)


def test_a_failure_names_the_resource_and_its_reason_and_can_be_repaired(
        cloud: dict[str, Any], packages: pathlib.Path, tmp_path: pathlib.Path) -> None:
    broken = write_packages(tmp_path / "broken", status="FAILED", reason="the table is on fire")
    failed = deploy(cloud, broken)
    assert failed.returncode == 1
    assert "RegistrySeed" in failed.stderr.splitlines()[-1]
    assert "the table is on fire" in failed.stderr.splitlines()[-1]
    repaired = deploy(cloud, packages)
    assert repaired.returncode == 0, repaired.stderr


def test_without_packages_it_says_how_to_make_them(cloud: dict[str, Any], tmp_path: pathlib.Path) -> None:
    result = deploy(cloud, tmp_path / "nothing")
    assert result.returncode == 1
    assert "supervisor.zip is missing: run `make package` first" in result.stderr


def test_without_a_cloud_it_says_how_to_start_one(packages: pathlib.Path, tmp_path: pathlib.Path) -> None:
    result = deploy({"state": tmp_path}, packages)
    assert result.returncode == 1
    assert "the local cloud is not running" in result.stderr
