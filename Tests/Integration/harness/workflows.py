"""The cost optimizer's workflow with limits of seconds, a function that answers as a test says, and a test that plays the agent."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import pathlib
import sys
import uuid
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

from harness.cloud import Cloud
from harness.waiting import wait_until
from infra.workflows.cost_analysis import Limits, definition

# Short, and far enough apart that none is mistaken for another.
LIMITS = Limits(start_deadline_seconds=3, heartbeat_limit_seconds=3, total_seconds=7, poll_seconds=1, maximum_poll_seconds=2, invocation_seconds=2,
                attempts=1, backoff_rate=1.0)
ROLE = "arn:aws:iam::000000000000:role/workflow"

# Notes each invocation in a file, and answers it by the prompt: {"errors": [[type, message], ...], "delay": seconds}, an error an attempt.
FUNCTION = f"""#!{sys.executable} -I
import json, os, time, urllib.request
api = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2018-06-01/runtime/invocation/"
def send(path, body, headers):
    urllib.request.urlopen(urllib.request.Request(api + path, data=json.dumps(body).encode(), headers=headers)).read()
while True:
    with urllib.request.urlopen(api + "next") as response:
        request, event = response.headers["Lambda-Runtime-Aws-Request-Id"], json.loads(response.read())
    with open(os.environ["INVOCATIONS"], "a+") as file:
        file.seek(0)
        before = sum(json.loads(line)["session_id"] == event["session_id"] for line in file)
        file.write(json.dumps(event) + "\\n")
    answer = json.loads(event.get("prompt", "{{}}"))
    time.sleep(answer.get("delay", 0))
    errors = answer.get("errors", [])
    if before < len(errors):
        kind, message = errors[before]
        send(request + "/error", {{"errorType": kind, "errorMessage": message}}, {{"Lambda-Runtime-Function-Error-Type": kind}})
    else:
        send(request + "/response", {{"status": 200, "sessionId": event["session_id"]}}, {{}})
"""


def now(seconds: float = 0) -> str:
    """The time as the journal writes it, or that of so many seconds from now."""
    return (datetime.now(timezone.utc) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


@dataclasses.dataclass
class Workflow:
    """A state machine, what it calls, and the table it watches."""

    cloud: Cloud
    machine: str
    table: str
    invocations: pathlib.Path

    def start(self, session: str | None = None, **input: Any) -> Execution:
        session = session or str(uuid.uuid4())
        return self.start_with({"session_id": session, **input}, session)

    def start_with(self, input: Any, session: str = "") -> Execution:
        started = self.cloud.client("stepfunctions").start_execution(stateMachineArn=self.machine, input=json.dumps(input))
        return Execution(self, started["executionArn"], session)

    def invoked(self, session: str) -> list[dict[str, Any]]:
        """What the function was asked for a session, attempt by attempt."""
        if not self.invocations.exists():
            return []
        events = [json.loads(line) for line in self.invocations.read_text().splitlines()]
        return [event for event in events if event["session_id"] == session]

    def record(self, session: str) -> dict[str, Any]:
        """The session's record as Python values; empty without one."""
        item = self.cloud.client("dynamodb").get_item(TableName=self.table, Key=key(session), ConsistentRead=True).get("Item", {})
        return {name: next(iter(value.values())) for name, value in item.items()}

    def write(self, session: str, **attributes: str) -> None:
        """What the agent does to its record: sets these, and leaves the rest."""
        self.cloud.client("dynamodb").update_item(
            TableName=self.table, Key=key(session), UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in attributes),
            ExpressionAttributeNames={f"#{name}": name for name in attributes},
            ExpressionAttributeValues={f":{name}": {"S": value} for name, value in attributes.items()})

    def remove(self, session: str) -> None:
        self.cloud.client("dynamodb").delete_item(TableName=self.table, Key=key(session))


@dataclasses.dataclass
class Execution:
    workflow: Workflow
    arn: str
    session: str

    def described(self) -> dict[str, Any]:
        return self.workflow.cloud.client("stepfunctions").describe_execution(executionArn=self.arn)

    def await_invocation(self) -> None:
        wait_until("the function is asked", lambda: self.workflow.invoked(self.session), 10, seen=self.described)

    def ended(self, seconds: float = 20) -> dict[str, Any]:
        """The execution's description once it has ended."""
        return wait_until("the execution ends", lambda: (found := self.described())["status"] != "RUNNING" and found, seconds, seen=self.states)

    def failed_in(self, state: str) -> str:
        """The cause of an execution that ended in a Fail state."""
        found = self.ended()
        assert (found["status"], found.get("error")) == ("FAILED", state), found
        return found["cause"]

    def states(self) -> list[str]:
        """The states that it has entered, in order."""
        pages = self.workflow.cloud.client("stepfunctions").get_paginator("get_execution_history").paginate(executionArn=self.arn)
        return [event["stateEnteredEventDetails"]["name"] for page in pages for event in page["events"] if "stateEnteredEventDetails" in event]


def key(session: str) -> dict[str, Any]:
    return {"PK": {"S": session}, "SK": {"S": "SESSION"}}


@contextlib.contextmanager
def function(cloud: Cloud, name: str, invocations: pathlib.Path) -> Iterator[str]:
    """The function that stands in for AgentInvoker, by its ARN."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        entry = zipfile.ZipInfo("bootstrap")
        entry.create_system, entry.external_attr = 3, 0o100755 << 16
        archive.writestr(entry, FUNCTION)
    functions = cloud.client("lambda")
    arn = functions.create_function(
        FunctionName=name, Runtime="provided.al2023", Handler="bootstrap", Role=ROLE, Code={"ZipFile": packed.getvalue()}, Timeout=30,
        Environment={"Variables": {"INVOCATIONS": str(invocations)}})["FunctionArn"]
    try:
        yield arn
    finally:
        functions.delete_function(FunctionName=name)


@contextlib.contextmanager
def table(cloud: Cloud, name: str) -> Iterator[str]:
    client = cloud.client("dynamodb")
    client.create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": "PK", "AttributeType": "S"}, {"AttributeName": "SK", "AttributeType": "S"}])
    try:
        yield name
    finally:
        with contextlib.suppress(client.exceptions.ResourceNotFoundException):
            client.delete_table(TableName=name)


@contextlib.contextmanager
def workflow(cloud: Cloud, name: str, table: str, function: str, invocations: pathlib.Path, limits: Limits = LIMITS,
             without_table: str = "") -> Iterator[Workflow]:
    """A state machine of its own; the state `without_table` asks for a table that there is not."""
    client = cloud.client("stepfunctions")
    made = definition(table, function, limits)
    if without_table:
        made["States"][without_table]["Arguments"]["TableName"] = "no-such-table"
    machine = client.create_state_machine(name=name, roleArn=ROLE, definition=json.dumps(made))["stateMachineArn"]
    try:
        yield Workflow(cloud, machine, table, invocations)
    finally:
        client.delete_state_machine(stateMachineArn=machine)
