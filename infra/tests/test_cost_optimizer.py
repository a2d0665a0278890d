"""The cost optimizer in the stack: what it keeps, who may do what, what starts it, who hears of its failures."""

from __future__ import annotations

import dataclasses
import fnmatch
import json
import pathlib
import re
from typing import Any

import cfnlint.data.AdditionalSpecs
import pytest
from aws_cdk.assertions import Match, Template

from infra.configuration import ROOT, environments, load
from infra.constructs import account_reading
from infra.constructs.account_reading import LISTING, UNNAMED
from infra.settings import Configuration
from infra.tests.conftest import synthesized
from infra.tests.test_permissions import allowed, listed, statements, text
from infra.tests.test_rules import IMAGE
from infra.tests.test_stack import resources

# AWS's service authorization reference, in the copy that cfn-lint has.
AUTHORIZATION = json.loads((pathlib.Path(cfnlint.data.AdditionalSpecs.__file__).parent / "Policies.json").read_text())
WITHOUT_RESOURCE = {
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
    "ecr:GetAuthorizationToken": "a token is for every registry of the account",
    # https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-iam-policy
    **dict.fromkeys(("logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery", "logs:ListLogDeliveries",
                     "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups"),
                    "how Step Functions has its logs delivered, which CloudWatch Logs offers without resources"),
    **dict.fromkeys(("xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets"),
                    "X-Ray has no resources for them"),
}


def configured(**changes: Any) -> Configuration:
    """An environment in an account, with an agent of its own."""
    dev = load("dev")
    return dataclasses.replace(dev, costOptimizer=dataclasses.replace(dev.costOptimizer, **{"enabled": True, "image": IMAGE, **changes}))


@pytest.fixture(scope="module")
def parts(packages: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return synthesized(configured(schedule="cron(0 6 ? * MON *)"), packages, tmp_path_factory.mktemp("cost"))


@pytest.fixture(scope="module")
def stack(parts: dict[str, Any]) -> Template:
    return Template.from_json(parts)


def environment_of(parts: dict[str, Any]) -> dict[str, Any]:
    runtime, = resources(parts, "AWS::BedrockAgentCore::Runtime").values()
    return runtime["Properties"]["EnvironmentVariables"]


# What is there --------------------------------------------------------------------------------------------------------


def test_an_environment_without_it_has_nothing_of_it(template: Any) -> None:
    assert not load("dev").costOptimizer.enabled
    assert not [name for name in template("dev")["Resources"] if name.startswith("CostOptimizer")]
    assert not {"JournalTableName", "CostWorkflowArn"} & set(template("dev")["Outputs"])


def test_the_journal(stack: Template) -> None:
    stack.has_resource("AWS::DynamoDB::Table", {"DeletionPolicy": "Delete", "Properties": {
        "TableName": "arbiter-journal-dev",
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}],
        "AttributeDefinitions": Match.array_with([{"AttributeName": "PK", "AttributeType": "S"}, {"AttributeName": "SK", "AttributeType": "S"},
                                                  {"AttributeName": "status", "AttributeType": "S"},
                                                  {"AttributeName": "timestamp", "AttributeType": "S"}]),
        "GlobalSecondaryIndexes": [{
            "IndexName": "status-date-index", "Projection": {"ProjectionType": "ALL"},
            "KeySchema": [{"AttributeName": "status", "KeyType": "HASH"}, {"AttributeName": "timestamp", "KeyType": "RANGE"}]}],
        "TimeToLiveSpecification": {"AttributeName": "ttl", "Enabled": True},
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
    }})


