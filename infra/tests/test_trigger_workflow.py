"""The script behind `make trigger-workflow`: what it publishes and where, what it says, and what it refuses."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import pytest

from infra.configuration import ROOT
from infra.tests.conftest import client

OUTPUTS = {"CostWorkflowArn": "arn:aws:states:us-east-1:000000000000:stateMachine:arbiter-cost-analysis-local", "JournalTableName": "arbiter-journal-local",
           "CostBucketName": "arbiter-cost-reports-local"}


def deploy(cloud: dict[str, Any], outputs: dict[str, str]) -> None:
    """A stack that has a bus, and says these things of itself."""
    stack = client(cloud, "cloudformation")
    stack.create_stack(StackName="arbiter-local", TemplateBody=json.dumps({
        "Resources": {"Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "arbiter-events-local"}}},
        "Outputs": {name: {"Value": value} for name, value in {"EventBusName": "arbiter-events-local", **outputs}.items()}}))
    stack.get_waiter("stack_create_complete").wait(StackName="arbiter-local", WaiterConfig={"Delay": 1, "MaxAttempts": 20})


def watch(cloud: dict[str, Any], bus: str) -> str:
    """A queue that gets every manual event of a bus."""
    queues, events = client(cloud, "sqs"), client(cloud, "events")
    url = queues.create_queue(QueueName=f"watch-{bus}")["QueueUrl"]
    arn = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name=f"watch-{bus}", EventBusName=bus, EventPattern=json.dumps({"source": ["manual-trigger"], "detail-type": ["execute-agent"]}))
    events.put_targets(Rule=f"watch-{bus}", EventBusName=bus, Targets=[{"Id": "watch", "Arn": arn}])
    return url


def received(cloud: dict[str, Any], queue: str) -> list[dict[str, Any]]:
    messages = client(cloud, "sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", [])
    return [json.loads(message["Body"]) for message in messages]


def trigger(cloud: dict[str, Any], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, ROOT / "Scripts" / "trigger-workflow.py", "--environment", "local", "--local-state", str(cloud["state"]), *arguments],
                          capture_output=True, text=True, check=False, timeout=60)


def test_it_publishes_on_the_bus_that_is_asked_for_and_prints_the_session(cloud: dict[str, Any]) -> None:
    deploy(cloud, OUTPUTS)
    stack, default = watch(cloud, "arbiter-events-local"), watch(cloud, "default")
    done = trigger(cloud)
    assert done.returncode == 0, done.stderr
    event, = received(cloud, stack)
    assert (event["id"], event["detail"]) == (done.stdout.strip(), {})
    assert received(cloud, default) == []
    # Who reads it can go on with each of its lines.
    for text in (f"arbiter cost follow {event['id']}", f"arbiter cost report {event['id']}", *OUTPUTS.values()):
        assert text in done.stderr

    asked = trigger(cloud, "--default-bus", "--prompt", 'Only "Lambda"\nplease')
    event, = received(cloud, default)
    assert (event["id"], event["detail"]) == (asked.stdout.strip(), {"prompt": 'Only "Lambda"\nplease'})
    assert received(cloud, stack) == []


def test_what_cannot_be_started_says_why(cloud: dict[str, Any]) -> None:
    missing = trigger(cloud)
    assert missing.returncode == 1 and "there is no stack arbiter-local in us-east-1: make deploy ENVIRONMENT=local" in missing.stderr
    deploy(cloud, {})
    without = trigger(cloud)
    assert without.returncode == 1 and without.stdout == "" and "set costOptimizer.enabled in infra/config/local.yaml" in without.stderr
    assert "Traceback" not in missing.stderr + without.stderr


@pytest.mark.parametrize(("arguments", "expected"), [
    (["--environment", "nowhere"], "there is no environment 'nowhere'"), (["--environment", "local", "--prompt", "x" * 65537], "expected at most 65536"),
    (["--environment", "local", "--local-state", "/nonexistent"], "the local cloud is not running")])
def test_mistakes_are_told(arguments: list[str], expected: str) -> None:
    done = subprocess.run([sys.executable, ROOT / "Scripts" / "trigger-workflow.py", *arguments], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode != 0 and expected in done.stderr and "Traceback" not in done.stderr


def test_make_passes_what_it_is_given() -> None:
    done = subprocess.run(["make", "-n", "trigger-workflow", "ENVIRONMENT=dev", "PROFILE=me", "REGION=eu-west-1"], cwd=ROOT, capture_output=True, text=True,
                          check=True)
    assert re.search(r'trigger-workflow\.py --environment dev --profile "me" --region "eu-west-1"', done.stdout)
