"""A run of the chaos: a local cloud, everything around it, trouble for a while, rest, and what is left."""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import json
import pathlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from harness.bus import BusWatch
from harness.cloud import Cloud
from harness.runs import publish
from harness.timeouts import short_timeouts

from chaos.consumers import Consumers
from chaos.deliveries import Deliveries
from chaos.killer import Killer
from chaos.plan import Plan, Run
from chaos.proxies import Proxies
from chaos.scenario import rows, scenario, variables
from chaos.snapshot import Snapshot, collect, drain, left, scan

# In place of minutes: when what a dead function held is free again. A worker keeps 5 seconds to tell of a failure.
FUNCTION_SECONDS = 20
VISIBILITY_SECONDS = 21
# The schedule does it every minute as well.
SWEEP_SECONDS = 5
# How long trouble goes on after the last request.
AFTER_LAST_SECONDS = 20
# Nothing has changed for so long before it counts as at rest.
REST_SECONDS = 3
LOOK_SECONDS = 0.5


@dataclasses.dataclass
class Told:
    """How a run of the chaos went, besides what is left of it."""

    seconds_of_trouble: float = 0
    seconds_to_rest: float = 0
    rested: bool = True
    # Ended runs whose leftovers were gone through, as they are an hour after the end.
    collected: int = 0
    killed: int = 0
    kills_at_work: int = 0
    kills_of_all: int = 0
    sweeps: int = 0
    sweeps_failed: int = 0
    # By side ("aws", "model"), operation and fault.
    faults: dict[str, dict[str, dict[str, int]]] = dataclasses.field(default_factory=dict)
    forwarded: dict[str, int] = dataclasses.field(default_factory=dict)
    # Answers that the local cloud or the model server themselves did not give.
    lost_by_services: list[str] = dataclasses.field(default_factory=list)
    deliveries: dict[str, int] = dataclasses.field(default_factory=dict)
    failed_attempts: dict[str, int] = dataclasses.field(default_factory=dict)


