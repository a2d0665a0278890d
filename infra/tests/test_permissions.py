"""Who may do what: exactly the actions and resources that the functions need."""

from __future__ import annotations

import dataclasses
import pathlib
import re
from typing import Any

import pytest

from infra.configuration import ROOT, load
from infra.settings import Access
from infra.constructs.model_access import ModelAccess
from infra.tests.conftest import synthesized

# Actions that IAM offers without resources: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
WITHOUT_RESOURCE = {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}


def statements(template: dict[str, Any], role: str) -> list[dict[str, Any]]:
    """What the policies attached to the role of a function allow."""
    found = []
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::IAM::Policy" and any(attached["Ref"].startswith(role) for attached in resource["Properties"]["Roles"]):
            found += resource["Properties"]["PolicyDocument"]["Statement"]
    assert found
    return found


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def allowed(template: dict[str, Any], role: str) -> dict[str, set[str]]:
    """Each allowed action with the resources it is allowed on, written as text."""
    result: dict[str, set[str]] = {}
    for statement in statements(template, role):
        assert statement["Effect"] == "Allow"
        for action in listed(statement["Action"]):
            result.setdefault(action, set()).update(text(resource) for resource in listed(statement["Resource"]))
    return result


def text(resource: Any) -> str:
    if isinstance(resource, str):
        return resource
    if "Fn::GetAtt" in resource:
        return resource["Fn::GetAtt"][0]
    if "Ref" in resource:
        return resource["Ref"]
    separator, parts = resource["Fn::Join"]
    return separator.join(text(part) for part in parts)


def prefixes(resources: set[str]) -> set[str]:
    """What is below the bucket in the resources of an object's action."""
    return {name.split("/", 1)[1] for name in resources}


def tables(resources: set[str]) -> set[str]:
    return {name.removeprefix("Tables")[:-8] for name in resources}


def conditions(template: dict[str, Any], role: str, action: str) -> list[Any]:
    return [s.get("Condition") for s in statements(template, role) if action in listed(s["Action"])]


ROLES = ("SupervisorRole", "WorkerWrapperRole", "FabricatorRole", "ConfigSeederRole")
# What an event source mapping does on the function's behalf.
TAKES_TASKS = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes", "sqs:GetQueueUrl"}
LOGS = {"logs:CreateLogStream", "logs:PutLogEvents"}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("environment", ["local", "dev"])
def test_no_action_is_a_pattern_and_no_resource_is_everything(template: Any, environment: str, role: str) -> None:
    for action, resources in allowed(template(environment), role).items():
        assert "*" not in action
        assert "*" not in resources or action in WITHOUT_RESOURCE


def test_roles_have_no_managed_policies(template: Any) -> None:
    for resource in template("dev")["Resources"].values():
        assert "ManagedPolicyArns" not in resource.get("Properties", {})


def test_the_supervisor(template: Any) -> None:
    rights = allowed(template("local"), "SupervisorRole")
    assert set(rights) == {
        "dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:PutItem", "dynamodb:UpdateItem",
        "dynamodb:ConditionCheckItem", "sqs:SendMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "s3:GetObject", "s3:PutObject",
        "s3:DeleteObject", "s3:ListBucket", "bedrock:InvokeModel", "events:PutEvents", "logs:CreateLogStream", "logs:PutLogEvents"}
    assert not any(name.startswith("TablesAgents") for name in rights["dynamodb:PutItem"])
    assert [name[:12] for name in rights["dynamodb:Scan"]] == ["TablesAgents"]
    for action in ("s3:GetObject", "s3:PutObject", "s3:DeleteObject"):
        assert prefixes(rights[action]) == {"payloads/*", "conversations/*"}
    assert sorted(name[:10] for name in rights["sqs:SendMessage"]) == ["Fabricator", "RoutesDead", "WorkerQueu"]


def test_the_worker(template: Any) -> None:
    rights = allowed(template("local"), "WorkerWrapperRole")
    assert set(rights) == {
        "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:ConditionCheckItem", "s3:GetObject", "s3:PutObject", "s3:ListBucket",
        "bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream", "events:PutEvents", *LOGS, *TAKES_TASKS}
    assert prefixes(rights["s3:GetObject"]) == {"agents/*", "tools/*", "payloads/*", "workspaces/*"}
    assert prefixes(rights["s3:PutObject"]) == {"payloads/*", "runs/*", "workspaces/*"}
    assert tables(rights["dynamodb:GetItem"]) == {"WorkerState", "Agents", "Tools"}
    assert tables(rights["dynamodb:PutItem"]) == tables(rights["dynamodb:ConditionCheckItem"]) == {"WorkerState"}
    assert tables(rights["dynamodb:UpdateItem"]) == {"WorkerState", "Agents"}


