"""Who may do what: exactly the actions and resources that the functions need."""

from __future__ import annotations

from typing import Any

import pytest

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


ROLES = ("SupervisorRole", "WorkerWrapperRole", "ConfigSeederRole")


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
        "bedrock:InvokeModel", "events:PutEvents", "logs:CreateLogStream", "logs:PutLogEvents"}
    assert not any(name.startswith("TablesAgents") for name in rights["dynamodb:PutItem"])
    assert [name[:12] for name in rights["dynamodb:Scan"]] == ["TablesAgents"]
    assert {name.split("/", 1)[1] for name in rights["s3:PutObject"]} == {"payloads/*", "conversations/*"}
    assert sorted(name[:10] for name in rights["sqs:SendMessage"]) == ["Fabricator", "RoutesDead", "WorkerQueu"]


def test_the_worker(template: Any) -> None:
    rights = allowed(template("local"), "WorkerWrapperRole")
    assert set(rights) == {
        "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:ConditionCheckItem", "s3:GetObject", "s3:PutObject", "s3:ListBucket",
        "bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream", "events:PutEvents", "logs:CreateLogStream", "logs:PutLogEvents",
        # What the event source mapping does on the function's behalf.
        "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes", "sqs:GetQueueUrl"}
    assert {name.split("/", 1)[1] for name in rights["s3:GetObject"]} == {"agents/*", "payloads/*", "workspaces/*"}
    assert {name.split("/", 1)[1] for name in rights["s3:PutObject"]} == {"payloads/*", "workspaces/*"}
    assert all(name.startswith("TablesWorkerState") for name in rights["dynamodb:PutItem"])


def test_the_worker_lists_workspaces_only(template: Any) -> None:
    listing, = (s for s in statements(template("local"), "WorkerWrapperRole") if "s3:ListBucket" in listed(s["Action"]))
    assert listing["Condition"] == {"StringLike": {"s3:prefix": ["workspaces/", "workspaces/*"]}}


def test_the_seeder(template: Any) -> None:
    rights = allowed(template("local"), "ConfigSeederRole")
    assert set(rights) == {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "logs:CreateLogStream", "logs:PutLogEvents"}


def test_models_are_named(template: Any) -> None:
    assert allowed(template("local"), "SupervisorRole")["bedrock:InvokeModel"] == {
        "arn:AWS::Partition:bedrock:AWS::Region::foundation-model/anthropic.claude-3-5-sonnet-20241022-v2:0"}


def test_an_inference_profile_needs_its_models_too() -> None:
    from infra.configuration import Model
    from infra.constructs.model_access import ModelAccess

    access = ModelAccess(Model("us.vendor.model-v1:0", 1, 0, (), ("us-east-1", "us-west-2")))
    resources = access.resources("us.vendor.model-v1:0")
    assert [resource.split(":", 2)[2] for resource in resources[:2]] == [
        "bedrock:us-east-1::foundation-model/vendor.model-v1:0", "bedrock:us-west-2::foundation-model/vendor.model-v1:0"]
    assert resources[2].endswith(":inference-profile/us.vendor.model-v1:0")
    assert access.resources("arn:aws:bedrock:us-east-1:1:inference-profile/x") == ["arn:aws:bedrock:us-east-1:1:inference-profile/x"]
