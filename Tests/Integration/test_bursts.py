"""Many tasks at once through the packaged functions: each is answered, once, and nothing is left over."""

from __future__ import annotations

import contextlib
import datetime
import json
import time
from collections.abc import Iterator

import pytest

from harness import processes
from harness.bus import BusWatch
from harness.cloud import Cloud
from harness.measurements import Measurement
from harness.registry import AGENT_MODEL
from harness.runs import is_settled, publish, result, round_, row, submit, tool_results
from harness.waiting import wait_until

TASKS = 100
TASKS_ONE_AT_A_TIME = 30

# By kind: the words that make the scripted model ask so, the agents that it asks, and what the answer to task N begins with.
KINDS = {
    "K=1": ("ask one agent", ["north"]),
    "K=4 distinct": ("ask four agents", ["north", "south", "east", "west"]),
    "K=4 the same": ("ask the same agent four times", ["north"] * 4),
}


@contextlib.contextmanager
def completions_twice(cloud: Cloud) -> Iterator[None]:
    """While it is entered, every completion is delivered to the Supervisor twice, at once."""
    events, bus = cloud.client("events"), cloud.outputs["EventBusName"]
    rule = events.put_rule(Name="completions-again", EventBusName=bus, EventPattern=json.dumps({"source": ["task.completion"]}))
    cloud.client("lambda").add_permission(
        FunctionName=cloud.outputs["SupervisorFunctionName"], StatementId="completions-again", Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com", SourceArn=rule["RuleArn"])
    answer = events.put_targets(
        Rule="completions-again", EventBusName=bus, Targets=[{"Id": "again", "Arn": cloud.outputs["SupervisorFunctionArn"]}])
    assert answer["FailedEntryCount"] == 0, answer
    try:
        yield
    finally:
        events.remove_targets(Rule="completions-again", EventBusName=bus, Ids=["again"])
        events.delete_rule(Name="completions-again", EventBusName=bus)
        cloud.client("lambda").remove_permission(FunctionName=cloud.outputs["SupervisorFunctionName"], StatementId="completions-again")


@pytest.mark.parametrize("kind", ["K=1", "K=4 distinct"])
def test_tasks_one_at_a_time(cloud: Cloud, bus: BusWatch, agents: dict[str, str], measurements: list[Measurement], kind: str) -> None:
    cloud.await_rest()
    cloud.forget_model_statistics()
    processor, began = processes.processor_milliseconds(cloud.local_cloud.pid), time.monotonic()
    orchestrations, each = [], []
    for number in range(TASKS_ONE_AT_A_TIME):
        asked_at = time.time()
        orchestrations += submit(cloud, f"{KINDS[kind][0]} about subject {number}")
        answer = result(cloud, bus, orchestrations[-1])
        each.append((datetime.datetime.fromisoformat(answer["timestamp"]).timestamp() - asked_at) * 1000)
    wall = time.monotonic() - began
    cloud.await_rest()
    measurements.append(Measurement(
        f"one at a time, {kind}", TASKS_ONE_AT_A_TIME, processes.processor_milliseconds(cloud.local_cloud.pid) - processor, wall, each))
    assert_answered_once(cloud, bus, orchestrations, kind)


def test_completions_that_come_again_later(cloud: Cloud, bus: BusWatch, agents: dict[str, str]) -> None:
    cloud.await_rest()
    cloud.forget_model_statistics()
    with BusWatch(cloud, "completions", ["task.completion"]) as completions:
        orchestrations = submit(cloud, *(f"{KINDS['K=4 distinct'][0]} about subject {number}" for number in range(TASKS_ONE_AT_A_TIME)))
        wait_until("every orchestration has a result", lambda: set(orchestrations) <= set(bus.feedback()), 60)
        wait_until("every completion is seen", lambda: len(completions.events("task.completion")) == 4 * len(orchestrations))
        publish(cloud, "task.completion", completions.details("task.completion"))
        cloud.await_rest()
    assert_answered_once(cloud, bus, orchestrations, "K=4 distinct")


@pytest.mark.parametrize(("kind", "twice"), [
    ("K=1", False), ("K=4 distinct", False), ("K=4 the same", False), ("K=1", True), ("K=4 distinct", True)])
def test_every_task_is_answered_once(
        cloud: Cloud, bus: BusWatch, agents: dict[str, str], measurements: list[Measurement], kind: str, twice: bool) -> None:
    words, asked = KINDS[kind]
    cloud.await_rest()
    cloud.forget_model_statistics()
    since = time.time()
    processor, began = processes.processor_milliseconds(cloud.local_cloud.pid), time.monotonic()
    with completions_twice(cloud) if twice else contextlib.nullcontext():
        orchestrations = submit(cloud, *(f"{words} about subject {number}" for number in range(TASKS)))

        def missing() -> int:
            told = bus.feedback()
            return sum(id not in told for id in orchestrations)

        wait_until("every orchestration has a result", lambda: missing() == 0, 60, seen=lambda: f"{missing()} of {TASKS} without one")
        wall = time.monotonic() - began
        # What comes late, such as the second delivery of a last completion, must change nothing any more.
        cloud.await_rest()
    measurements.append(Measurement(
        f"burst, {kind}{', completions twice' if twice else ''}", TASKS,
        processes.processor_milliseconds(cloud.local_cloud.pid) - processor, wall))

    assert_answered_once(cloud, bus, orchestrations, kind)
    # The Supervisor was told of each task once and of each completion so often; a sweep in between comes on top.
    deliveries = TASKS * (1 + len(asked) * (2 if twice else 1))
    assert deliveries <= cloud.invocations("Supervisor", since) < deliveries + TASKS


def assert_answered_once(cloud: Cloud, bus: BusWatch, orchestrations: list[str], kind: str) -> None:
    """Every orchestration has one result and nothing else to do, and the model was asked for nothing twice."""
    asked = KINDS[kind][1]
    told = bus.feedback()
    assert {len({detail["result_id"] for detail in told[id]}) for id in orchestrations} == {1}
    assert {len(told[id]) for id in orchestrations} == {1}, "a result was published twice"
    for number, id in enumerate(orchestrations):
        assert told[id][0]["state"] == "completed", told[id]
        assert f"about subject {number}" in told[id][0]["message"]
        assert_settled(cloud, id, len(asked))
        assert bus.details("arbiter.error", id) == []

    statistics = cloud.model_statistics()
    assert (statistics["refused"], statistics["unmatched"]) == (0, 0), statistics["lastErrors"]
    agent_calls = statistics["byModel"].pop(AGENT_MODEL)
    assert sum(statistics["byModel"].values()) == 2 * len(orchestrations), "the Supervisor asked the model more than twice a task"
    assert agent_calls == len(asked) * len(orchestrations), "an agent ran twice on one task"


def assert_settled(cloud: Cloud, orchestration: str, tasks: int) -> None:
    """Every toolUse is answered once, in the conversation and in the tracking record, and nothing is due."""
    stored = row(cloud, orchestration)
    assert (stored["state"], stored["rounds"], stored["model_calls"]) == ("completed", 1, 2)
    assert is_settled(stored) and not {"lease_owner", "retry_at"} & set(stored), "the row still waits for something"
    assert stored.get("reserved", 0) == 0 and stored["spent"] > 0
    answers = tool_results(stored)
    assert [len(found) for found in answers.values()] == [1] * tasks
    tracking = round_(cloud, orchestration)
    assert tracking["pending"] == 0
    assert {use: task["state"] for use, task in tracking["tasks"].items()} == dict.fromkeys(answers, "succeeded")
    assert set(tracking["data"]) == set(answers)
