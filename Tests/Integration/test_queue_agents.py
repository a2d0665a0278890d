"""Agents written for the original go on working: four fields in, four fields out."""

from __future__ import annotations

from typing import Any

from harness.bus import BusWatch
from harness.cloud import Cloud
from harness.queue_agents import QueueAgent, original
from harness.runs import round_, row, run, tool_results

LARGE = "0123456789" * 30_000


def test_an_agent_of_the_original_is_asked_and_answers(cloud: Cloud, bus: BusWatch, agents: dict[str, str]) -> None:
    with QueueAgent(cloud, agents["legacy"], lambda body: original(body, "Task completed, details: no rain")) as agent:
        end = run(cloud, bus, "ask the legacy agent about rain")
    assert (end["state"], end["message"]) == ("completed", "legacy says Task completed, details: no rain")
    body, = agent.received
    assert (body["agent_input"], body["node"], body["orchestration_id"]) == (
        {"question": "ask the legacy agent about rain"}, "legacy", end["orchestration_id"])
    answers = tool_results(row(cloud, end["orchestration_id"]))
    assert {use: [answer["content"] for answer in found] for use, found in answers.items()} == {
        body["agent_use_id"]: [[{"json": {"data": "Task completed, details: no rain"}}]]}


def test_a_failure_reaches_the_model_as_an_error(cloud: Cloud, bus: BusWatch, agents: dict[str, str]) -> None:
    def fail(body: dict[str, Any]) -> dict[str, Any]:
        return {**original(body, None), "status": "error", "code": "no_data", "message": "There is no rain gauge in October."}

    with QueueAgent(cloud, agents["legacy"], fail):
        end = run(cloud, bus, "ask the legacy agent about October")
    assert (end["state"], end["message"]) == ("completed", "legacy failed: no_data: There is no rain gauge in October.")
    (answer,), = tool_results(row(cloud, end["orchestration_id"])).values()
    assert answer["status"] == "error"


def test_a_result_of_300_kilobytes_inside_the_event(cloud: Cloud, bus: BusWatch, agents: dict[str, str]) -> None:
    # Larger than EventBridge itself allows; the local cloud lets it pass, and the Supervisor must cope wherever the limit moves.
    with QueueAgent(cloud, agents["legacy"], lambda body: original(body, LARGE)):
        end = run(cloud, bus, "ask the legacy agent with a large answer")
    assert (end["state"], end["message"]) == ("completed", f"legacy said {len(LARGE)} characters")
    assert_kept_outside(cloud, end["orchestration_id"])


def test_a_result_of_300_kilobytes_by_reference(cloud: Cloud, bus: BusWatch, agents: dict[str, str]) -> None:
    def refer(body: dict[str, Any]) -> dict[str, Any]:
        key, payload = f"payloads/{body['orchestration_id']}/{body['agent_use_id']}.json", f'"{LARGE}"'.encode()
        cloud.client("s3").put_object(Bucket=cloud.outputs["CodeBucketName"], Key=key, Body=payload)
        return {**original(body, None), "data_ref": {"key": key, "bytes": len(payload)}}

    with QueueAgent(cloud, agents["legacy"], refer):
        end = run(cloud, bus, "ask the legacy agent with a large answer")
    assert (end["state"], end["message"]) == ("completed", f"legacy said {len(LARGE)} characters")
    assert_kept_outside(cloud, end["orchestration_id"])


def assert_kept_outside(cloud: Cloud, orchestration: str) -> None:
    """Neither row holds the result; both say where it is, and it is there, whole."""
    (use, data), = round_(cloud, orchestration)["data"].items()
    assert data.get("data") is None
    reference = data["data_ref"]
    body = cloud.client("s3").get_object(Bucket=cloud.outputs["CodeBucketName"], Key=reference["key"])["Body"].read()
    assert (body, reference["bytes"]) == (f'"{LARGE}"'.encode(), len(LARGE) + 2)
    spilled = [message["content_ref"] for message in row(cloud, orchestration)["conversation"] if "content_ref" in message]
    assert len(spilled) == 1, "the message with the result is not the one that was moved out of the row"