def test_the_worker_changes_nothing_of_an_agent_but_whether_it_is_in_use(template: Any) -> None:
    """It runs what models wrote: what an agent is and may do is for others to say."""
    parts = template("local")
    statement, = (s for s in statements(parts, "WorkerWrapperRole") if "dynamodb:UpdateItem" in listed(s["Action"])
                  and any(text(r).startswith("TablesAgents") for r in listed(s["Resource"])))
    assert (listed(statement["Action"]), len(listed(statement["Resource"]))) == (["dynamodb:UpdateItem"], 1)
    writable = statement["Condition"]["ForAllValues:StringEquals"]["dynamodb:Attributes"]
    assert set(writable) == {"agentId", "state", "failures", "note", "history", "versionSha256"}
    # Exactly what the code names.
    source = (ROOT / "Sources" / "CodeAgents" / "Failures" / "DynamoDBFailureLedger.swift").read_text()
    named = set(re.findall(r'demand\("(\w+)"', source)) | set(re.findall(r'expressionAttributeNames(?:: |\[)[^\n]*"#\w+"\]? ?[:=] "(\w+)"', source))
    assert named | {"agentId"} == set(writable)
    assert statement["Condition"]["StringEqualsIfExists"] == {"dynamodb:ReturnValues": ["NONE", "UPDATED_OLD", "UPDATED_NEW"]}


def test_the_fabricator(template: Any) -> None:
    rights = allowed(template("local"), "FabricatorRole")
    assert set(rights) == {
        "dynamodb:GetItem", "dynamodb:Scan", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:ConditionCheckItem", "s3:GetObject", "s3:PutObject",
        "s3:ListBucket", "bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream", "events:PutEvents", *LOGS, *TAKES_TASKS}
    assert prefixes(rights["s3:GetObject"]) == prefixes(rights["s3:PutObject"]) == {"agents/*", "tools/*", "payloads/*"}
    assert tables(rights["dynamodb:Scan"]) == {"Agents", "Tools"}
    for action in ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"):
        assert tables(rights[action]) == {"WorkerState", "Agents", "Tools"}
    assert tables(rights["dynamodb:ConditionCheckItem"]) == {"WorkerState"}


def test_the_fabricator_calls_its_own_model_and_no_other(packages: pathlib.Path, tmp_path: pathlib.Path) -> None:
    configuration = load("dev")
    configuration = dataclasses.replace(configuration, fabrication=dataclasses.replace(configuration.fabrication, model="vendor.writer"))
    made = synthesized(configuration, packages, tmp_path)
    writer = {"arn:AWS::Partition:bedrock:AWS::Region::foundation-model/vendor.writer"}
    rights = allowed(made, "FabricatorRole")
    assert rights["bedrock:InvokeModel"] == rights["bedrock:InvokeModelWithResponseStream"] == writer
    assert not allowed(made, "WorkerWrapperRole")["bedrock:InvokeModel"] & writer


def test_code_is_written_by_the_fabricator_alone(template: Any) -> None:
    for role in set(ROLES) - {"FabricatorRole", "ConfigSeederRole"}:
        assert not prefixes(allowed(template("dev"), role)["s3:PutObject"]) & {"agents/*", "tools/*"}


@pytest.mark.parametrize("environment", ["local", "dev"])
def test_a_version_is_written_once_by_whomever(template: Any, environment: str) -> None:
    policies = [r["Properties"]["PolicyDocument"]["Statement"] for r in template(environment)["Resources"].values() if r["Type"] == "AWS::S3::BucketPolicy"]
    statement, = (s for statements in policies for s in statements if s.get("Sid") == "VersionsAreWrittenOnce")
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", {"AWS": "*"}, "s3:PutObject")
    assert prefixes({text(resource) for resource in statement["Resource"]}) == {"agents/*/versions/*", "tools/*/versions/*"}
    assert statement["Condition"] == {"Null": {"s3:if-none-match": "true"}, "Bool": {"s3:ObjectCreationOperation": "true"}}