class World:
    """Made and ended by `opened`."""

    def __init__(self, plan: Plan, cloud: Cloud, proxies: Proxies, consumers: Consumers, deliveries: Deliveries, log: BusWatch,
                 callbacks: str, recording: pathlib.Path, say: Callable[[str], None]) -> None:
        self.plan, self.cloud, self.proxies, self.consumers, self.deliveries = plan, cloud, proxies, consumers, deliveries
        self.log, self.callbacks, self.recording, self.say = log, callbacks, recording, say
        self.told = Told()
        self._sweeping = threading.Event()

    @classmethod
    @contextlib.contextmanager
    def opened(cls, plan: Plan, project: pathlib.Path, width: int, say: Callable[[str], None]) -> Iterator[World]:
        """`project` is an empty folder; `width` says how many events are delivered at a time."""
        script, recording = project / "scenario.json", project / "model-calls.jsonl"
        script.write_text(json.dumps(scenario(plan)))
        with contextlib.ExitStack() as stack:
            cloud = Cloud.start(project, script, recording=recording)
            stack.callback(cloud.stop)
            proxies = Proxies.start(plan.seed, cloud.endpoint, cloud.model_endpoint, plan.rates.sides())
            stack.callback(proxies.stop)
            consumers = Consumers(cloud)
            for row in rows(consumers.queues):
                cloud.table("AgentConfigTableName").put_item(Item=row)
            lead_through(cloud, proxies)
            stack.enter_context(short_timeouts(cloud, FUNCTION_SECONDS, VISIBILITY_SECONDS))
            log = stack.enter_context(BusWatch(cloud, "chaos-log"))
            deliveries = stack.enter_context(Deliveries(cloud, plan.seed, plan.rates, width))
            stack.enter_context(consumers)
            callbacks = cloud.client("sqs").create_queue(QueueName="chaos-callbacks")["QueueUrl"]
            yield cls(plan, cloud, proxies, consumers, deliveries, log, callbacks, recording, say)

    # Trouble ---------------------------------------------------------------------------------------------------------------

    def run(self, in_flight: int, until: float) -> Snapshot:
        """Asks for everything, with so many orchestrations at a time, and waits for the end of all. `until` is when it gives up waiting."""
        began = time.monotonic()
        killer = Killer(self.cloud, self.plan.seed, self.plan.rates.kills)
        sweeper = threading.Thread(target=self._sweep, name="sweeper", daemon=True)
        with killer:
            self._trouble(True)
            sweeper.start()
            self._ask(in_flight, until)
            self._go_on(AFTER_LAST_SECONDS, until)
            killer.stop()
            self._trouble(False)
        self.told.seconds_of_trouble = time.monotonic() - began
        self.told.killed, self.told.kills_at_work, self.told.kills_of_all = killer.killed, killer.begun, killer.waves
        self.say(f"trouble is over after {self.told.seconds_of_trouble:.0f} s: {self._ended()} of {len(self.plan.runs)} have ended, "
                 f"{killer.killed} functions were killed")
        began = time.monotonic()
        self._rest(until)
        self._let_an_hour_pass(until)
        self.told.seconds_to_rest = time.monotonic() - began
        self._sweeping.set()
        sweeper.join(30)
        return self._look()

    def _trouble(self, active: bool) -> None:
        self.proxies.activate(active)
        self.deliveries.active = active

    def _ended(self) -> int:
        return len(self.log.feedback())

    def _ask(self, in_flight: int, until: float) -> None:
        """Keeps so many orchestrations going, and does what the operator does to some of them."""
        cancels: list[tuple[float, Run]] = []
        asked, said = 0, time.monotonic()
        while asked < len(self.plan.runs) and time.monotonic() < until:
            ended = self._ended()
            for run in self.plan.runs[asked:max(asked, ended + in_flight)]:
                self._publish("task.request", [request(run, self.callbacks)] * run.copies)
                if run.cancelled_after is not None:
                    cancels.append((time.monotonic() + run.cancelled_after, run))
                asked += 1
            self._cancel(cancels)
            if time.monotonic() - said > 15:
                said = time.monotonic()
                self.say(f"{asked} asked for, {ended} ended")
            time.sleep(0.1)
        while cancels and time.monotonic() < until:
            self._cancel(cancels)
            time.sleep(0.1)

    def _cancel(self, cancels: list[tuple[float, Run]]) -> None:
        for due in [one for one in cancels if one[0] <= time.monotonic()]:
            cancels.remove(due)
            self._publish("task.cancel", [{"orchestrationId": due[1].id, "reason": "chaos"}])

    def _publish(self, source: str, details: list[dict[str, Any]]) -> None:
        """Until the bus has accepted it: what it has not is nobody's promise."""
        while True:
            try:
                return publish(self.cloud, source, details)
            except (BotoCoreError, ClientError) as error:
                self.say(f"the local cloud did not take a {source}: {error}")
                time.sleep(0.5)

    def _go_on(self, seconds: float, until: float) -> None:
        end = min(until, time.monotonic() + seconds)
        while time.monotonic() < end and self._ended() < len(self.plan.runs):
            time.sleep(0.1)

    def _sweep(self) -> None:
        while not self._sweeping.wait(SWEEP_SECONDS):
            self.told.sweeps += 1
            try:
                answer = self.cloud.sweep()
                self.told.sweeps_failed += answer.get("status") != "swept"
            except (BotoCoreError, ClientError):
                self.told.sweeps_failed += 1

    # Rest ------------------------------------------------------------------------------------------------------------------

    def _rest(self, until: float) -> None:
        """Waits until nothing is due any more: every run has ended and was told of, no event is on its way, no queue holds a message."""
        since, said = None, time.monotonic()
        while True:
            waiting = self._waiting()
            if not waiting:
                if self.deliveries.redrive():
                    self.say("dead letters of the Supervisor were delivered once more")
                    since = None
                elif since is None:
                    since = time.monotonic()
                elif time.monotonic() - since > REST_SECONDS:
                    return
            else:
                since = None
            if time.monotonic() > until:
                self.told.rested = False
                self.say(f"it does not come to rest: {waiting}")
                return
            if time.monotonic() - said > 15:
                said = time.monotonic()
                self.say(f"waiting for {waiting}")
            time.sleep(LOOK_SECONDS)

    def _waiting(self) -> dict[str, int]:
        """What is not at its end, by what it is."""
        states: collections.Counter[str] = collections.Counter()
        now = time.time() * 1000
        for row in self._rows():
            if row["state"] == "running":
                states["running"] += 1
            elif "published_at" not in row:
                states["to be told of"] += 1
            elif row.get("wakeAt", now + 1) <= now:
                states["to be tidied up after"] += 1
        queues = left(self.cloud, {name: address for name, address in self._queues().items() if "DeadLetter" not in name})
        found = {**states, **queues, "deliveries": self.deliveries.open, "late duplicates": self.proxies.statistics("aws")["late"]}
        return {name: count for name, count in found.items() if count}

    def _rows(self) -> Iterator[dict[str, Any]]:
        return scan(self.cloud, "OrchestrationTableName", ProjectionExpression="orchestrationId, #state, wakeAt, published_at",
                    ExpressionAttributeNames={"#state": "state"})

    def _let_an_hour_pass(self, until: float) -> None:
        """What is due later for ended runs is due now."""
        if not self.told.rested:
            return
        table, now = self.cloud.table("OrchestrationTableName"), int(time.time() * 1000)
        for row in list(self._rows()):
            if row.get("wakeAt", 0) > now:
                table.update_item(Key={"orchestrationId": row["orchestrationId"]}, UpdateExpression="SET wakeAt = :now",
                                  ConditionExpression="attribute_exists(wakeAt)", ExpressionAttributeValues={":now": now})
                self.told.collected += 1
        if self.told.collected:
            self.say(f"an hour passes for {self.told.collected} runs that have ended")
            self._rest(until)

    def _queues(self) -> dict[str, str]:
        return {**{output: address for output, address in self.cloud.outputs.items() if output.endswith("QueueUrl")},
                **{f"agent {name}": address for name, address in self.consumers.queues.items()},
                "deliveries": self.deliveries.queue, "log of the bus": self.log.queue}

    def _look(self) -> Snapshot:
        told = self.told
        for side in ("aws", "model"):
            statistics = self.proxies.statistics(side)
            told.faults[side] = statistics["faults"]
            told.forwarded[side] = sum(statistics["forwarded"].values())
            told.lost_by_services += statistics["lost"]
        told.deliveries, told.failed_attempts = dict(self.deliveries.counts), dict(self.deliveries.failures)
        callbacks = [json.loads(body) for body in drain(self.cloud, self.callbacks)]
        return collect(self.cloud, self.plan, self.log, callbacks, self._queues(), self.recording, self.told.collected > 0)


def request(run: Run, callbacks: str) -> dict[str, Any]:
    detail: dict[str, Any] = {"task": run.task, "orchestrationId": run.id, "budgetUSD": run.budget_usd, "deadlineSeconds": run.deadline_seconds}
    if run.callback:
        detail["callback"] = {"type": "sqs", "queueUrl": callbacks} if run.callback == "sqs" else {"type": "eventbridge"}
    return detail


def lead_through(cloud: Cloud, proxies: Proxies) -> None:
    """Has the functions reach everything through the proxies, with the models, prices and limits of the chaos."""
    functions = cloud.client("lambda")
    for function in ("Supervisor", "WorkerWrapper"):
        name = cloud.outputs[f"{function}FunctionName"]
        before = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        functions.update_function_configuration(FunctionName=name, Environment={"Variables": {
            **before, **variables(), "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": proxies.model,
            # One by one: the local cloud gives native functions an AWS_ENDPOINT_URL of its own, whatever theirs says.
            **{f"AWS_ENDPOINT_URL_{service}": proxies.aws for service in ("DYNAMODB", "SQS", "S3", "EVENTBRIDGE")}}})
