"""The command line tool against the deployment, its output piped."""

from __future__ import annotations

import json
import subprocess
import uuid

from harness.bus import BusWatch
from harness.cloud import ARBITER, ROOT, Cloud
from harness.queue_agents import QueueAgent, original
from harness.runs import result, row, submit
from harness.waiting import wait_until


def arbiter(cloud: Cloud, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([ARBITER, *arguments], cwd=ROOT, env=cloud.environment(), capture_output=True, text=True, check=False, timeout=60)


def test_submit_and_follow(cloud: Cloud, bus: BusWatch, agents: dict[str, str]) -> None:
    with QueueAgent(cloud, agents["legacy"], lambda body: original(body, "no rain")):
        done = arbiter(cloud, "submit", "ask the legacy agent about rain", "--follow")
    assert (done.returncode, done.stdout) == (0, "legacy says no rain\n"), done
    # Piped: one line for each thing that happened, and nothing that only a terminal understands.
    assert "\x1b" not in done.stderr and "\r" not in done.stderr
    for told in ("orchestration ", "accepted", "round 1  1 task", "→ legacy", "✓ legacy", "completed"):
        assert told in done.stderr, done.stderr


def test_submit_alone_prints_the_id(cloud: Cloud, bus: BusWatch, agents: dict[str, str]) -> None:
    done = arbiter(cloud, "submit", "answer at once")
    assert done.returncode == 0, done
    assert result(cloud, bus, done.stdout.strip())["message"] == "at once"


def test_the_same_id_is_one_run(cloud: Cloud, bus: BusWatch, agents: dict[str, str]) -> None:
    chosen = f"chosen-{uuid.uuid4()}"
    for _ in range(2):
        assert arbiter(cloud, "submit", "answer at once", "--id", chosen, "--follow").stdout == "at once\n"
    assert row(cloud, chosen)["model_calls"] == 1


def test_a_failed_run_has_an_exit_code_of_its_own(cloud: Cloud, bus: BusWatch, agents: dict[str, str]) -> None:
    done = arbiter(cloud, "submit", "stop for an unknown reason", "--follow")
    assert (done.returncode, done.stdout) == (4, ""), done
    assert "unknown_stop_reason" in done.stderr and "moon_phase" in done.stderr


def test_list(cloud: Cloud, bus: BusWatch, agents: dict[str, str]) -> None:
    orchestration, = submit(cloud, "answer at once, for the list")
    result(cloud, bus, orchestration)
    newest = json.loads(arbiter(cloud, "list", "--json", "--limit", "1").stdout)
    assert [(run["orchestrationId"], run["state"], run["task"]) for run in newest] == [
        (orchestration, "completed", "answer at once, for the list")]
    assert orchestration in arbiter(cloud, "list", "--state", "completed").stdout
    assert orchestration not in arbiter(cloud, "list", "--state", "failed", "--limit", "1000").stdout


def test_show_and_cancel(cloud: Cloud, bus: BusWatch, agents: dict[str, str]) -> None:
    orchestration, = submit(cloud, "ask the patient agent")
    wait_until("the task is out", lambda: row(cloud, orchestration).get("rounds") == 1)

    shown = json.loads(arbiter(cloud, "show", orchestration, "--json").stdout)
    assert (shown["state"], shown["modelCalls"], len(shown["rounds"])) == ("running", 1, 1)
    task, = shown["rounds"][0]["tasks"]
    assert (task["agent"], task["state"]) == ("patient", "pending")
    assert [waiting["what"] for waiting in shown["waitingFor"]] == ["agent patient"]
    assert shown["waitingFor"][0]["until"] == task["dueAt"]
    assert shown["inputTokens"] > 0 and shown["costMicroUSD"] > 0
    text = arbiter(cloud, "show", orchestration).stdout
    assert "Waits for agent patient until" in text and "running" in text

    assert arbiter(cloud, "cancel", orchestration, "--reason", "no patience").returncode == 0
    end = result(cloud, bus, orchestration)
    assert (end["state"], end["code"]) == ("cancelled", "cancelled")
    assert "no patience" in end["message"]
    followed = arbiter(cloud, "follow", orchestration)
    assert followed.returncode == 5 and "no patience" in followed.stderr
    again = arbiter(cloud, "cancel", orchestration)
    assert again.returncode == 1 and "has ended already" in again.stderr


def test_what_is_not_there(cloud: Cloud, agents: dict[str, str]) -> None:
    for command in ("show", "cancel"):
        done = arbiter(cloud, command, "no-such-run")
        assert done.returncode == 3 and "no-such-run" in done.stderr
    assert arbiter(cloud, "list", "--state", "perhaps").returncode == 2
    assert arbiter(cloud, "submit", " ").returncode == 2


def test_agents_list_says_what_is_wrong_with_a_row(cloud: Cloud, agents: dict[str, str]) -> None:
    lines = arbiter(cloud, "agents", "list").stdout.splitlines()
    assert any(line.startswith("north ") and "prompt" in line for line in lines)
    assert any(line.startswith("unusable ") and "config" in line for line in lines)


def test_invoke_a_function_with_a_sample_event(cloud: Cloud, agents: dict[str, str]) -> None:
    done = arbiter(cloud, "invoke", "Supervisor", "--event", "events/scheduled-sweep.json")
    assert done.returncode == 0, done
    answer = json.loads(done.stdout)
    assert answer["status"] == "swept"
    assert "REPORT RequestId:" in done.stderr
