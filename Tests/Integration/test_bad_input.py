"""What bad input gets: an error that names the field and the value, an answer or an end, and nothing that waits for ever."""

from __future__ import annotations

import time
import uuid
from typing import Any

import pytest

from harness.bus import BusWatch
from harness.cloud import FUNCTIONS, Cloud
from harness.queue_agents import QueueAgent, original
from harness.runs import publish, row, run, tool_results
from harness.waiting import wait_until


@pytest.fixture(scope="module", autouse=True)
def began(cloud: Cloud) -> float:
    """When the first test of this file began. An event that does fail shows that the logs tell of it."""
    before = time.time()
    cloud.client("lambda").invoke(FunctionName=cloud.outputs["WorkerWrapperFunctionName"], Payload=b'{"Records": "none"}')
    wait_until("the failure is in the log",
               lambda: any("no batch of SQS messages" in text for text in cloud.failures("WorkerWrapper", before)))
    return time.time()


def error(bus: BusWatch, *texts: str, orchestration: str | None = None) -> dict[str, Any]:
    """The arbiter.error event whose message has these texts, when it is there."""

    def found() -> dict[str, Any] | None:
        return next((detail for detail in bus.details("arbiter.error", orchestration)
                     if all(text in detail["message"] for text in texts)), None)

    detail = wait_until(f"an arbiter.error event with {texts}", found, 15, seen=lambda: bus.details("arbiter.error"))
    assert detail["function"] == "supervisor"
    return detail


# Events --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("detail", "field", "value"), [
    ({}, "detail.task", "absent"),
    ({"task": 7}, "detail.task", "7"),
    ({"task": " \n"}, "detail.task", " \\n"),
    ({"task": "x", "orchestrationId": "not an id"}, "detail.orchestrationId", "not an id"),
    ({"task": "x", "deadlineSeconds": -5}, "detail.deadlineSeconds", "-5"),
    ({"task": "x", "budgetUSD": "much"}, "detail.budgetUSD", "much"),
    ({"task": "x", "callback": {"type": "carrier pigeon"}}, "detail.callback.type", "carrier pigeon"),
])
def test_a_malformed_request(cloud: Cloud, bus: BusWatch, detail: dict[str, Any], field: str, value: str) -> None:
    publish(cloud, "task.request", [detail])
    assert error(bus, field, value)["code"] == "invalid_event"


def test_an_event_that_is_no_json_object(cloud: Cloud, bus: BusWatch) -> None:
    answer = cloud.invoke_supervisor(["task.request"])
    assert answer["status"] == "rejected"
    assert error(bus, "event", '["task.request"]')["code"] == "invalid_event"


def test_an_unknown_source(cloud: Cloud, bus: BusWatch) -> None:
    answer = cloud.invoke_supervisor({"source": "task.wish", "detail-type": "task.wish", "id": str(uuid.uuid4()), "detail": {"task": "x"}})
    assert answer["status"] == "rejected"
    assert error(bus, "source", "task.wish", "task.request")["code"] == "invalid_event"


@pytest.mark.parametrize(("change", "field", "value"), [
    ({"status": "perhaps"}, "detail.status", "perhaps"),
    ({"agent_use_id": ""}, "detail.agent_use_id", '""'),
    ({"node": 3}, "detail.node", "3"),
    ({"data_ref": "elsewhere"}, "detail.data_ref", "elsewhere"),
    ({"data_ref": {"key": "agents/secret.js", "bytes": 1}}, "detail.data_ref.key", "agents/secret.js"),
])
def test_a_malformed_completion(cloud: Cloud, bus: BusWatch, change: dict[str, Any], field: str, value: str) -> None:
    publish(cloud, "task.completion", [{"orchestration_id": "some-run", "data": "x", "agent_use_id": "t1", "node": "north", **change}])
    assert error(bus, field, value)["code"] == "invalid_event"


def test_a_completion_of_an_unknown_orchestration(cloud: Cloud, bus: BusWatch) -> None:
    nowhere = f"nowhere-{uuid.uuid4()}"
    publish(cloud, "task.completion", [{"orchestration_id": nowhere, "data": "x", "agent_use_id": "t1", "node": "north"}])
    assert error(bus, "detail.orchestration_id", nowhere, orchestration=nowhere)["code"] == "invalid_event"
    assert row(cloud, nowhere) == {}


def test_a_cancellation_of_an_unknown_orchestration(cloud: Cloud, bus: BusWatch) -> None:
    nowhere = f"nowhere-{uuid.uuid4()}"
    publish(cloud, "task.cancel", [{"orchestrationId": nowhere}])
    error(bus, "detail.orchestrationId", nowhere, orchestration=nowhere)


