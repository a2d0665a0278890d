"""The deployment script, on a local cloud: the app as it is, with functions made up here."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
import time
import zipfile
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.configuration import ROOT
from infra.tests.conftest import client, elf, write_packages

sys.path.insert(0, str(ROOT / "Scripts"))
from deployment import assets, stack  # noqa: E402  (a folder of Scripts)
from deployment.target import DeploymentError, Target  # noqa: E402


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


def test_a_stack_can_be_deleted_without_packages(cloud: dict[str, Any], packages: pathlib.Path, tmp_path: pathlib.Path) -> None:
    assert deploy(cloud, packages).returncode == 0
    gone = deploy(cloud, tmp_path / "nothing", "--destroy", "--yes")
    assert (gone.returncode, "stack arbiter-local is deleted" in gone.stderr) == (0, True), gone.stderr


def test_a_seed_is_part_of_the_deployment(cloud: dict[str, Any], packages: pathlib.Path, tmp_path: pathlib.Path) -> None:
    seed = tmp_path / "agents.json"
    seed.write_text('[{"agentId": "one", "state": "active", "config": {"name": "one"}}]')
    for expected in ("creating stack", "is up to date"):
        done = deploy(cloud, packages, "--seed", str(seed))
        assert (done.returncode, expected in done.stderr) == (0, True), done.stderr
    template = client(cloud, "cloudformation").get_template(StackName="arbiter-local", TemplateStage="Original")["TemplateBody"]
    template = template if isinstance(template, dict) else json.loads(template)
    properties, = (r["Properties"] for r in template["Resources"].values() if r["Type"] == "Custom::AgentRegistrySeed")
    assert [row["agentId"] for row in json.loads(properties["Agents"])] == ["one"]
    seed.write_text("[")
    refused = deploy(cloud, packages, "--seed", str(seed))
    assert (refused.returncode, "agents.json:1: not JSON" in refused.stderr) == (1, True), refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_program_for_another_machine_is_refused_before_anything_is_deployed(cloud: dict[str, Any], tmp_path: pathlib.Path) -> None:
    folder = write_packages(tmp_path / "foreign")
    with zipfile.ZipFile(folder / "supervisor.zip", "w") as archive:
        archive.writestr("bootstrap", elf(40))
    refused = deploy(cloud, folder)
    assert refused.returncode == 1
    assert "supervisor.zip: bootstrap is built for machine 40 of the ELF list, but functions.architecture of environment local is" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert client(cloud, "cloudformation").list_stacks()["StackSummaries"] == []


class S3Double:
    """Answers as a bucket of another account's would, and keeps what was asked."""

    def __init__(self, status: int) -> None:
        self.status, self.asked = status, []

    def _ask(self, operation: str, arguments: dict[str, Any]) -> None:
        self.asked.append((operation, arguments.get("ExpectedBucketOwner") or arguments.get("ExtraArgs", {}).get("ExpectedBucketOwner")))

    def head_bucket(self, **arguments: Any) -> None:
        self._ask("head_bucket", arguments)
        if self.status != 200:
            raise ClientError({"Error": {"Code": str(self.status)}, "ResponseMetadata": {"HTTPStatusCode": self.status}}, "HeadBucket")

    def create_bucket(self, **arguments: Any) -> None:
        pass

    def put_public_access_block(self, **arguments: Any) -> None:
        self._ask("put_public_access_block", arguments)

    def head_object(self, **arguments: Any) -> None:
        self._ask("head_object", arguments)
        raise ClientError({"Error": {"Code": "404"}, "ResponseMetadata": {"HTTPStatusCode": 404}}, "HeadObject")

    def upload_file(self, *places: str, **arguments: Any) -> None:
        self._ask("upload_file", arguments)

    class meta:
        endpoint_url = "https://s3"


def upload(double: S3Double, folder: pathlib.Path) -> None:
    (folder / "code.zip").write_bytes(b"code")
    (folder / "stack.assets.json").write_text(json.dumps({"files": {"code": {
        "source": {"path": "code.zip", "packaging": "file"},
        "destinations": {"here": {"bucketName": "arbiter-assets-${AWS::AccountId}-${AWS::Region}", "objectKey": "code.zip"}}}}}))

    class Session:
        region_name = "us-east-1"

        def client(self, *_: Any, **__: Any) -> S3Double:
            return double

    assets.upload_assets(Target("dev", False, Session(), None, True), folder, "stack", "123456789012")


@pytest.mark.parametrize("status", [200, 404])
def test_code_waits_only_in_a_bucket_of_the_accounts_own(status: int, tmp_path: pathlib.Path) -> None:
    double = S3Double(status)
    upload(double, tmp_path)
    assert {operation for operation, _ in double.asked} >= {"head_bucket", "head_object", "upload_file"}
    assert {owner for _, owner in double.asked} == {"123456789012"}


def test_a_bucket_of_somebody_elses_is_refused(tmp_path: pathlib.Path) -> None:
    double = S3Double(403)
    with pytest.raises(DeploymentError, match="arbiter-assets-123456789012-us-east-1 is not account 123456789012's"):
        upload(double, tmp_path)
    assert [operation for operation, _ in double.asked] == ["head_bucket"]


class StacksDouble:
    """A CloudFormation with one stack in a given state."""

    def __init__(self, status: str) -> None:
        self.status, self.deleted = status, False

    def describe_stacks(self, StackName: str) -> dict[str, Any]:
        return {"Stacks": [{"StackName": StackName, "StackId": StackName, "StackStatus": self.status}]}

    def delete_stack(self, StackName: str) -> None:
        self.deleted = True

    def create_change_set(self, ChangeSetType: str, **_: Any) -> None:
        raise InterruptedError(ChangeSetType)

    def get_paginator(self, _: str) -> Any:
        class Pages:
            def paginate(self, **_: Any) -> list[Any]:
                return [{"StackEvents": []}]

        return Pages()


class Session:
    region_name = "us-east-1"

    def __init__(self, stacks: StacksDouble) -> None:
        self.stacks = stacks

    def client(self, service: str, **_: Any) -> Any:
        return self.stacks if service == "cloudformation" else self

    def get_caller_identity(self) -> dict[str, str]:
        return {"Account": "123456789012"}


def deploy_with_double(stacks: StacksDouble, folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "stack.template.json").write_text("{}")
    monkeypatch.setattr(stack, "upload_assets", lambda *_: "")
    stack.deploy(Target("dev", False, Session(stacks), None, True), folder, "stack")


def test_change_sets_of_others_are_left_alone(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stacks = StacksDouble("REVIEW_IN_PROGRESS")
    with pytest.raises(InterruptedError, match="CREATE"):
        deploy_with_double(stacks, tmp_path, monkeypatch)
    assert not stacks.deleted


def test_names_that_are_taken_come_with_a_way_on(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_target: Any, _client: Any, _stack: str, progress: Any) -> dict[str, str]:
        progress.failures.append("Agents (AWS::DynamoDB::Table): arbiter-agents-dev already exists in stack")
        return {"StackStatus": "ROLLBACK_COMPLETE"}

    monkeypatch.setattr(stack, "make_change_set", lambda *_: True)
    monkeypatch.setattr(stack, "wait", fail)
    with pytest.raises(DeploymentError, match=r"already exists in stack\n.*docs/deploying\.md says how to go on"):
        deploy_with_double(StacksDouble("REVIEW_IN_PROGRESS"), tmp_path, monkeypatch)
