"""What is left when all is over: tables, queues, buckets, the bus's log and the model's, as plain values that an auditor can judge and a file can
hold."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import hashlib
import json
import pathlib
import re
import time
from collections.abc import Iterable, Iterator
from typing import Any

from botocore.exceptions import ClientError
from harness.bus import BusWatch
from harness.cloud import Cloud

from chaos.plan import PRICES, Plan


@dataclasses.dataclass
class Snapshot:
    """Values as `collect` finds them. Answers of agents are digests, where two that are equal mean the same."""

    taken_at_milliseconds: int = 0
    # What was asked for: id, answer, budgetMicroUSD, callback, states.
    requests: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    # By id: the row without its conversation, and `messages`: role, text, uses (id, name), results (id, status, answer).
    orchestrations: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)
    # By request id: orchestration, number, pending, tasks (by tool use id: agent, state, status, code, answer, due in milliseconds since the epoch).
    rounds: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)
    # Details of what was published, each as often as it was.
    feedback: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    callbacks: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    # orchestration, use, request (or null), node, status, answer, whole (digest of the whole detail), at (milliseconds since the epoch).
    completions: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    # What arbiter.error said, by its code.
    errors: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    # Messages that are left, by queue; queues without any are not here.
    queues: dict[str, int] = dataclasses.field(default_factory=dict)
    # queue ("worker", "supervisor" or "fabricator") and body.
    dead_letters: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    # Of each orchestration, what the model server's own log of calls comes to.
    model_calls: dict[str, dict[str, int]] = dataclasses.field(default_factory=dict)
    # Requests that the model server refused, or had no answer for, with its words.
    model_refusals: list[str] = dataclasses.field(default_factory=list)
    # References in rows that lead to no object.
    dangling: list[dict[str, str]] = dataclasses.field(default_factory=list)
    # True when what ended runs left behind has been gone through: then `objects`, the keys of all, are those that `references` of rows name.
    collected: bool = False
    objects: list[str] = dataclasses.field(default_factory=list)
    references: list[str] = dataclasses.field(default_factory=list)

    def write(self, path: pathlib.Path) -> None:
        path.write_text(json.dumps(dataclasses.asdict(self)))

    @classmethod
    def read(cls, path: pathlib.Path) -> Snapshot:
        return cls(**json.loads(path.read_text()))


def plain(value: Any) -> Any:
    """Numbers of DynamoDB as JSON has them."""
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {key: plain(member) for key, member in value.items()}
    return [plain(element) for element in value] if isinstance(value, list) else value


def digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:20]


def collect(cloud: Cloud, plan: Plan, log: BusWatch, callbacks: list[dict[str, Any]], queues: dict[str, str], recording: pathlib.Path,
            collected: bool) -> Snapshot:
    """`queues` are those of the chaos's own, by name; `recording` the model server's; `collected` says that leftovers have been gone through."""
    found = Snapshot(taken_at_milliseconds=int(time.time() * 1000), collected=collected)
    found.requests = [
        {"id": run.id, "answer": run.answer, "budgetMicroUSD": round(run.budget_usd * 1_000_000), "callback": run.callback,
         "states": sorted(run.states)}
        for run in plan.runs]
    objects = Objects(cloud, found)
    for row in scan(cloud, "OrchestrationTableName"):
        found.orchestrations[row["orchestrationId"]] = orchestration(row, objects)
    for row in scan(cloud, "WorkerStateTableName"):
        if "tasks" in row:
            found.rounds[row["requestId"]] = round_(row, objects)
    found.references, found.objects = sorted(objects.named), keys(cloud, "payloads/chaos-") + keys(cloud, "conversations/chaos-")
    found.feedback = log.details("supervisor.feedback")
    found.callbacks = callbacks + log.details("task.response")
    found.completions = [completion(event["detail"], objects, event["time"]) for event in log.events("task.completion")]
    for detail in log.details("arbiter.error"):
        found.errors.setdefault(detail["code"], []).append(f"{detail.get('orchestration_id')}: {detail['message'][:300]}")
    found.queues = left(cloud, {**{output: address for output, address in cloud.outputs.items() if output.endswith("QueueUrl")}, **queues})
    for name in ("Worker", "Supervisor", "Fabricator"):
        found.dead_letters += [{"queue": name.lower(), "body": body} for body in drain(cloud, cloud.outputs[f"{name}DeadLetterQueueUrl"])]
        # Looked at one by one.
        found.queues.pop(f"{name}DeadLetterQueueUrl", None)
    found.model_calls = model_calls(recording.open() if recording.exists() else ())
    statistics = cloud.model_statistics()
    if statistics["refused"] or statistics["unmatched"]:
        found.model_refusals = [f"{error['status']} {error['type']}: {error['message']}" for error in statistics["lastErrors"]]
    return found


class Objects:
    """What references lead to; each is read once. `named` are those of rows."""

    def __init__(self, cloud: Cloud, found: Snapshot) -> None:
        self._client, self._bucket, self._found = cloud.client("s3"), cloud.outputs["CodeBucketName"], found
        self._read: dict[str, Any] = {}
        self.named: set[str] = set()

    def value(self, reference: dict[str, Any], of: str) -> Any:
        """The JSON, or the text, that a row refers to; None for one that is not there, which is noted down."""
        self.named.add(reference["key"])
        found = self.look(reference)
        if reference["key"] not in self._read:
            self._found.dangling.append({"of": of, "key": reference["key"]})
        return found

    def look(self, reference: dict[str, Any]) -> Any:
        """The same of an event's reference: what nobody has taken may be gone."""
        key = reference["key"]
        if key not in self._read:
            try:
                text = self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read().decode()
            except ClientError:
                return None
            try:
                self._read[key] = json.loads(text)
            except ValueError:
                self._read[key] = text
        return self._read[key]


