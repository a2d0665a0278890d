"""Agents of kind queue, as somebody else would write them: a consumer of an SQS queue that answers with an event."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

from harness.cloud import Cloud
from harness.runs import publish
from harness.waiting import PAUSE_SECONDS


class QueueAgent:
    """Consumes a queue from when it is entered until it is left. `answer` makes the detail of a task.completion from a message's body, or
    several; None answers nothing. With `poll_seconds` a poll waits so long for a message: less work where many queues are often empty."""

    def __init__(self, cloud: Cloud, queue: str, answer: Callable[[dict[str, Any]], dict[str, Any] | list[dict[str, Any]] | None],
                 poll_seconds: int = 0) -> None:
        self._cloud, self._queue, self._answer, self._poll_seconds = cloud, queue, answer, poll_seconds
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._consume, name=f"agent at {queue}", daemon=True)
        self.received: list[dict[str, Any]] = []

    def __enter__(self) -> QueueAgent:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join(10)

    def _consume(self) -> None:
        queues = self._cloud.client("sqs")
        # Short polls, because a test waits for this thread to end: two consumers of a queue would take each other's messages.
        while not self._ended.wait(PAUSE_SECONDS):
            polled = queues.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10, WaitTimeSeconds=self._poll_seconds)
            for message in polled.get("Messages", []):
                body = json.loads(message["Body"])
                self.received.append(body)
                completion = self._answer(body)
                if completion is not None:
                    publish(self._cloud, "task.completion", completion if isinstance(completion, list) else [completion])
                queues.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])


def original(body: dict[str, Any], data: Any) -> dict[str, Any]:
    """A completion as an agent written for the original sends it: four fields, nothing echoed that it does not know."""
    return {"orchestration_id": body["orchestration_id"], "data": data, "agent_use_id": body["agent_use_id"], "node": body["node"]}
