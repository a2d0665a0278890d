"""Agents that are code, on the packaged worker: what they answer, how each failure is told, what becomes of one that fails too often, and what
stays of a run."""

from __future__ import annotations

import hashlib
import json
import pathlib
from typing import Any

import pytest

from harness.bus import BusWatch
from harness.cloud import Cloud
from harness.code_agents import ATTACKS, FAULTS, MODULES, UNUSABLE, agent, arbiter, header, objects, read
from harness.runs import round_, run
from harness.waiting import wait_until

AMOUNTS = "item,amount\na,0.10\nb,0.20\nc,1000000.05\n"


@pytest.fixture(scope="module")
def tallied(cloud: Cloud, bus: BusWatch, agents: dict[str, str]) -> dict[str, Any]:
    """The end of a run with one task for the agent tally, done without a fault."""
    cloud.client("s3").put_object(Bucket=cloud.outputs["CodeBucketName"], Key="workspaces/shared/amounts.csv", Body=AMOUNTS.encode())
    return run(cloud, bus, "ask the tally about the amounts")


def test_a_module_written_by_hand_does_its_task(cloud: Cloud, tallied: dict[str, Any]) -> None:
    assert tallied["state"] == "completed", tallied
    answer = json.loads(tallied["message"])
    assert answer["total"] == 1000000.35, "computed by a tool that the module was granted"
    assert 0 <= answer["draw"] < 1 and answer["date"].startswith("20")
    source = (MODULES / "tally.js").read_bytes()
    digest = hashlib.sha256(source).hexdigest()
    assert agent(cloud, "tally")["config"]["filename"] == f"tally/{digest}.js"
    assert read(cloud, f"agents/tally/{digest}.js") == source


def test_a_run_is_the_same_again_from_its_record(cloud: Cloud, tallied: dict[str, Any], tmp_path: pathlib.Path) -> None:
    key, = objects(cloud, f"runs/{tallied['orchestration_id']}/")
    again = arbiter(cloud, "replay-agent", key)
    assert again.returncode == 0, again.stderr
    # What the module answered then and what comes out now, byte for byte: time, random numbers and all. The model was told the same.
    assert again.stdout.removesuffix("\n") == json.loads(read(cloud, key))["outcome"]["result"]
    assert json.loads(again.stdout) == json.loads(tallied["message"])

    # A record in which a tool answered something else does not pass for it.
    file = tmp_path / "record.json"
    file.write_bytes(read(cloud, key).replace(b"1000000.35", b"1000000.36", 1))
    assert arbiter(cloud, "replay-agent", str(file)).returncode == 12


def test_every_failure_reaches_the_model_by_its_code(cloud: Cloud, bus: BusWatch, agents: dict[str, str]) -> None:
    end = run(cloud, bus, "ask every faulty agent", seconds=60)
    assert end["state"] == "completed", end
    lines = end["message"].splitlines()
    assert [line.split(": ")[0] for line in lines] == [*FAULTS.values(), *UNUSABLE.values()], end["message"]
    for way, line in zip([*FAULTS, *UNUSABLE], lines, strict=True):
        assert f"'faulty-{way}'" in line, "who it was"
    assert "there is no such region: Atlantis" in lines[0]
    # What they did to others of their kind: nothing.
    assert run(cloud, bus, "ask the tally about the amounts")["state"] == "completed"


def test_attacks_fail_and_nothing_else_does(cloud: Cloud, bus: BusWatch, agents: dict[str, str], tallied: dict[str, Any]) -> None:
    functions = set(cloud.function_processes())
    end = run(cloud, bus, "run every attack", seconds=60)
    assert [line.split(": ")[0] for line in end["message"].splitlines()] == [header(attack)["expect"]["failure"] for attack in ATTACKS]
    assert functions <= set(cloud.function_processes()), "a worker that was attacked lives"
    assert run(cloud, bus, "ask the tally about the amounts")["state"] == "completed"


def test_an_agent_that_fails_three_times_in_a_row_is_quarantined(cloud: Cloud, bus: BusWatch, agents: dict[str, str]) -> None:
    end = run(cloud, bus, "ask the unlucky agent three times", seconds=60)
    assert end["message"].startswith("threw: ")
    assert {task["code"] for task in round_(cloud, end["orchestration_id"])["data"].values()} == {"threw"}

    def quarantined() -> list[dict[str, Any]]:
        return [event for event in bus.details("agent.quarantined") if event["agent_id"] == "unlucky"]

    event, = wait_until("the bus hears of it", quarantined)
    assert event["state"] == "quarantined" and event["by"] == "worker-wrapper", event
    row = agent(cloud, "unlucky")
    assert (row["state"], row["failures"]) == ("quarantined", 3) and "threw" in row["note"]
    assert row["config"]["filename"].startswith("unlucky/"), "what it is, nobody has changed"

    enabled = arbiter(cloud, "agents", "enable", "unlucky")
    assert enabled.returncode == 0, enabled.stderr
    assert (agent(cloud, "unlucky")["state"], agent(cloud, "unlucky").get("failures", 0)) == ("active", 0)