def scan(cloud: Cloud, table: str, **what: Any) -> Iterator[dict[str, Any]]:
    start: dict[str, Any] = {}
    while True:
        page = cloud.table(table).scan(ConsistentRead=True, **what, **start)
        yield from map(plain, page["Items"])
        if "LastEvaluatedKey" not in page:
            return
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def orchestration(row: dict[str, Any], objects: Objects) -> dict[str, Any]:
    messages = []
    for message in row.pop("conversation", []):
        if "content_ref" in message:
            message = objects.value(message["content_ref"], row["orchestrationId"]) or {"role": message["role"], "content": []}
        elif "json_text" in message:
            message = json.loads(message["json_text"])
        messages.append(summary(message))
    outcome = row.get("outcome", {})
    if reference := outcome.get("message_ref"):
        outcome["message"] = objects.value(reference, row["orchestrationId"])
    return {**row, "messages": messages}


def summary(message: dict[str, Any]) -> dict[str, Any]:
    uses, results, texts = [], [], []
    for block in message["content"]:
        if use := block.get("toolUse"):
            uses.append({"id": use["toolUseId"], "name": use["name"]})
        elif result := block.get("toolResult"):
            content = result["content"][0] if result["content"] else {}
            said = content["json"]["data"] if "json" in content else content.get("text")
            results.append({"id": result["toolUseId"], "status": result.get("status", "success"), "answer": digest(said),
                            "shown": json.dumps(said)[:200]})
        elif "text" in block:
            texts.append(block["text"])
    return {"role": message["role"], "text": "".join(texts)[:500], "uses": uses, "results": results}


def round_(row: dict[str, Any], objects: Objects) -> dict[str, Any]:
    tasks = {}
    for use, task in row["tasks"].items():
        result = row.get("data", {}).get(use, {})
        answer = json.loads(result["data_json"]) if "data_json" in result else result.get("data")
        if reference := result.get("data_ref"):
            answer = objects.value(reference, row["requestId"])
        if reference := task.get("input_ref"):
            objects.value(reference, row["requestId"])
        tasks[use] = {"agent": task.get("agent"), "state": task["state"], "status": result.get("status"), "code": result.get("code"),
                      "answer": digest(answer) if result else None, "due": task["due_at"]}
    return {"orchestration": row["orchestration_id"], "number": row["round"], "pending": row["pending"], "tasks": tasks}


def completion(detail: dict[str, Any], objects: Objects, at: str) -> dict[str, Any]:
    """`at` is the time of the event, as the bus has it."""
    reference = detail.get("data_ref")
    answer = objects.look(reference) if reference else detail.get("data")
    return {"orchestration": detail["orchestration_id"], "use": detail["agent_use_id"], "request": detail.get("request_id"), "node": detail["node"],
            "status": detail.get("status", "success"), "answer": digest(answer), "whole": digest(detail),
            "at": int(datetime.datetime.fromisoformat(at).timestamp() * 1000)}


def keys(cloud: Cloud, prefix: str) -> list[str]:
    """The keys of all objects below a prefix."""
    pages = cloud.client("s3").get_paginator("list_objects_v2").paginate(Bucket=cloud.outputs["CodeBucketName"], Prefix=prefix)
    return [found["Key"] for page in pages for found in page.get("Contents", [])]


def left(cloud: Cloud, queues: dict[str, str]) -> dict[str, int]:
    """Messages that wait or are being worked on, by queue; queues without any are left out."""
    names, found = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed"), {}
    for name, address in queues.items():
        attributes = cloud.client("sqs").get_queue_attributes(QueueUrl=address, AttributeNames=["All"])["Attributes"]
        if count := sum(int(attributes[attribute]) for attribute in names):
            found[name] = count
    return found


def drain(cloud: Cloud, queue: str) -> list[str]:
    """Takes all messages out of a queue."""
    queues, found = cloud.client("sqs"), []
    while messages := queues.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", []):
        for message in messages:
            found.append(message["Body"])
            queues.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return found


def model_calls(lines: Iterable[str]) -> dict[str, dict[str, int]]:
    """From the recording of the model server: of each orchestration the calls that were answered, and what they cost. Whether the answer arrived is
    not the bill's concern."""
    found: dict[str, dict[str, int]] = {}
    for line in lines:
        call = json.loads(line)
        usage = call.get("response", {}).get("usage")
        if usage is None:
            continue
        asked = json.dumps(call["request"]["messages"][0])
        run = re.search(r"chaos-\d+-\d+", asked)
        of_run = found.setdefault(run[0] if run else "?", {"calls": 0, "microUSD": 0})
        of_run["calls"] += 1
        of_run["microUSD"] += usage["inputTokens"] * PRICES["input"] + usage["outputTokens"] * PRICES["output"]
    return found
