"""The agents of kind queue: who answers well, badly, twice, with much, or not at all."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from typing import Any

from harness.cloud import Cloud
from harness.queue_agents import QueueAgent, original

from chaos.plan import LARGE, QUEUE_AGENTS

Answer = Callable[[dict[str, Any]], dict[str, Any] | list[dict[str, Any]] | None]


def echoing(body: dict[str, Any], **answer: Any) -> dict[str, Any]:
    return {**{name: body[name] for name in ("orchestration_id", "agent_use_id", "node", "request_id")}, **answer}


class Consumers(contextlib.ExitStack):
    """All of them, from when it is entered until it is left."""

    def __init__(self, cloud: Cloud) -> None:
        super().__init__()
        self._cloud = cloud
        make = cloud.client("sqs").create_queue
        self.queues = {name: make(QueueName=f"agent-{name}")["QueueUrl"] for name in QUEUE_AGENTS}

    def __enter__(self) -> Consumers:
        super().__enter__()
        for name, answer in self._answers().items():
            self.enter_context(QueueAgent(self._cloud, self.queues[name], answer, poll_seconds=2))
        return self

    def _answers(self) -> dict[str, Answer]:
        def subject(body: dict[str, Any]) -> str:
            return body["agent_input"]["subject"]

        def carry(body: dict[str, Any]) -> dict[str, Any]:
            return echoing(body, status="success", data={"carried": subject(body), "usage": "none"}, usage={})

        def haul(body: dict[str, Any]) -> dict[str, Any]:
            payload = json.dumps({"hauled": subject(body), "load": LARGE}).encode()
            key = f"payloads/{body['orchestration_id']}/hauler-{body['request_id'].rpartition('#')[2]}-{body['agent_use_id']}.json"
            self._cloud.client("s3").put_object(Bucket=self._cloud.outputs["CodeBucketName"], Key=key, Body=payload)
            return echoing(body, status="success", data_ref={"key": key, "bytes": len(payload)})

        def stutter(body: dict[str, Any]) -> list[dict[str, Any]]:
            # Two answers to one task: whichever is taken first is the only one.
            return [echoing(body, status="success", data=f"{word} for {subject(body)}") for word in ("first", "second")]

        return {
            "courier": carry, "hauler": haul, "stutterer": stutter,
            "elder": lambda body: original(body, f"told of {subject(body)}"),
            "grumbler": lambda body: echoing(body, status="error", code="grumble", message=f"not for {subject(body)}"),
            "mute": lambda body: None,
        }
