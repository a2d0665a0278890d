"""What happens on the bus: a rule of the tests' own copies events to a queue, and a thread collects them."""

from __future__ import annotations

import collections
import json
import threading
from typing import Any

from harness.cloud import Cloud


class BusWatch:
    """Collects events of some detail types, or all, from when it is entered until it is left."""

    def __init__(self, cloud: Cloud, name: str, detail_types: list[str] | None = None) -> None:
        self._cloud, self._name = cloud, name
        # A pattern has to say something; every source begins with nothing.
        self._pattern = {"source": [{"prefix": ""}]} if detail_types is None else {"detail-type": detail_types}
        self._bus = cloud.outputs["EventBusName"]
        self._lock = threading.Lock()
        self._events: list[dict[str, Any]] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._collect, name=f"bus watch {name}", daemon=True)

    def __enter__(self) -> BusWatch:
        queues, events = self._cloud.client("sqs"), self._cloud.client("events")
        self._queue = queues.create_queue(QueueName=self._name)["QueueUrl"]
        arn = queues.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        events.put_rule(Name=self._name, EventBusName=self._bus, EventPattern=json.dumps(self._pattern))
        events.put_targets(Rule=self._name, EventBusName=self._bus, Targets=[{"Id": "watch", "Arn": arn}])
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join(10)
        events = self._cloud.client("events")
        events.remove_targets(Rule=self._name, EventBusName=self._bus, Ids=["watch"])
        events.delete_rule(Name=self._name, EventBusName=self._bus)
        self._cloud.client("sqs").delete_queue(QueueUrl=self._queue)

    def _collect(self) -> None:
        queues = self._cloud.client("sqs")
        while not self._ended.is_set():
            messages = queues.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", [])
            if not messages:
                continue
            with self._lock:
                self._events += [json.loads(message["Body"]) for message in messages]
            queues.delete_message_batch(
                QueueUrl=self._queue, Entries=[{"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                                               for number, message in enumerate(messages)])

    @property
    def queue(self) -> str:
        """The queue between the bus and the thread, by its URL."""
        return self._queue

    def events(self, detail_type: str) -> list[dict[str, Any]]:
        """All of a type so far, whole."""
        with self._lock:
            return [event for event in self._events if event["detail-type"] == detail_type]

    def details(self, detail_type: str, orchestration: str | None = None) -> list[dict[str, Any]]:
        """What the events of a type say; of one orchestration, or of all."""
        return [event["detail"] for event in self.events(detail_type)
                if orchestration is None or event["detail"].get("orchestration_id") == orchestration]

    def feedback(self) -> dict[str, list[dict[str, Any]]]:
        """The results that were published, by orchestration."""
        found = collections.defaultdict(list)
        for detail in self.details("supervisor.feedback"):
            found[detail["orchestration_id"]].append(detail)
        return found
