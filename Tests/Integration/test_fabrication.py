"""Fabrication on the packaged functions: an agent that is missing is drafted, tested, mended, registered and used in one run; every end of it."""

from __future__ import annotations

import csv
import decimal
import hashlib
import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from harness.bus import BusWatch
from harness.cloud import ROOT, Cloud
from harness.code_agents import agent, arbiter, objects, read
from harness.runs import round_, run
from harness.waiting import wait_until

DEMO = ROOT / "Demo" / "fabricate"
INVOICES = ("Reconcile the freight invoices of October (shared/freight-invoices.csv: shipment, amount) with what was agreed for each shipment "
            "(shared/shipments.csv: shipment, agreed).")
PAYMENTS = "Now reconcile our customers' payments (shared/payments.csv: order, paid) with their orders (shared/orders.csv: order, total)."
AGENT = "ledger-reconciler"


def sums(file: str, key: str, amount: str) -> dict[str, decimal.Decimal]:
    found: dict[str, decimal.Decimal] = {}
    with (DEMO / "data" / file).open(newline="") as lines:
        for line in csv.DictReader(lines):
            found[line[key]] = found.get(line[key], decimal.Decimal()) + decimal.Decimal(line[amount])
    return found


def asked(cloud: Cloud, orchestration: str) -> list[list[str]]:
    """Who was given a task, round by round."""
    rounds: list[list[str]] = []
    while record := round_(cloud, orchestration, len(rounds) + 1):
        rounds.append([task["agent"] for task in record["tasks"].values()])
    return rounds


@pytest.fixture(scope="module")
def fabricated(cloud: Cloud, bus: BusWatch, agents: dict[str, str]) -> dict[str, Any]:
    """The end of a run that needed an agent which was not there."""
    for file in (DEMO / "data").iterdir():
        cloud.client("s3").put_object(Bucket=cloud.outputs["CodeBucketName"], Key=f"workspaces/shared/{file.name}", Body=file.read_bytes())
    return run(cloud, bus, INVOICES, seconds=60)


def test_the_task_is_done_by_the_agent_that_was_made_for_it(cloud: Cloud, bus: BusWatch, fabricated: dict[str, Any]) -> None:
    assert fabricated["state"] == "completed", fabricated
    agreed, billed = sums("shipments.csv", "shipment", "agreed"), sums("freight-invoices.csv", "shipment", "amount")
    above = sum(billed[key] - agreed[key] for key in agreed.keys() & billed.keys() if billed[key] > agreed[key])
    unexpected = sum(billed[key] for key in billed.keys() - agreed.keys())
    agreeing = sum(billed.get(key) == amount for key, amount in agreed.items())
    assert f"Ask ${above + unexpected:,.2f} back" in fabricated["message"]
    assert f"{agreeing} of {len(agreed)} shipments are billed as agreed" in fabricated["message"]
    activated, = (event for event in bus.details("agent.activated") if event["agent_id"] == AGENT)
    assert (activated["state"], activated["version"], activated["by"]) == ("active", 1, "fabricator")


def test_the_very_next_round_uses_it(cloud: Cloud, fabricated: dict[str, Any]) -> None:
    assert asked(cloud, fabricated["orchestration_id"]) == [["fabricator"], [AGENT]]


def test_what_is_kept_of_it(cloud: Cloud, fabricated: dict[str, Any]) -> None:
    stored = agent(cloud, AGENT)
    source = (DEMO / "reconciler.js").read_bytes()
    digest = hashlib.sha256(source).hexdigest()
    assert (stored["state"], stored["config"]["kind"], stored["config"]["sha256"]) == ("active", "code", digest)
    assert (stored["config"]["tools"], stored["config"]["capabilities"]) == (["query_table"], [])
    assert stored["origin"]["orchestrationId"] == fabricated["orchestration_id"]
    assert read(cloud, f"agents/{stored['config']['filename']}") == source

    manifest = read(cloud, f"agents/{AGENT}/versions/00001.json")
    assert hashlib.sha256(manifest).hexdigest() == stored["versionSha256"]
    version = json.loads(manifest)
    assert (version["agentId"], version["version"], version["sha256"]) == (AGENT, 1, digest)
    cases = version["evidence"]["cases"]
    assert len(cases) == 4 and all(case["passed"] for case in cases)
    assert sum("refuses" in case["case"] for case in cases) == 2

    # Both drafts are there; the first is in no version.
    drafts = [key for key in objects(cloud, f"agents/{AGENT}/") if key.endswith(".js")]
    assert len(drafts) == 2
    record, = objects(cloud, f"runs/{fabricated['orchestration_id']}/")
    assert arbiter(cloud, "replay-agent", record).returncode == 0


def test_a_person_can_see_how_it_was_made(cloud: Cloud, fabricated: dict[str, Any]) -> None:
    shown = arbiter(cloud, "show", fabricated["orchestration_id"])
    assert shown.returncode == 0, shown.stderr
    text = " ".join(shown.stdout.split())
    steps = ["search_agents", "upload_agent_to_s3", "3 of 4 cases passed", "166.68000000000004, expected 166.68", "4 of 4 cases passed",
             f"'{AGENT}' version 1 is active", f"'{AGENT}' is ready"]
    places = [text.find(step) for step in steps]
    assert -1 not in places and places == sorted(places), (places, text)