def test_the_reports_are_private_versioned_and_expire(stack: Template) -> None:
    stack.has_resource("AWS::S3::Bucket", {"DeletionPolicy": "Delete", "Properties": {
        "BucketName": {"Fn::Join": ["", ["arbiter-cost-reports-dev-", {"Ref": "AWS::AccountId"}, "-", {"Ref": "AWS::Region"}]]},
        "PublicAccessBlockConfiguration": {
            "BlockPublicAcls": True, "BlockPublicPolicy": True, "IgnorePublicAcls": True, "RestrictPublicBuckets": True},
        "BucketEncryption": {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]},
        "VersioningConfiguration": {"Status": "Enabled"},
        "LifecycleConfiguration": {"Rules": [
            {"Id": "reports", "Status": "Enabled", "ExpirationInDays": 365, "NoncurrentVersionExpiration": {"NoncurrentDays": 365}},
            {"Id": "unfinished-uploads", "Status": "Enabled", "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}}]},
    }})


def test_what_is_kept_with_removal_retain(packages: pathlib.Path, tmp_path: pathlib.Path) -> None:
    made = synthesized(dataclasses.replace(configured(), removal="retain"), packages, tmp_path)
    kept = {name: r for name, r in made["Resources"].items() if name.startswith("CostOptimizer") and r["Type"] in (
        "AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::Logs::LogGroup")}
    assert len(kept) == 4
    assert {r["DeletionPolicy"] for r in kept.values()} == {"RetainExceptOnCreate"}


@pytest.mark.parametrize("environment", ["local", "dev-cost"])
def test_only_the_local_cloud_takes_reports_over_plain_http(parts: dict[str, Any], template: Any, environment: str) -> None:
    made = template("local") if environment == "local" else parts
    policies = [policy for name, policy in resources(made, "AWS::S3::BucketPolicy").items() if name.startswith("CostOptimizer")]
    assert any("aws:SecureTransport" in str(policy) for policy in policies) == (environment != "local")


def test_the_runtime_gets_its_places_and_settings(parts: dict[str, Any]) -> None:
    runtime, = resources(parts, "AWS::BedrockAgentCore::Runtime").values()
    properties = runtime["Properties"]
    assert re.fullmatch(r"[a-zA-Z][a-zA-Z0-9_]{0,47}", properties["AgentRuntimeName"])
    assert properties["AgentRuntimeArtifact"] == {"ContainerConfiguration": {"ContainerUri": IMAGE}}
    assert (properties["ProtocolConfiguration"], properties["NetworkConfiguration"]) == ("HTTP", {"NetworkMode": "PUBLIC"})
    # It lives for longer than its workflow waits for it.
    assert properties["LifecycleConfiguration"]["MaxLifetime"] > load("dev").costOptimizer.totalSeconds
    variables = environment_of(parts)
    assert {"JOURNAL_TABLE_NAME", "S3_BUCKET_NAME", "MODEL_ID", "HEARTBEAT_SECONDS", "MODEL_SECONDS"} <= set(variables)
    # What a container in AgentCore has in its environment all the same, and what belongs to a session.
    assert not {"AWS_REGION", "SESSION_ID", "PORT"} & set(variables)


def test_an_analysis_without_a_model_may_ask_none(packages: pathlib.Path, tmp_path: pathlib.Path) -> None:
    made = synthesized(configured(model="none"), packages, tmp_path)
    assert environment_of(made)["MODEL_ID"] == "none"
    assert not any(action.startswith("bedrock:") for action in allowed(made, "CostOptimizerAgentRole"))


def test_the_invoker_knows_the_runtime_and_where_work_goes(parts: dict[str, Any], template: Any) -> None:
    for made, arn in ((parts, {"Fn::GetAtt": [Match.any_value, "AgentRuntimeArn"]}), (template("local"), load("local").costOptimizer.runtimeArn)):
        function, = (r["Properties"] for name, r in resources(made, "AWS::Lambda::Function").items() if name.startswith("CostOptimizer"))
        variables = function["Environment"]["Variables"]
        assert set(variables) == {"JOURNAL_TABLE_NAME", "S3_BUCKET_NAME", "AGENT_CORE_RUNTIME_ARN"}
        found = variables["AGENT_CORE_RUNTIME_ARN"]
        assert found == arn if isinstance(arn, str) else found["Fn::GetAtt"][1] == "AgentRuntimeArn"
        assert made["Outputs"]["AgentRuntimeArn"]["Value"] == found


@pytest.mark.parametrize("environment", ["local", "dev-cost"])
def test_outputs_name_everything(parts: dict[str, Any], template: Any, environment: str) -> None:
    made = template("local") if environment == "local" else parts
    wanted = {f"{thing}{kind}" for thing in ("JournalTable", "CostBucket", "CostWorkflow", "AgentInvokerFunction", "CostTriggerRule", "CostDeadLetterQueue")
              for kind in ("Name", "Arn")} | {"AgentRuntimeArn", "AgentInvokerRoleArn", "CostDeadLetterQueueUrl"}
    assert wanted <= set(made["Outputs"])


# What starts it -------------------------------------------------------------------------------------------------------


def rules(made: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {r["Properties"]["Name"]: r["Properties"] for name, r in resources(made, "AWS::Events::Rule").items() if name.startswith("CostOptimizer")}


def test_a_manual_event_starts_the_workflow_from_either_bus_with_its_id(parts: dict[str, Any]) -> None:
    found = rules(parts)
    assert set(found) == {"arbiter-cost-manual-dev", "arbiter-cost-manual-default-bus-dev", "arbiter-cost-schedule-dev"}
    assert found["arbiter-cost-manual-dev"]["EventBusName"]["Ref"].startswith("EventsBus")
    assert "EventBusName" not in found["arbiter-cost-manual-default-bus-dev"]
    for name in ("arbiter-cost-manual-dev", "arbiter-cost-manual-default-bus-dev"):
        assert found[name]["EventPattern"] == {"source": ["manual-trigger"], "detail-type": ["execute-agent"]}
        assert found[name]["State"] == "ENABLED"
    assert found["arbiter-cost-schedule-dev"]["ScheduleExpression"] == "cron(0 6 ? * MON *)"
    for rule in found.values():
        target, = rule["Targets"]
        assert target["Arn"]["Ref"].startswith("CostOptimizerWorkflowMachine")
        assert target["InputTransformer"] == {
            "InputPathsMap": {"id": "$.id", "detail": "$.detail"}, "InputTemplate": '{"session_id":<id>,"detail":<detail>}'}
        assert target["RetryPolicy"] == {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 7200}
        assert target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0].startswith("CostOptimizerTriggersDeadLetters")


def test_the_default_bus_and_the_schedule_are_choices(packages: pathlib.Path, tmp_path: pathlib.Path) -> None:
    assert set(rules(synthesized(configured(defaultBus=False), packages, tmp_path))) == {"arbiter-cost-manual-dev"}
    assert load("dev").costOptimizer.schedule is None


# Who may do what ------------------------------------------------------------------------------------------------------

ROLES = ("CostOptimizerAgentRole", "CostOptimizerAgentInvokerRole", "CostOptimizerWorkflowRole", "CostOptimizerTriggersRole")


def of_role(parts: dict[str, Any], role: str) -> dict[str, set[str]]:
    # "CostOptimizerAgentRole" is not the beginning of "CostOptimizerAgentInvokerRole".
    return allowed(parts, role)


@pytest.mark.parametrize("role", ROLES)
def test_no_action_is_a_pattern_and_everything_is_a_resource_only_where_there_is_none(parts: dict[str, Any], role: str) -> None:
    for action, names in of_role(parts, role).items():
        assert "*" not in action
        assert "*" not in names or action in LISTING or action in UNNAMED or action in WITHOUT_RESOURCE, (action, names)


def test_the_workflow_writes_and_reads_sessions_and_invokes_one_function(parts: dict[str, Any]) -> None:
    rights = of_role(parts, "CostOptimizerWorkflowRole")
    assert {action for action in rights if action not in WITHOUT_RESOURCE} == {
        "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "lambda:InvokeFunction"}
    assert rights["dynamodb:PutItem"] == rights["dynamodb:GetItem"] == rights["dynamodb:UpdateItem"]
    table, = rights["dynamodb:PutItem"]
    assert table.startswith("CostOptimizerStorageJournal")
    function, = rights["lambda:InvokeFunction"]
    assert function.startswith("CostOptimizerAgentInvokerFunction")


def test_the_rules_start_the_workflow_and_nothing_else(parts: dict[str, Any]) -> None:
    rights = of_role(parts, "CostOptimizerTriggersRole")
    assert set(rights) == {"states:StartExecution"}
    machine, = rights["states:StartExecution"]
    assert machine.startswith("CostOptimizerWorkflowMachine")


def test_the_invoker_asks_one_runtime(parts: dict[str, Any]) -> None:
    rights = of_role(parts, "CostOptimizerAgentInvokerRole")
    assert set(rights) == {"bedrock-agentcore:InvokeAgentRuntime", "logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTraceSegments",
                           "xray:PutTelemetryRecords"}
    assert all(name.startswith("CostOptimizerAgentRuntime") for name in rights["bedrock-agentcore:InvokeAgentRuntime"])
    assert len(rights["bedrock-agentcore:InvokeAgentRuntime"]) == 2


def test_the_agent_reads_the_account_and_writes_its_journal_and_reports(parts: dict[str, Any]) -> None:
    rights = of_role(parts, "CostOptimizerAgentRole")
    own = {"dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem", "s3:ListBucket", "s3:PutObject",
           "bedrock:InvokeModel", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:GetAuthorizationToken", "logs:CreateLogGroup",
           "logs:DescribeLogStreams", "logs:CreateLogStream", "logs:PutLogEvents"}
    assert set(rights) == own | set(account_reading.actions())
    for action in ("dynamodb:UpdateItem", "dynamodb:GetItem", "dynamodb:Query"):
        table, = rights[action]
        assert table.startswith("CostOptimizerStorageJournal")
    objects, = rights["s3:PutObject"]
    assert objects.startswith("CostOptimizerStorageReports") and objects.endswith("/*")
    bucket, = rights["s3:ListBucket"]
    assert bucket.startswith("CostOptimizerStorageReports") and not bucket.endswith("/*")
    assert rights["ecr:BatchGetImage"] == {"arn:AWS::Partition:ecr:us-east-1:123456789012:repository/arbiter-cost-agent"}
    assert all("/aws/bedrock-agentcore/runtimes/arbiter_cost_agent_dev-*" in name for name in rights["logs:PutLogEvents"])
    assert rights["bedrock:InvokeModel"] == {
        "arn:AWS::Partition:bedrock:AWS::Region::foundation-model/anthropic.claude-3-5-sonnet-20241022-v2:0"}


def test_what_the_agent_reads_is_what_its_code_calls() -> None:
    source = (ROOT / "Sources" / "CostOptimizer" / "Account" / "RequiredActions.swift").read_text()
    called = {action for _, _, action in re.findall(r'\("([\w-]+)", "(\w+)", "([\w:-]+)"\)', source)}
    assert called and set(account_reading.actions()) == called


@pytest.mark.parametrize("action", account_reading.actions())
def test_reading_is_allowed_as_narrowly_as_aws_offers_it(action: str) -> None:
    """Compared with AWS's own reference: an action is allowed on everything only where it has no kind of resource, or where the reason is given."""
    service, name = action.lower().split(":")
    assert name in AUTHORIZATION[service]["Actions"], f"{action} does not exist"
    has_resources = bool(AUTHORIZATION[service]["Actions"][name].get("Resources"))
    everything = account_reading.resources(action) == ("*",)
    assert everything == (not has_resources or action in UNNAMED)


def test_reading_apis_does_not_reach_the_values_of_their_keys(parts: dict[str, Any]) -> None:
    """apigateway:GET is the action of every call that reads: what may be read is in its resources alone."""
    patterns = [name.rsplit("::", 1)[-1] for name in of_role(parts, "CostOptimizerAgentRole")["apigateway:GET"]]
    for path in ("/restapis", "/restapis/a1b2c3/stages", "/usageplans", "/apis", "/apis/a1b2c3/stages"):
        assert any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns), path
    for path in ("/apikeys", "/apikeys/k1", "/usageplans/p1/keys", "/usageplans/p1/keys/k1", "/clientcertificates", "/account", "/restapis/a1b2c3",
                 "/restapis/a1b2c3/authorizers", "/restapis/a1b2c3/stages/prod/exports/oas30", "/domainnames"):
        assert not any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns), path


def test_reading_stays_in_the_region_where_there_is_one(parts: dict[str, Any]) -> None:
    free = set()
    for statement in statements(parts, "CostOptimizerAgentRole"):
        names = set(listed(statement["Action"])) & set(account_reading.actions())
        own = any(text(resource).startswith("CostOptimizer") for resource in listed(statement["Resource"]))
        if names and not own and statement.get("Condition") != {"StringEquals": {"aws:RequestedRegion": {"Ref": "AWS::Region"}}}:
            free |= names
    assert free == account_reading.WORLDWIDE


@pytest.mark.parametrize(("role", "service"), [
    ("Agent", "bedrock-agentcore.amazonaws.com"), ("Workflow", "states.amazonaws.com"), ("Triggers", "events.amazonaws.com")])
def test_services_act_for_this_account_only(parts: dict[str, Any], role: str, service: str) -> None:
    document, = (r["Properties"]["AssumeRolePolicyDocument"] for name, r in resources(parts, "AWS::IAM::Role").items()
                 if name.startswith(f"CostOptimizer{role}Role"))
    statement, = document["Statement"]
    assert statement["Principal"] == {"Service": service}
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}


