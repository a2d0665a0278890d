"""The stack: what the seed plan asks of each resource."""

from __future__ import annotations

import dataclasses
import itertools
import json
import pathlib
import shutil
import zipfile
from typing import Any

import pytest
from aws_cdk.assertions import Match, Template

from infra.configuration import ROOT, ConfigurationError, environments, load
from infra.settings import Fabrication, Sandbox, Supervisor
from infra.tests.conftest import elf, synthesized, write_packages


@pytest.fixture(params=environments())
def environment(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def stack(template: Any, environment: str) -> Template:
    return Template.from_json(template(environment))


def resources(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {name: resource for name, resource in template["Resources"].items() if resource["Type"] == kind}


@pytest.mark.parametrize(("thing", "key"), [
    ("orchestrations", "orchestrationId"), ("worker-state", "requestId"), ("agents", "agentId"), ("tools", "toolId")])
def test_tables_are_on_demand_and_recoverable(stack: Template, environment: str, thing: str, key: str) -> None:
    stack.has_resource_properties("AWS::DynamoDB::Table", {
        "TableName": f"arbiter-{thing}-{environment}",
        "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
    })


def test_the_wake_index_holds_keys_only(stack: Template) -> None:
    stack.has_resource_properties("AWS::DynamoDB::Table", {
        "AttributeDefinitions": Match.array_with([{"AttributeName": "wakeShard", "AttributeType": "S"},
                                                  {"AttributeName": "wakeAt", "AttributeType": "N"}]),
        "GlobalSecondaryIndexes": [{
            "IndexName": "wake-index",
            "KeySchema": [{"AttributeName": "wakeShard", "KeyType": "HASH"}, {"AttributeName": "wakeAt", "KeyType": "RANGE"}],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }],
    })


@pytest.mark.parametrize(("thing", "visibility"), [("worker", 900), ("fabricator", 5400)])
def test_queues_redrive_after_three_receives(stack: Template, template: Any, environment: str, thing: str, visibility: int) -> None:
    stack.has_resource_properties("AWS::SQS::Queue", {
        "QueueName": f"arbiter-{thing}-queue-{environment}",
        "VisibilityTimeout": visibility,
        "MessageRetentionPeriod": 7 * 86400,
        "RedrivePolicy": {"maxReceiveCount": 3, "deadLetterTargetArn": Match.any_value()},
    })
    stack.has_resource_properties("AWS::SQS::Queue", {
        "QueueName": f"arbiter-{thing}-dead-letters-{environment}", "MessageRetentionPeriod": 14 * 86400})


def test_visibility_is_six_times_the_consumers_timeout(template: Any, environment: str) -> None:
    parts = template(environment)
    queues = resources(parts, "AWS::SQS::Queue")
    functions = resources(parts, "AWS::Lambda::Function")
    mappings = resources(parts, "AWS::Lambda::EventSourceMapping")
    assert mappings
    for mapping in mappings.values():
        queue = queues[mapping["Properties"]["EventSourceArn"]["Fn::GetAtt"][0]]
        function = functions[mapping["Properties"]["FunctionName"]["Ref"]]
        assert queue["Properties"]["VisibilityTimeout"] >= 6 * function["Properties"]["Timeout"]


def test_the_worker_reports_single_failures(stack: Template) -> None:
    stack.has_resource_properties("AWS::Lambda::EventSourceMapping", {
        "BatchSize": 1, "FunctionResponseTypes": ["ReportBatchItemFailures"], "ScalingConfig": {"MaximumConcurrency": Match.any_value()}})


def test_the_bucket_is_private_and_encrypted(stack: Template) -> None:
    stack.has_resource_properties("AWS::S3::Bucket", {
        "BucketEncryption": {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]},
        "PublicAccessBlockConfiguration": {
            "BlockPublicAcls": True, "BlockPublicPolicy": True, "IgnorePublicAcls": True, "RestrictPublicBuckets": True},
    })


def test_records_of_runs_expire_and_code_does_not(stack: Template, environment: str) -> None:
    days = load(environment).bucket.runRetentionDays
    stack.has_resource_properties("AWS::S3::Bucket", {
        "LifecycleConfiguration": {"Rules": [
            {"Id": "runs", "Prefix": "runs/", "Status": "Enabled", "ExpirationInDays": days},
            {"Id": "unfinished-uploads", "Status": "Enabled", "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}}]},
        "VersioningConfiguration": Match.absent(),
    })


def test_only_the_local_cloud_allows_plain_http(template: Any) -> None:
    for environment, insecure in (("local", False), ("dev", True)):
        policies = resources(template(environment), "AWS::S3::BucketPolicy")
        refused = any("aws:SecureTransport" in str(policy) for policy in policies.values())
        assert refused == insecure


@pytest.mark.parametrize("source", ["task.request", "task.completion", "task.cancel", "task.wake"])
def test_task_events_reach_the_supervisor_with_retries_and_dead_letters(stack: Template, source: str) -> None:
    stack.has_resource_properties("AWS::Events::Rule", {
        "EventBusName": Match.any_value(),
        "EventPattern": {"source": [source]},
        "State": "ENABLED",
        "Targets": [{
            "Arn": {"Fn::GetAtt": [Match.string_like_regexp("^SupervisorFunction"), "Arn"]},
            "Id": Match.any_value(),
            "RetryPolicy": {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 7200},
            "DeadLetterConfig": {"Arn": Match.any_value()},
        }],
    })


def test_the_sweep_runs_every_minute_on_the_default_bus(stack: Template) -> None:
    stack.has_resource_properties("AWS::Events::Rule", {"ScheduleExpression": "rate(1 minute)", "EventBusName": Match.absent()})


def test_lambdas_own_retries_are_set_too(stack: Template) -> None:
    stack.has_resource_properties("AWS::Lambda::EventInvokeConfig", {
        "FunctionName": {"Ref": Match.string_like_regexp("^SupervisorFunction")},
        "MaximumRetryAttempts": 2,
        "MaximumEventAgeInSeconds": 7200,
        "DestinationConfig": {"OnFailure": {"Destination": Match.any_value()}},
    })


@pytest.mark.parametrize(("thing", "memory", "timeout", "variables"), [
    ("supervisor", 1024, 120, {
        "ORCHESTRATION_TABLE", "WORKER_STATE_TABLE", "AGENT_CONFIG_TABLE", "TOOLS_CONFIG_TABLE", "AGENT_BUCKET_NAME", "WORKER_QUEUE_URL",
        "FABRICATOR_QUEUE_URL", "EVENT_BUS_NAME", "COMPLETION_BUS_NAME", "MODEL_ID", "MODEL_MAX_TOKENS", "MODEL_TEMPERATURE"}),
    ("worker-wrapper", 1024, 150, {
        "AGENT_CONFIG_TABLE", "TOOLS_CONFIG_TABLE", "AGENT_BUCKET_NAME", "COMPLETION_BUS_NAME", "WORKER_STATE_TABLE", "MODEL_ID",
        "SANDBOX_LOCKS", "AGENT_QUARANTINE_FAILURES"}),
    ("fabricator", 1024, 900, {
        "AGENT_CONFIG_TABLE", "TOOLS_CONFIG_TABLE", "AGENT_BUCKET_NAME", "COMPLETION_BUS_NAME", "WORKER_STATE_TABLE", "MODEL_ID",
        "WORKER_QUEUE_URL", "FABRICATION_APPROVAL", "FABRICATOR_MAX_TOKENS", "SANDBOX_LOCKS"}),
    ("config-seeder", 256, 30, {"AGENT_CONFIG_TABLE", "WORKER_QUEUE_URL", "FABRICATOR_QUEUE_URL"}),
])
def test_functions(template: Any, environment: str, thing: str, memory: int, timeout: int, variables: set[str]) -> None:
    parts = template(environment)
    functions = {f["Properties"]["FunctionName"]: f["Properties"] for f in resources(parts, "AWS::Lambda::Function").values()}
    function = functions[f"arbiter-{thing}-{environment}"]
    assert (function["MemorySize"], function["Timeout"], function["Runtime"]) == (memory, timeout, "provided.al2023")
    assert variables <= set(function["Environment"]["Variables"])
    assert function["LoggingConfig"]["LogFormat"] == "JSON"
    group = parts["Resources"][function["LoggingConfig"]["LogGroup"]["Ref"]]["Properties"]
    assert group == {**group, "LogGroupName": f"/aws/lambda/arbiter-{thing}-{environment}", "RetentionInDays": 7}


def test_the_model_settings_are_the_seeds(stack: Template) -> None:
    stack.has_resource_properties("AWS::Lambda::Function", {
        "Environment": {"Variables": Match.object_like({
            "MODEL_ID": "anthropic.claude-3-5-sonnet-20241022-v2:0", "MODEL_MAX_TOKENS": "2048", "MODEL_TEMPERATURE": "0"})}})


def seed(template: dict[str, Any]) -> dict[str, Any]:
    found, = resources(template, "Custom::AgentRegistrySeed").values()
    return found["Properties"]


def test_the_seed_runs_again_when_what_it_writes_may_change_and_only_then(template: Any, environment: str) -> None:
    properties = seed(template(environment))
    assert set(properties) == {
        "ServiceToken", "ServiceTimeout", "Agents", "ContentHash", "SeederHash", "WorkerQueueUrl", "FabricatorQueueUrl"}
    assert json.loads(properties["Agents"]) == []
    for thing in ("Worker", "Fabricator"):
        assert properties[f"{thing}QueueUrl"]["Ref"].startswith(f"{thing}Queue")


def test_a_new_seeder_runs(packages: pathlib.Path, tmp_path: pathlib.Path, template: Any) -> None:
    changed = write_packages(tmp_path / "packages", reason="a new fabricator")
    assert seed(synthesized(load("dev"), changed, tmp_path / "out"))["SeederHash"] != seed(template("dev"))["SeederHash"]


def test_an_agents_file_reaches_the_seed(packages: pathlib.Path, tmp_path: pathlib.Path, template: Any) -> None:
    file = ROOT / "Demo" / "agents.json"
    properties = seed(synthesized(load("local", seed=str(file)), packages, tmp_path))
    assert json.loads(properties["Agents"]) == json.loads(file.read_text())
    assert properties["ContentHash"] != seed(template("local"))["ContentHash"]


@pytest.mark.parametrize(("architecture", "machine"), [("x86_64", 183), ("arm64", 62), ("x86_64", 40)])
def test_a_program_for_another_machine_is_not_deployed(packages: pathlib.Path, tmp_path: pathlib.Path, architecture: str, machine: int) -> None:
    folder = shutil.copytree(packages, tmp_path / "packages")
    with zipfile.ZipFile(folder / "worker-wrapper.zip", "w") as archive:
        archive.writestr("bootstrap", elf(machine))
    configuration = load("dev")
    configuration = dataclasses.replace(configuration, functions=dataclasses.replace(configuration.functions, architecture=architecture))
    with pytest.raises(ConfigurationError, match=rf"worker-wrapper\.zip: bootstrap is built for .*, but functions\.architecture of environment dev is {architecture}"):
        synthesized(configuration, folder, tmp_path / "out")


def test_packages_for_another_architecture_are_taken_from_their_own_folder(packages: pathlib.Path, tmp_path: pathlib.Path,
                                                                           monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    folder = shutil.copytree(packages, tmp_path / "packages")
    for part, machine in ((folder, 62), (write_packages(folder / "arm64"), 183)):
        with zipfile.ZipFile(part / "worker-wrapper.zip", "w") as archive:
            archive.writestr("bootstrap", elf(machine))
    configuration = load("dev")
    for architecture in ("x86_64", "arm64"):
        wanted = dataclasses.replace(configuration, functions=dataclasses.replace(configuration.functions, architecture=architecture))
        assert synthesized(wanted, folder, tmp_path / architecture)
    with zipfile.ZipFile(folder / "arm64" / "worker-wrapper.zip", "w") as archive:
        archive.writestr("bootstrap", elf(62))
    with pytest.raises(ConfigurationError, match=r"arm64/worker-wrapper\.zip: bootstrap is built for x86_64, .* run `make package ARCHITECTURE=arm64`"):
        synthesized(wanted, folder, tmp_path / "out")


def test_a_program_for_the_configured_machine_is_taken(packages: pathlib.Path, tmp_path: pathlib.Path) -> None:
    folder = shutil.copytree(packages, tmp_path / "packages")
    with zipfile.ZipFile(folder / "worker-wrapper.zip", "w") as archive:
        archive.writestr("bootstrap", elf(62))
    assert synthesized(load("dev"), folder, tmp_path / "out")


def test_every_setting_reaches_the_functions(packages: pathlib.Path, tmp_path: pathlib.Path) -> None:
    configuration = load("dev")
    prices = {"asOf": "2026-08-01", "models": {"maker.model": {"input": 3, "output": 15.5}}}
    configuration = dataclasses.replace(
        configuration, model=dataclasses.replace(configuration.model, temperature="none", prices=prices),
        supervisor=Supervisor("You plan.", False, 7), limits=dataclasses.replace(configuration.limits, agentTurns=3, agentBudgetUSD=0.5),
        sandbox=Sandbox("available", 1, 2, 3000, 4, 5000, 6, ("api.example.com", "data.example.com")),
        fabrication=Fabrication("manual", "vendor.writer", 7000, 8, 9.5))
    functions = resources(synthesized(configuration, packages, tmp_path), "AWS::Lambda::Function").values()
    variables = {f["Properties"]["FunctionName"]: f["Properties"]["Environment"]["Variables"] for f in functions}
    model = {"MODEL_TEMPERATURE": "none", "MODEL_PRICES": json.dumps(prices, separators=(",", ":"))}
    assert variables["arbiter-supervisor-dev"].items() >= {
        **model, "SUPERVISOR_PROMPT": "You plan.", "CHATTER_EVENTS": "false", "REGISTRY_TTL_SECONDS": "7", "LEASE_SECONDS": "120"}.items()
    sandbox = {"SANDBOX_LOCKS": "available", "SANDBOX_CPU_MS": "1", "SANDBOX_MEMORY_BYTES": "2097152", "SANDBOX_OUTPUT_BYTES": "3000",
               "SANDBOX_HOST_CALLS": "4", "SANDBOX_HOST_CALL_BYTES": "5000", "HTTP_ALLOW_LIST": "api.example.com,data.example.com"}
    assert variables["arbiter-worker-wrapper-dev"].items() >= {
        **model, **sandbox, "AGENT_TURNS": "3", "AGENT_BUDGET_USD": "0.5", "AGENT_QUARANTINE_FAILURES": "6"}.items()
    assert variables["arbiter-fabricator-dev"].items() >= {
        **model, **sandbox, "FABRICATION_APPROVAL": "manual", "MODEL_ID": "vendor.writer", "FABRICATOR_MAX_TOKENS": "7000",
        "FABRICATION_TURNS": "8", "FABRICATION_BUDGET_USD": "9.5"}.items()


def test_outputs_name_everything(template: Any, environment: str) -> None:
    things = ["OrchestrationTable", "WorkerStateTable", "AgentConfigTable", "ToolsConfigTable", "WorkerQueue", "FabricatorQueue",
              "CodeBucket", "EventBus", "SupervisorFunction", "WorkerWrapperFunction", "FabricatorFunction", "ConfigSeederFunction"]
    wanted = {thing + kind for thing, kind in itertools.product(things, ("Name", "Arn"))} | {
        "WorkerQueueUrl", "FabricatorQueueUrl", "AlarmTopicArn", "SupervisorRoleArn", "WorkerWrapperRoleArn", "FabricatorRoleArn",
        "ConfigSeederRoleArn"}
    assert wanted <= set(template(environment)["Outputs"])


def test_dev_keeps_nothing_when_it_is_deleted(template: Any) -> None:
    kinds = ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::Logs::LogGroup", "AWS::SQS::Queue")
    for kind in kinds:
        for resource in resources(template("dev"), kind).values():
            assert resource["DeletionPolicy"] == "Delete"


def test_what_is_kept_is_not_kept_of_a_stack_that_never_came_to_be(packages: pathlib.Path, tmp_path: pathlib.Path) -> None:
    made = synthesized(dataclasses.replace(load("dev"), removal="retain"), packages, tmp_path)
    for kind in ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::Logs::LogGroup"):
        for resource in resources(made, kind).values():
            assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