def test_a_result_for_a_finished_round_changes_nothing(cloud: Cloud, bus: BusWatch, agents: dict[str, str]) -> None:
    with QueueAgent(cloud, agents["legacy"], lambda body: original(body, "first")) as agent:
        end = run(cloud, bus, "ask the legacy agent once")
    body, = agent.received
    before = row(cloud, end["orchestration_id"])
    calls = cloud.model_statistics()["requests"]
    for again in (original(body, "second"), {**original(body, "third"), "request_id": body["request_id"]}):
        answer = cloud.invoke_supervisor({"source": "task.completion", "detail-type": "task.completion", "detail": again})
        assert answer["status"] == "duplicate"
    assert row(cloud, end["orchestration_id"]) == before
    assert cloud.model_statistics()["requests"] == calls
    assert len(bus.feedback()[end["orchestration_id"]]) == 1


def test_a_result_for_a_task_that_nobody_asked_for(cloud: Cloud, bus: BusWatch, agents: dict[str, str]) -> None:
    with QueueAgent(cloud, agents["legacy"], lambda body: original(body, "first")) as agent:
        end = run(cloud, bus, "ask the legacy agent once")
    body, = agent.received
    publish(cloud, "task.completion", [{**original(body, "invented"), "agent_use_id": "tooluse_invented"}])
    error(bus, "detail.agent_use_id", "tooluse_invented", orchestration=end["orchestration_id"])


# What the model says -------------------------------------------------------------------------------------------------


def error_results(cloud: Cloud, orchestration: str) -> list[str]:
    """The texts of the error results in the conversation."""
    return [answer["content"][0]["text"] for found in tool_results(row(cloud, orchestration)).values() for answer in found
            if answer["status"] == "error"]


def test_an_unknown_agent(cloud: Cloud, bus: BusWatch) -> None:
    end = run(cloud, bus, "ask an unknown agent")
    told, = error_results(cloud, end["orchestration_id"])
    assert "unknown_agent" in told and "'nobody'" in told and "north" in told
    assert (end["state"], end["message"]) == ("completed", told)


def test_input_that_breaks_the_schema(cloud: Cloud, bus: BusWatch) -> None:
    end = run(cloud, bus, "break the schema")
    told, = error_results(cloud, end["orchestration_id"])
    assert "invalid_input" in told and "subject" in told and "42" in told
    assert (end["state"], end["message"]) == ("completed", told)


def test_a_registry_row_that_does_not_parse(cloud: Cloud, bus: BusWatch) -> None:
    end = run(cloud, bus, "ask an agent with an unusable row")
    told, = error_results(cloud, end["orchestration_id"])
    assert "unusable" in told and "config" in told and '{"name": ' in told
    assert (end["state"], end["message"]) == ("completed", told)
    assert error(bus, "agent 'unusable'", "config", '{"name": ')["code"] == "agent_unreadable"


def test_an_unknown_stop_reason(cloud: Cloud, bus: BusWatch) -> None:
    end = run(cloud, bus, "stop for an unknown reason")
    assert (end["state"], end["code"]) == ("failed", "unknown_stop_reason")
    assert "'moon_phase'" in end["message"]


def test_an_unknown_block(cloud: Cloud, bus: BusWatch) -> None:
    end = run(cloud, bus, "send an unknown block")
    assert (end["state"], end["message"]) == ("completed", "done in spite of the block")
    blocks = [block for message in row(cloud, end["orchestration_id"])["conversation"] for block in message["content"]]
    assert {"blockOfTomorrow": {"origin": "scripted fault"}} in blocks


def test_a_malformed_tool_use_again_and_again(cloud: Cloud, bus: BusWatch) -> None:
    end = run(cloud, bus, "be malformed")
    assert (end["state"], end["code"]) == ("failed", "malformed_reply")
    assert row(cloud, end["orchestration_id"])["model_calls"] == 2


def test_a_model_that_throttles_twice(cloud: Cloud, bus: BusWatch) -> None:
    before = cloud.model_statistics()["faults"]
    end = run(cloud, bus, "be throttled twice")
    assert (end["state"], end["message"]) == ("completed", "done after a while")
    assert cloud.model_statistics()["faults"] - before == 2


def test_nothing_is_left_behind(cloud: Cloud, bus: BusWatch, began: float) -> None:
    """Bad events are done with: no function failed over one, which on AWS would deliver it again, and no message waits in any queue."""
    cloud.await_rest()
    assert cloud.queued() == {}
    assert {name: cloud.failures(name, began) for name in FUNCTIONS} == {name: [] for name in FUNCTIONS}
