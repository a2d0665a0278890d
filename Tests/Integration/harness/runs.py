"""Orchestrations: asking for them, and what the tables say of them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from typing import Any

from harness.bus import BusWatch
from harness.cloud import Cloud
from harness.waiting import wait_until


# How long after its end what a run has left behind is removed; until then its row is due once more.
COLLECTION_GRACE_MILLISECONDS = 3_600_000


def is_settled(stored: dict[str, Any]) -> bool:
    """Whether an orchestration's row waits for nothing but the collection of what its run has left behind."""
    if "published_at" not in stored:
        return False
    collected_at = stored["outcome"]["decided_at"] + COLLECTION_GRACE_MILLISECONDS
    return stored.get("wakeAt", collected_at) == collected_at


def publish(cloud: Cloud, source: str, details: Iterable[dict[str, Any] | str], detail_type: str | None = None) -> None:
    """Puts events on the deployment's bus; a detail that is a string goes as it is."""
    events, entries = cloud.client("events"), [
        {"EventBusName": cloud.outputs["EventBusName"], "Source": source, "DetailType": detail_type or source,
         "Detail": detail if isinstance(detail, str) else json.dumps(detail)} for detail in details]
    for start in range(0, len(entries), 10):
        answer = events.put_events(Entries=entries[start:start + 10])
        assert answer["FailedEntryCount"] == 0, answer


def submit(cloud: Cloud, *tasks: str, **fields: Any) -> list[str]:
    """Asks for one orchestration a task; their ids."""
    ids = [str(uuid.uuid4()) for _ in tasks]
    publish(cloud, "task.request", ({"task": task, "orchestrationId": id, **fields} for id, task in zip(ids, tasks, strict=True)))
    return ids


def result(cloud: Cloud, bus: BusWatch, orchestration: str, seconds: float = 30, sweeping: bool = False) -> dict[str, Any]:
    """The one result of an orchestration, when it is there; `sweeping` does the schedule's work while it waits."""

    def published() -> list[dict[str, Any]]:
        found = bus.feedback()[orchestration]
        if not found and sweeping:
            cloud.sweep()
        return found

    found = wait_until(f"orchestration {orchestration} ends", published, seconds, seen=lambda: row(cloud, orchestration))
    assert len(found) == 1, found
    return found[0]


def run(cloud: Cloud, bus: BusWatch, task: str, seconds: float = 30, sweeping: bool = False, **fields: Any) -> dict[str, Any]:
    """Asks for one orchestration and waits for its result."""
    orchestration, = submit(cloud, task, **fields)
    return result(cloud, bus, orchestration, seconds, sweeping)


def row(cloud: Cloud, orchestration: str) -> dict[str, Any]:
    """The orchestration's row; empty when there is none."""
    return cloud.table("OrchestrationTableName").get_item(Key={"orchestrationId": orchestration}, ConsistentRead=True).get("Item", {})


def round_(cloud: Cloud, orchestration: str, number: int = 1) -> dict[str, Any]:
    """The tracking record of a round; empty when there is none."""
    return cloud.table("WorkerStateTableName").get_item(Key={"requestId": f"{orchestration}#{number}"}, ConsistentRead=True).get("Item", {})


def tool_results(orchestration: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Every toolUse of a stored conversation, with the toolResults that answer it in the message that follows."""
    answers: dict[str, list[dict[str, Any]]] = {}
    asked: list[str] = []
    for message in orchestration["conversation"]:
        message = json.loads(message["json_text"]) if "json_text" in message else message
        results = [block["toolResult"] for block in message["content"] if "toolResult" in block]
        for found in results:
            assert found["toolUseId"] in asked, f"a result for {found['toolUseId']}, which was not asked for in the message before"
            answers[found["toolUseId"]].append(found)
        asked = [block["toolUse"]["toolUseId"] for block in message["content"] if "toolUse" in block]
        answers.update({id: [] for id in asked})
    return answers