# Who hears of it ------------------------------------------------------------------------------------------------------


def test_failed_and_timed_out_executions_ring(parts: dict[str, Any]) -> None:
    found = [r["Properties"] for r in resources(parts, "AWS::CloudWatch::Alarm").values() if r["Properties"]["Namespace"] == "AWS/States"]
    assert {(alarm["AlarmName"], alarm["MetricName"]) for alarm in found} == {
        ("arbiter-failed-cost-analysis-dev", "ExecutionsFailed"), ("arbiter-timed-out-cost-analysis-dev", "ExecutionsTimedOut")}
    assert all(alarm["Dimensions"][0]["Value"]["Ref"].startswith("CostOptimizerWorkflowMachine") and alarm["AlarmActions"] for alarm in found)
    names = {r["Properties"]["AlarmName"] for r in resources(parts, "AWS::CloudWatch::Alarm").values()}
    assert {"arbiter-errors-agent-invoker-dev", "arbiter-cost-dead-letters-dev"} <= names


@pytest.mark.parametrize("environment", environments())
def test_the_workflow_logs_what_happens_and_not_what_it_carries(parts: dict[str, Any], template: Any, environment: str) -> None:
    for made in (parts, template("local")):
        machine, = (r["Properties"] for r in resources(made, "AWS::StepFunctions::StateMachine").values())
        assert (machine["LoggingConfiguration"]["Level"], machine["LoggingConfiguration"]["IncludeExecutionData"]) == ("ALL", False)
        assert made["Resources"][machine["LoggingConfiguration"]["Destinations"][0]["CloudWatchLogsLogGroup"]["LogGroupArn"]["Fn::GetAtt"][0]][
            "Properties"]["LogGroupName"].startswith("/aws/vendedlogs/states/")
