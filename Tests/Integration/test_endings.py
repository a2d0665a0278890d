"""The other ways in which a run ends, and who is told."""

from __future__ import annotations

import json

from harness.bus import BusWatch
from harness.cloud import Cloud
from harness.runs import is_settled, row, run, submit
from harness.waiting import wait_until


def test_a_run_whose_deadline_passes(cloud: Cloud, bus: BusWatch, agents: dict[str, str]) -> None:
    end = run(cloud, bus, "ask the patient agent", sweeping=True, deadlineSeconds=1)
    assert (end["state"], end["code"]) == ("expired", "deadline_exceeded")
    assert is_settled(row(cloud, end["orchestration_id"]))


def test_a_run_without_the_means_for_its_first_call(cloud: Cloud, bus: BusWatch, agents: dict[str, str]) -> None:
    calls = cloud.model_statistics()["requests"]
    end = run(cloud, bus, "ask one agent", budgetUSD=0.0001)
    assert (end["state"], end["code"]) == ("budget_exhausted", "budget_exhausted")
    assert "$0.0001" in end["message"]
    assert cloud.model_statistics()["requests"] == calls


def test_the_answer_comes_to_a_queue(cloud: Cloud, bus: BusWatch, agents: dict[str, str]) -> None:
    queues = cloud.client("sqs")
    mailbox = queues.create_queue(QueueName="mailbox")["QueueUrl"]
    orchestration, = submit(cloud, "answer at once", callback={"type": "sqs", "queueUrl": mailbox})
    message, = wait_until("a message", lambda: queues.receive_message(QueueUrl=mailbox, WaitTimeSeconds=1).get("Messages"))
    body = json.loads(message["Body"])
    assert (body["orchestrationId"], body["message"], body["state"]) == (orchestration, "at once", "completed")


def test_the_answer_comes_as_an_event(cloud: Cloud, bus: BusWatch, agents: dict[str, str]) -> None:
    orchestration, = submit(cloud, "answer at once", callback={"type": "eventbridge"})

    def answers() -> list[dict[str, object]]:
        return [detail for detail in bus.details("task.response") if detail["orchestrationId"] == orchestration]

    answer, = wait_until("a task.response", answers)
    assert (answer["message"], answer["state"]) == ("at once", "completed")


def test_what_an_ended_run_has_left_behind_is_removed(cloud: Cloud, bus: BusWatch, agents: dict[str, str]) -> None:
    """The sweeper that removes it comes an hour after the end; here the row is made to say that the hour is over."""
    id = run(cloud, bus, "ask one agent")["orchestration_id"]
    store, bucket = cloud.client("s3"), cloud.outputs["CodeBucketName"]
    others = [f"payloads/{id}0/1-a.json", f"workspaces/{id}/notes.txt"]
    for key in [f"payloads/{id}/1-late.json", f"conversations/{id}/0-lost.json", *others]:
        store.put_object(Bucket=bucket, Key=key, Body=b"{}")
    cloud.client("dynamodb").update_item(
        TableName=cloud.outputs["OrchestrationTableName"], Key={"orchestrationId": {"S": id}}, UpdateExpression="SET wakeAt = :past",
        ExpressionAttributeValues={":past": {"N": "1"}})

    def collected() -> bool:
        cloud.sweep()
        return "wakeAt" not in row(cloud, id)

    wait_until("the row is due no more", collected, 30)
    left = {found["Key"] for found in store.list_objects_v2(Bucket=bucket).get("Contents", []) if id in found["Key"]}
    assert left == set(others)
    assert bus.details("arbiter.error", id) == []
