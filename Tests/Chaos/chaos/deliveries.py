"""EventBridge's delivery to the Supervisor as AWS does it, and as it may do it at its worst.

The local cloud delivers an event to a function once, and forgets it when that fails. AWS tries again twice, and keeps in the dead-letter queue what
failed three times. So the rules lead to a queue here, and this takes the events from there: it invokes the function, tries again as AWS would, and
counts. Some events it delivers twice, some late.
"""

from __future__ import annotations

import collections
import concurrent.futures
import dataclasses
import heapq
import json
import threading
import time
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from harness.cloud import Cloud

from chaos.chance import Chance
from chaos.plan import Rates

# On AWS one minute after the first attempt, and two after the second.
RETRY_SECONDS = (2.0, 4.0)
LONGEST_DELAY_SECONDS = 4.0


@dataclasses.dataclass(order=True)
class Delivery:
    due: float
    number: int
    event: dict[str, Any] = dataclasses.field(compare=False)
    attempt: int = dataclasses.field(default=1, compare=False)


class Deliveries:
    """Delivers from when it is entered until it is left. `counts` says what became of the attempts."""

    def __init__(self, cloud: Cloud, seed: int, rates: Rates, width: int) -> None:
        self._cloud, self._chance, self._rates, self._width = cloud, Chance(seed), rates, width
        self.counts: collections.Counter[str] = collections.Counter()
        # Attempts that failed, by the type of the event and why.
        self.failures: collections.Counter[str] = collections.Counter()
        self.active = False
        self._numbers = 0
        self._waiting: list[Delivery] = []
        self._in_flight = 0
        self._changed = threading.Condition()
        self._ended = False
        self._threads: list[threading.Thread] = []
        self._pool = concurrent.futures.ThreadPoolExecutor(width, "delivery")

    def __enter__(self) -> Deliveries:
        self.queue = self._divert()
        for work in (self._receive, self._receive, self._dispatch):
            thread = threading.Thread(target=work, daemon=True)
            thread.start()
            self._threads.append(thread)
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(10)
        self._pool.shutdown(wait=False, cancel_futures=True)

    @property
    def open(self) -> int:
        """Events that are out of the queue and not at their end."""
        with self._changed:
            return len(self._waiting) + self._in_flight

    def deliver(self, event: dict[str, Any], after_seconds: float = 0) -> None:
        with self._changed:
            self._numbers += 1
            heapq.heappush(self._waiting, Delivery(time.monotonic() + after_seconds, self._numbers, event))
            self._changed.notify_all()

    def _divert(self) -> str:
        """Every rule of the bus that leads to the Supervisor leads to a queue instead."""
        queues, events, bus = self._cloud.client("sqs"), self._cloud.client("events"), self._cloud.outputs["EventBusName"]
        queue = queues.create_queue(QueueName="chaos-deliveries", Attributes={"VisibilityTimeout": "600"})["QueueUrl"]
        arn = queues.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        diverted = 0
        for rule in events.list_rules(EventBusName=bus)["Rules"]:
            for target in events.list_targets_by_rule(Rule=rule["Name"], EventBusName=bus)["Targets"]:
                if target["Arn"] == self._cloud.outputs["SupervisorFunctionArn"]:
                    events.put_targets(Rule=rule["Name"], EventBusName=bus, Targets=[{"Id": "chaos", "Arn": arn}])
                    events.remove_targets(Rule=rule["Name"], EventBusName=bus, Ids=[target["Id"]])
                    diverted += 1
        if not diverted:
            raise RuntimeError("no rule of the bus leads to the Supervisor")
        return queue

    def _receive(self) -> None:
        queues = self._cloud.client("sqs")
        while not self._ended:
            try:
                messages = queues.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", [])
                for message in messages:
                    self._take(json.loads(message["Body"]))
                if messages:
                    queues.delete_message_batch(QueueUrl=self.queue, Entries=[
                        {"Id": str(index), "ReceiptHandle": message["ReceiptHandle"]} for index, message in enumerate(messages)])
            except (BotoCoreError, ClientError):
                # It stays in the queue, or is delivered twice.
                time.sleep(0.1)

    def _take(self, event: dict[str, Any]) -> None:
        self.counts["events"] += 1
        question, delay = self._question(event), 0.0
        if self.active and self._chance.occurs(self._rates.event_delays / 100, "late", *question):
            self.counts["late"] += 1
            delay = self._chance.between(0.1, LONGEST_DELAY_SECONDS, "how late", *question)
        self.deliver(event, delay)
        if self.active and self._chance.occurs(self._rates.event_duplicates / 100, "twice", *question):
            self.counts["delivered twice"] += 1
            # Half of them at once, half when what they say is long done.
            again = self._chance.between(-LONGEST_DELAY_SECONDS, LONGEST_DELAY_SECONDS, "when again", *question)
            self.deliver(event, max(0.0, again))

    @staticmethod
    def _question(event: dict[str, Any]) -> list[object]:
        """What names an event in every run of a seed; its own id does not."""
        detail = event["detail"]
        return [event["detail-type"], detail.get("orchestrationId") or detail.get("orchestration_id"), detail.get("request_id"),
                detail.get("node"), json.dumps(detail.get("data"))[-80:]]

    def _dispatch(self) -> None:
        while True:
            with self._changed:
                while not self._ended and (self._in_flight >= self._width or not self._waiting or self._waiting[0].due > time.monotonic()):
                    pause = self._waiting[0].due - time.monotonic() if self._waiting and self._in_flight < self._width else 1
                    self._changed.wait(max(0.005, min(1, pause)))
                if self._ended:
                    return
                delivery = heapq.heappop(self._waiting)
                self._in_flight += 1
            self._pool.submit(self._attempt, delivery)

    def _attempt(self, delivery: Delivery) -> None:
        problem: str | None = "the harness"
        try:
            problem = self._invoke(delivery.event)
        except (BotoCoreError, ClientError) as error:
            problem = f"the local cloud: {type(error).__name__}"
        finally:
            self._done(delivery, problem)

    def _invoke(self, event: dict[str, Any]) -> str | None:
        answer = self._cloud.client("lambda").invoke(FunctionName=self._cloud.outputs["SupervisorFunctionName"], Payload=json.dumps(event).encode())
        payload = answer["Payload"].read()
        if "FunctionError" not in answer:
            return None
        kind = json.loads(payload).get("errorType", "?")
        return {"Runtime.ExitError": "killed", "Sandbox.Timedout": "timed out"}.get(kind, "failed")

    def _done(self, delivery: Delivery, problem: str | None) -> None:
        detail_type = delivery.event["detail-type"]
        dead = False
        with self._changed:
            self.counts["attempts"] += 1
            if problem is not None:
                self.failures[f"{detail_type}: {problem}"] += 1
                if delivery.attempt <= len(RETRY_SECONDS):
                    self.counts["tried again"] += 1
                    delivery.due = time.monotonic() + RETRY_SECONDS[delivery.attempt - 1]
                    delivery.attempt += 1
                    heapq.heappush(self._waiting, delivery)
                else:
                    self.counts["dead letters"] += 1
                    dead = True
        try:
            if dead:
                self._cloud.client("sqs").send_message(
                    QueueUrl=self._cloud.outputs["SupervisorDeadLetterQueueUrl"], MessageBody=json.dumps(delivery.event))
        finally:
            with self._changed:
                self._in_flight -= 1
                self._changed.notify_all()

    def redrive(self) -> int:
        """Does what an operator does when the alarm of the dead-letter queue rings and the trouble is over: delivers what is in it once more."""
        queues, queue, found = self._cloud.client("sqs"), self._cloud.outputs["SupervisorDeadLetterQueueUrl"], 0
        while messages := queues.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", []):
            for message in messages:
                self.deliver(json.loads(message["Body"]))
                queues.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
                found += 1
        self.counts["redriven"] += found
        return found
