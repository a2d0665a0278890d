"""Alarms watch what the functions really count: namespace, name and dimensions are compared with the sources that write them."""

from __future__ import annotations

import dataclasses
import pathlib
import re
from typing import Any

import pytest

from infra.configuration import ROOT, environments, load
from infra.settings import Alarms
from infra.constructs.alarms import CRITICAL_ERROR, FUNCTION_DIMENSION, NAMESPACE
from infra.tests.conftest import synthesized

# The folder of a function that counts critical errors, and its name in the namer.
COUNTING = {"Supervisor": "supervisor", "WorkerWrapper": "worker-wrapper", "Fabricator": "fabricator"}


def alarms(template: dict[str, Any]) -> list[dict[str, Any]]:
    return [r["Properties"] for r in template["Resources"].values() if r["Type"] == "AWS::CloudWatch::Alarm"]


def watched(template: dict[str, Any], namespace: str) -> set[tuple[str, str, str]]:
    """Metric, dimension and the resource or name that the dimension means."""
    found = set()
    for alarm in alarms(template):
        if alarm["Namespace"] == namespace:
            dimension, = alarm["Dimensions"]
            value = dimension["Value"]
            name = value if isinstance(value, str) else value.get("Ref") or value["Fn::GetAtt"][0]
            found.add((alarm["MetricName"], dimension["Name"], name))
    return found


def named(template: dict[str, Any], logical: str) -> str:
    properties = template["Resources"][logical]["Properties"]
    return properties.get("FunctionName") or properties["QueueName"]


@pytest.mark.parametrize("environment", environments())
def test_critical_errors_of_each_function_that_counts_them(template: Any, environment: str) -> None:
    found = {(metric, dimension, named(template(environment), name)) for metric, dimension, name in watched(template(environment), NAMESPACE)}
    assert found == {(CRITICAL_ERROR, FUNCTION_DIMENSION, f"arbiter-{thing}-{environment}") for thing in COUNTING.values()}


@pytest.mark.parametrize("folder", COUNTING)
def test_the_functions_count_under_the_name_they_are_deployed_with(folder: str) -> None:
    source = (ROOT / "Sources" / "Functions" / folder / "main.swift").read_text()
    metrics, = re.findall(r'Metrics\(namespace: "(\w+)"\)((?:\.with\([^)]*\))*)', source)
    # The only dimension: a metric is another one with each that is added.
    assert metrics == (NAMESPACE, f'.with("{FUNCTION_DIMENSION}", environment["AWS_LAMBDA_FUNCTION_NAME"] ?? "{COUNTING[folder]}")')


def test_the_functions_count_critical_errors_by_that_name() -> None:
    counting = {path.name for path in (ROOT / "Sources" / "Orchestration").rglob("*.swift") if f'count("{CRITICAL_ERROR}")' in path.read_text()}
    assert {"Supervisor.swift", "Supervisor+AWS.swift", "TaskHandler.swift"} <= counting


@pytest.mark.parametrize("environment", environments())
def test_errors_of_each_function(template: Any, environment: str) -> None:
    parts = template(environment)
    functions = {name for name, r in parts["Resources"].items() if r["Type"] == "AWS::Lambda::Function"}
    assert watched(parts, "AWS/Lambda") == {("Errors", "FunctionName", name) for name in functions}


@pytest.mark.parametrize("environment", environments())
def test_each_dead_letter_queue(template: Any, environment: str) -> None:
    parts = template(environment)
    queues = {name for name, r in parts["Resources"].items() if r["Type"] == "AWS::SQS::Queue" and "dead-letters" in named(parts, name)}
    assert len(queues) == 3 + load(environment).costOptimizer.enabled
    assert watched(parts, "AWS/SQS") == {("ApproximateNumberOfMessagesVisible", "QueueName", name) for name in queues}


@pytest.mark.parametrize("environment", environments())
def test_every_alarm_rings_on_the_topic_at_the_first_occurrence(template: Any, environment: str) -> None:
    parts = template(environment)
    topic, = (name for name, r in parts["Resources"].items() if r["Type"] == "AWS::SNS::Topic")
    assert parts["Outputs"]["AlarmTopicArn"]["Value"] == {"Ref": topic}
    for alarm in alarms(parts):
        assert alarm["AlarmActions"] == [{"Ref": topic}]
        assert (alarm["Threshold"], alarm["ComparisonOperator"], alarm["EvaluationPeriods"]) == (0, "GreaterThanThreshold", 1)
        assert alarm["TreatMissingData"] == "notBreaching"


def test_addresses_of_the_configuration_hear_of_alarms(packages: pathlib.Path, tmp_path: pathlib.Path) -> None:
    made = synthesized(dataclasses.replace(load("dev"), alarms=Alarms(("ops@example.com",))), packages, tmp_path)
    subscription, = (r["Properties"] for r in made["Resources"].values() if r["Type"] == "AWS::SNS::Subscription")
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "ops@example.com")