@pytest.mark.parametrize(("role", "below"), [
    ("WorkerWrapperRole", ["workspaces/"]), ("SupervisorRole", ["payloads/", "conversations/"]), ("FabricatorRole", ["agents/", "tools/"])])
def test_only_what_is_its_own_is_listed(template: Any, role: str, below: list[str]) -> None:
    condition, = conditions(template("local"), role, "s3:ListBucket")
    assert condition == {"StringLike": {"s3:prefix": [pattern for prefix in below for pattern in (prefix, f"{prefix}*")]}}


def test_the_seeder(template: Any) -> None:
    rights = allowed(template("local"), "ConfigSeederRole")
    assert set(rights) == {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "logs:CreateLogStream", "logs:PutLogEvents"}


def test_models_are_named(template: Any) -> None:
    assert allowed(template("local"), "SupervisorRole")["bedrock:InvokeModel"] == {
        "arn:AWS::Partition:bedrock:AWS::Region::foundation-model/anthropic.claude-3-5-sonnet-20241022-v2:0"}


def models(model: str, regions: tuple[str, ...] = (), profile_models: tuple[str, ...] = ()) -> list[str]:
    """The ARNs without partition, of what may be called."""
    settings = dataclasses.replace(load("dev").model, id=model, regions=regions, profileModels=profile_models)
    return [arn.split(":", 2)[2] for arn in ModelAccess(settings).resources(model)]


def test_a_geographic_profile_needs_its_model_in_each_region() -> None:
    found = models("us.vendor.model-v1:0", ("us-east-1", "us-west-2"))
    assert found[0].endswith(":inference-profile/us.vendor.model-v1:0")
    assert found[1:] == ["bedrock:us-east-1::foundation-model/vendor.model-v1:0", "bedrock:us-west-2::foundation-model/vendor.model-v1:0"]


def test_a_profile_named_by_its_arn_needs_its_models_too() -> None:
    arn = "arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.vendor.model"
    assert models(arn, ("eu-central-1", "eu-west-1")) == [
        "bedrock:eu-central-1:123456789012:inference-profile/eu.vendor.model",
        "bedrock:eu-central-1::foundation-model/vendor.model", "bedrock:eu-west-1::foundation-model/vendor.model"]


def test_a_global_profile_needs_the_model_here_and_without_a_region() -> None:
    found = models("global.vendor.model")
    assert found[0].endswith(":inference-profile/global.vendor.model")
    assert "::foundation-model/vendor.model" in found[1] and found[2] == "bedrock:::foundation-model/vendor.model"


def test_an_application_profile_needs_the_models_behind_it() -> None:
    arn = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123"
    assert models(arn, ("us-east-1",), ("vendor.model",)) == [
        "bedrock:us-east-1:123456789012:application-inference-profile/abc123", "bedrock:us-east-1::foundation-model/vendor.model"]


@pytest.mark.parametrize("arn", [
    "arn:aws:bedrock:us-east-1::foundation-model/vendor.model", "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abc"])
def test_other_arns_need_nothing_else(arn: str) -> None:
    assert models(arn) == [arn.split(":", 2)[2]]


def test_the_supervisor_sends_to_queues_and_buses_of_others_only_where_the_configuration_says(
        packages: pathlib.Path, tmp_path: pathlib.Path) -> None:
    access = Access(queues=("arn:aws:sqs:eu-west-1:123456789012:theirs", "team-*"), buses=("other",))
    rights = allowed(synthesized(dataclasses.replace(load("dev"), access=access), packages, tmp_path), "SupervisorRole")
    assert {name for name in rights["sqs:SendMessage"] if name.startswith("arn:")} == {
        "arn:aws:sqs:eu-west-1:123456789012:theirs", "arn:AWS::Partition:sqs:AWS::Region:AWS::AccountId:team-*"}
    assert {name for name in rights["events:PutEvents"] if name.startswith("arn:")} == {
        "arn:AWS::Partition:events:AWS::Region:AWS::AccountId:event-bus/other"}


def test_alarms_may_ring_on_the_topic_and_nobody_else(template: Any) -> None:
    policy, = (r["Properties"]["PolicyDocument"] for r in template("dev")["Resources"].values() if r["Type"] == "AWS::SNS::TopicPolicy")
    allowing, = (s for s in policy["Statement"] if s["Effect"] == "Allow")
    assert (allowing["Principal"], allowing["Action"]) == ({"Service": "cloudwatch.amazonaws.com"}, "sns:Publish")
    assert allowing["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
