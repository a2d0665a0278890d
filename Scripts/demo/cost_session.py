#!/usr/bin/env python3
"""For Scripts/demo-cost.sh: gives the account on the local cloud a past to find, and checks what a session has left behind.

    cost_session.py STATE traffic                    invokes functions, so that their metrics say something, and leaves an oversized table
    cost_session.py STATE check OUTPUTS SESSION      ends 0 if the workflow SUCCEEDED, eight phases are COMPLETED and the four reports are there
    cost_session.py STATE begun OUTPUTS SESSION      waits until the session has a record
    cost_session.py STATE stop OUTPUTS SESSION       ends the session's workflow and its agent
"""

from __future__ import annotations

import datetime
import json
import os
import pathlib
import sys
import time
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PHASES = ("Discovery", "Usage and Metrics Collection", "Analysis and Decision Rules", "Recommendation Format", "Cost Estimation Method",
          "Output Contract", "S3 Write Requirements", "Error Handling and Fallbacks")
OBJECTS = ("cost_report.txt", "evidence.txt", "report.json", "report.html")
INVOCATIONS = 20

# A table of a shop that is not there: its capacity is real, its use is made up, and the only thing in the account that is.
TABLE = "demo-shop-orders"
CAPACITY = {"ReadCapacityUnits": 400, "WriteCapacityUnits": 200}
USED = {"ConsumedReadCapacityUnits": 400 * 0.06, "ConsumedWriteCapacityUnits": 200 * 0.04}
# The local CloudWatch keeps two weeks.
HOURS = 14 * 24


class Account:
    """The local cloud, as boto3 reaches it."""

    def __init__(self, state: pathlib.Path) -> None:
        running = json.loads((state / "local" / "local-cloud.json").read_text())
        # The caller's credentials and profile have no business here.
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            del os.environ[name]
        self._endpoint, self._model_endpoint = running["endpoint"], running["modelEndpoint"]
        self._session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=running["region"])

    def client(self, service: str) -> Any:
        endpoint = self._model_endpoint if service == "bedrock-agentcore" else self._endpoint
        return self._session.client(service, endpoint_url=endpoint, config=Config(retries={"mode": "standard"}))


def traffic(account: Account) -> None:
    """What a schedule does every minute, a few times at once."""
    event = (ROOT / "events" / "scheduled-sweep.json").read_bytes()
    functions = account.client("lambda")
    for _ in range(INVOCATIONS):
        answer = functions.invoke(FunctionName="arbiter-supervisor-local", Payload=event)
        answer["Payload"].read()
        if "FunctionError" in answer:
            raise SystemExit("demo: the Supervisor failed; its log: .venv/bin/python Scripts/local_cloud.py --logs supervisor")
    print(f"{INVOCATIONS} invocations of arbiter-supervisor-local", file=sys.stderr)


def faults(account: Account, outputs: dict[str, str], session: str) -> list[str]:
    """What is missing of a session that has gone well."""
    return [*execution_faults(account, outputs["CostWorkflowArn"], session), *journal_faults(account, outputs["JournalTableName"], session),
            *report_faults(account, outputs["CostBucketName"], session)]


def oversized_table(account: Account) -> None:
    """Capacity that nobody needs, with an hourly course of what is used of it."""
    tables, metrics = account.client("dynamodb"), account.client("cloudwatch")
    try:
        tables.create_table(TableName=TABLE, KeySchema=[{"AttributeName": "order", "KeyType": "HASH"}], BillingMode="PROVISIONED",
                            AttributeDefinitions=[{"AttributeName": "order", "AttributeType": "S"}], ProvisionedThroughput=CAPACITY)
    except tables.exceptions.ResourceInUseException:
        return  # With its past, from an earlier demo.
    hour = datetime.datetime.now(datetime.timezone.utc).replace(minute=0, second=0, microsecond=0)
    points = [{"MetricName": name, "Dimensions": [{"Name": "TableName", "Value": TABLE}], "Unit": "Count", "Value": units * 3600,
               "Timestamp": hour - datetime.timedelta(hours=back)} for back in range(1, HOURS) for name, units in USED.items()]
    for first in range(0, len(points), 500):
        metrics.put_metric_data(Namespace="AWS/DynamoDB", MetricData=points[first:first + 500])
    print(f"the table {TABLE} with {CAPACITY['ReadCapacityUnits']} and {CAPACITY['WriteCapacityUnits']} units of capacity, and a made-up use of them", file=sys.stderr)