def test_a_similar_task_finds_it_there(cloud: Cloud, bus: BusWatch, fabricated: dict[str, Any]) -> None:
    end = run(cloud, bus, PAYMENTS)
    due, paid = sums("orders.csv", "order", "total"), sums("payments.csv", "order", "paid")
    short = sum(amount - paid.get(key, 0) for key, amount in due.items() if paid.get(key, 0) < amount)
    assert end["message"].startswith(f"${short:,.2f} is still open."), end
    assert asked(cloud, end["orchestration_id"]) == [[AGENT]], "nothing was made"


# Without a run --------------------------------------------------------------------------------------------------------


def ask(cloud: Cloud, request: str | None = None, **agent_input: str) -> str:
    """A user's own request; its id."""
    request = request or f"request-{uuid.uuid4()}"
    body = {"orchestration_id": "0", "agent_use_id": request, "node": "fabricator", "agent_input": agent_input}
    cloud.client("sqs").send_message(QueueUrl=cloud.outputs["FabricatorQueueUrl"], MessageBody=json.dumps(body))
    return request


def answers(bus: BusWatch, detail_type: str, request: str) -> list[dict[str, Any]]:
    return [detail for detail in bus.details(detail_type) if detail["agent_use_id"] == request]


def test_a_user_hears_of_an_agent_and_a_duplicate_makes_nothing_twice(cloud: Cloud, bus: BusWatch, agents: dict[str, str]) -> None:
    cloud.await_rest()
    before = cloud.model_statistics()["requests"]
    request = ask(cloud, taskDetails="An agent to count the words of a text.")
    answer, = wait_until("agent.fabricated", lambda: answers(bus, "agent.fabricated", request))
    assert (answer["orchestration_id"], answer["status"]) == ("0", "success")
    assert (answer["data"]["agent_id"], answer["data"]["version"], answer["data"]["state"]) == ("word-counter", 1, "active")
    ask(cloud, request, taskDetails="An agent to count the words of a text.")
    wait_until("the duplicate is told the same", lambda: answers(bus, "agent.fabricated", request) == [answer, answer])
    cloud.await_rest()
    assert cloud.model_statistics()["requests"] - before == 4, "the model was asked for one fabrication"
    assert objects(cloud, "agents/word-counter/versions/") == ["agents/word-counter/versions/00001.json"]
    assert not [event for event in bus.details("task.completion") if event["agent_use_id"] == request]


@pytest.fixture
def approval(cloud: Cloud) -> Iterator[None]:
    """A deployment in which a person lets agents in."""
    functions, name = cloud.client("lambda"), cloud.outputs["FabricatorFunctionName"]
    variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": {**variables, "FABRICATION_APPROVAL": "manual"}})
    yield
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables})


def test_a_person_may_have_to_let_an_agent_in(cloud: Cloud, bus: BusWatch, agents: dict[str, str], approval: None) -> None:
    request = ask(cloud, taskDetails="An agent that has to await approval.")
    answer = wait_until("agent.fabricated", lambda: answers(bus, "agent.fabricated", request))[0]
    assert answer["data"]["state"] == "pending" and "awaits approval" in answer["data"]["message"]
    pending = [event for event in bus.details("agent.pending") if event["agent_id"] == "patient-counter"]
    assert len(pending) == 1
    assert agent(cloud, "patient-counter")["state"] == "pending"
    approved = arbiter(cloud, "agents", "approve", "patient-counter")
    assert approved.returncode == 0, approved.stderr
    assert agent(cloud, "patient-counter")["state"] == "active"
    wait_until("the bus hears of it", lambda: [event for event in bus.details("agent.activated") if event["agent_id"] == "patient-counter"])


def test_a_failure_is_told_to_the_run_and_to_everybody(cloud: Cloud, bus: BusWatch, agents: dict[str, str]) -> None:
    end = run(cloud, bus, "have something impossible made", seconds=60)
    assert end["state"] == "completed"
    assert end["message"].startswith("No agent could be made for this: not_possible: ") and "tomorrow's prices" in end["message"]
    failed, = (event for event in bus.details("agent.fabrication.failed") if event["orchestration_id"] == end["orchestration_id"])
    assert (failed["status"], failed["code"]) == ("error", "not_possible")
    request = ask(cloud, taskDetails="Something impossible, for a user.")
    alone = wait_until("agent.fabrication.failed", lambda: answers(bus, "agent.fabrication.failed", request))[0]
    assert (alone["code"], answers(bus, "agent.fabricated", request)) == ("not_possible", [])


def test_a_message_without_a_task_is_answered(cloud: Cloud, bus: BusWatch, agents: dict[str, str]) -> None:
    request = ask(cloud, task="An agent.")
    answer = wait_until("agent.fabrication.failed", lambda: answers(bus, "agent.fabrication.failed", request))[0]
    assert answer["code"] == "invalid_input" and "taskDetails" in answer["message"]
    cloud.await_rest()