def executions(account: Account, machine: str, session: str) -> list[dict[str, Any]]:
    client = account.client("stepfunctions")
    pages = client.get_paginator("list_executions").paginate(stateMachineArn=machine)
    described = [client.describe_execution(executionArn=found["executionArn"]) for page in pages for found in page["executions"]]
    return [found for found in described if json.loads(found["input"]).get("session_id") == session]


def execution_faults(account: Account, machine: str, session: str) -> list[str]:
    deadline = time.monotonic() + 30
    while True:
        mine = executions(account, machine, session)
        # The journal ends before the workflow has looked.
        if any(found["status"] != "RUNNING" for found in mine) or time.monotonic() > deadline:
            break
        time.sleep(0.2)
    if not mine:
        return [f"no execution of {machine} has the session"]
    return [f"the workflow is {found['status']}: {found.get('error', '')} {found.get('cause', '')}".rstrip() for found in mine
            if found["status"] != "SUCCEEDED"]


def journal_faults(account: Account, table: str, session: str) -> list[str]:
    pages = account.client("dynamodb").get_paginator("query").paginate(
        TableName=table, KeyConditionExpression="PK = :session", ExpressionAttributeValues={":session": {"S": session}}, ConsistentRead=True)
    items = [{name: next(iter(value.values())) for name, value in item.items()} for page in pages for item in page["Items"]]
    record = next((item for item in items if item["SK"] == "SESSION"), {})
    phases = {item["phase_name"]: item["status"] for item in items if item["SK"].startswith("TASK#")}
    found = [] if record.get("status") == "COMPLETED" else [f"the session is {record.get('status')}: {record.get('error_message', '')}"]
    for phase in PHASES:
        if phases.get(phase) != "COMPLETED":
            found.append(f"the phase {phase} is {phases.get(phase, 'not in the journal')}")
    return found + [f"the journal has a phase that nobody knows: {phase}" for phase in phases if phase not in PHASES]


def report_faults(account: Account, bucket: str, session: str) -> list[str]:
    listed = account.client("s3").list_objects_v2(Bucket=bucket, Prefix=f"{session}/").get("Contents", [])
    sizes = {entry["Key"].removeprefix(f"{session}/"): entry["Size"] for entry in listed}
    return [f"s3://{bucket}/{session}/{name} is {'empty' if name in sizes else 'missing'}" for name in OBJECTS if not sizes.get(name)]


def begun(account: Account, table: str, session: str) -> None:
    key = {"PK": {"S": session}, "SK": {"S": "SESSION"}}
    deadline = time.monotonic() + 30
    while "Item" not in account.client("dynamodb").get_item(TableName=table, Key=key, ConsistentRead=True):
        if time.monotonic() > deadline:
            raise SystemExit("demo: no workflow has begun with the event; its rules: aws events list-rules --name-prefix arbiter-cost")
        time.sleep(0.1)


def stop(account: Account, outputs: dict[str, str], session: str) -> None:
    """The workflow first, so that it does not tell of an agent that has failed."""
    for found in executions(account, outputs["CostWorkflowArn"], session):
        if found["status"] == "RUNNING":
            account.client("stepfunctions").stop_execution(
                executionArn=found["executionArn"], error="Interrupted", cause="the demo was interrupted")
    try:
        account.client("bedrock-agentcore").stop_runtime_session(agentRuntimeArn=outputs["AgentRuntimeArn"], runtimeSessionId=session)
    except ClientError as error:
        # It had not begun, or has ended.
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise


def main(arguments: list[str]) -> int:
    state, command, *rest = arguments
    account = Account(pathlib.Path(state))
    if command == "traffic":
        traffic(account)
        oversized_table(account)
        return 0
    outputs, session = json.loads(pathlib.Path(rest[0]).read_text())["outputs"], rest[1]
    if command == "begun":
        begun(account, outputs["JournalTableName"], session)
        return 0
    if command == "stop":
        stop(account, outputs, session)
        return 0
    found = faults(account, outputs, session)
    for fault in found:
        print(f"demo: {fault}", file=sys.stderr)
    if not found:
        print(f"demo: the workflow SUCCEEDED, {len(PHASES)} phases are COMPLETED, {len(OBJECTS)} files of the report are there", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
