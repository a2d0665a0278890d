"""The command line tool against the deployment."""

from __future__ import annotations

import json
import pathlib
import signal
import subprocess
import sys
import uuid

from harness.bus import BusWatch
from harness.cloud import ARBITER, ROOT, Cloud
from harness.registry import prompt_agent
from harness.queue_agents import QueueAgent, original
from harness.runs import result, row, submit
from harness.terminal import INTERRUPT, Terminal
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
    orchestration_before, = submit(cloud, "answer at once, so that there are two")
    result(cloud, bus, orchestration_before)
    assert "the newest 1 of " in arbiter(cloud, "list", "--limit", "1").stderr
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
    assert followed.returncode == 5 and "the run was cancelled: no patience" in followed.stderr, followed
    again = arbiter(cloud, "cancel", orchestration)
    assert again.returncode == 1 and "has ended already" in again.stderr


def test_what_is_not_there(cloud: Cloud, agents: dict[str, str]) -> None:
    for command in ("show", "cancel"):
        done = arbiter(cloud, command, "no-such-run")
        assert done.returncode == 3 and "no-such-run" in done.stderr
    assert arbiter(cloud, "list", "--state", "perhaps").returncode == 2
    assert arbiter(cloud, "submit", " ").returncode == 2


def test_a_run_that_nobody_submitted_is_not_waited_for(cloud: Cloud, agents: dict[str, str]) -> None:
    # The limit of a run that is on its way is a minute, which this would not survive.
    done = subprocess.run([ARBITER, "follow", "no-such-run"], cwd=ROOT, env=cloud.environment(), capture_output=True, text=True, check=False,
                          timeout=30)
    assert done.returncode == 3 and "no-such-run" in done.stderr and "arbiter list" in done.stderr, done
    assert "Supervisor" not in done.stderr


def test_agents_list_says_what_is_wrong_with_a_row(cloud: Cloud, agents: dict[str, str]) -> None:
    lines = arbiter(cloud, "agents", "list").stdout.splitlines()
    assert any(line.startswith("north ") and "prompt" in line for line in lines)
    assert any(line.startswith("unusable ") and "config" in line for line in lines)


def test_agents_put_writes_what_can_work(cloud: Cloud, agents: dict[str, str], tmp_path: pathlib.Path) -> None:
    # Switched off, because the other tests' models know all agents.
    row = {**prompt_agent("put-by-command"), "state": "inactive"}
    file = tmp_path / "agents.json"
    file.write_text(json.dumps([row]))
    table = cloud.table("AgentConfigTableName")
    try:
        done = arbiter(cloud, "agents", "put", str(file))
        assert done.returncode == 0 and "put-by-command: written" in done.stderr, done
        assert table.get_item(Key={"agentId": "put-by-command"})["Item"] == row
        listed = json.loads(arbiter(cloud, "agents", "list", "--json").stdout)
        assert row in listed
        assert [bool(agent.get("problem")) for agent in listed if agent["agentId"] in ("north", "unusable")] == [False, True]
    finally:
        table.delete_item(Key={"agentId": "put-by-command"})


def test_agents_put_tells_what_may_be_a_slip_and_which_row_has_no_id(cloud: Cloud, agents: dict[str, str], tmp_path: pathlib.Path) -> None:
    slip = {**prompt_agent("with-a-slip"), "state": "inactive", "catagories": ["x"]}
    file = tmp_path / "agents.json"
    file.write_text(json.dumps([slip, {**slip, "agentId": ""}]))
    nameless = arbiter(cloud, "agents", "put", str(file))
    assert nameless.returncode == 1 and "row 2 of 2" in nameless.stderr, nameless
    file.write_text(json.dumps(slip))
    written = arbiter(cloud, "agents", "put", str(file))
    assert written.returncode == 0 and "'catagories'; did you mean 'categories'" in written.stderr and "30 seconds" in written.stderr, written
    deleted = arbiter(cloud, "agents", "delete", "with-a-slip")
    assert deleted.returncode == 0 and "deleted" in deleted.stderr, deleted
    assert "Item" not in cloud.table("AgentConfigTableName").get_item(Key={"agentId": "with-a-slip"})
    again = arbiter(cloud, "agents", "delete", "with-a-slip")
    assert again.returncode == 3 and "with-a-slip" in again.stderr, again


def test_agents_put_writes_nothing_when_a_row_cannot_work(cloud: Cloud, agents: dict[str, str], tmp_path: pathlib.Path) -> None:
    good, unknown_tool, taken, loose = (prompt_agent(name) for name in ("good", "unknown-tool", "taken", "loose"))
    unknown_tool["config"]["tools"] = ["read_file"]
    taken["config"]["name"] = "north"
    loose["config"]["schema"] = {"type": "object", "$dynamicRef": "#x"}
    file = tmp_path / "agents.json"
    for bad, told in ((unknown_tool, "read_file"), (taken, "config.name"), (loose, "$dynamicRef")):
        file.write_text(json.dumps([good, bad]))
        done = arbiter(cloud, "agents", "put", str(file))
        assert done.returncode == 1 and bad["agentId"] in done.stderr and told in done.stderr, done
        assert "written" not in done.stderr
    assert not {agent["agentId"] for agent in cloud.table("AgentConfigTableName").scan()["Items"]} & {"good", "unknown-tool", "taken", "loose"}


def test_files(cloud: Cloud, agents: dict[str, str], tmp_path: pathlib.Path) -> None:
    content, key = bytes(range(256)) * 10, f"workspaces/shared/{uuid.uuid4()}.bin"
    (tmp_path / "sent").write_bytes(content)
    put = arbiter(cloud, "files", "put", str(tmp_path / "sent"), key)
    assert put.returncode == 0 and key in put.stderr and "2,560 bytes" in put.stderr, put
    assert {"key": key, "bytes": 2560} in json.loads(arbiter(cloud, "files", "list", "--json").stdout)
    assert key in arbiter(cloud, "files", "list", "workspaces/shared/").stdout
    assert json.loads(arbiter(cloud, "files", "list", "nowhere/", "--json").stdout) == []

    assert arbiter(cloud, "files", "get", key, str(tmp_path / "received")).returncode == 0
    assert (tmp_path / "received").read_bytes() == content
    piped = subprocess.run([ARBITER, "files", "get", key], cwd=ROOT, env=cloud.environment(), capture_output=True, check=False, timeout=60)
    assert (piped.returncode, piped.stdout) == (0, content)
    missing = arbiter(cloud, "files", "get", "workspaces/shared/none")
    assert missing.returncode == 3 and "workspaces/shared/none" in missing.stderr, missing
    assert arbiter(cloud, "files", "put", str(tmp_path / "none"), key).returncode == 1
    unseen = arbiter(cloud, "files", "put", str(tmp_path / "sent"), "shared/unseen.bin")
    assert unseen.returncode == 0 and "put it to workspaces/shared/unseen.bin" in unseen.stderr, unseen
    # A file that cannot be written leaves no half of itself.
    (tmp_path / "folder").mkdir()
    assert arbiter(cloud, "files", "get", key, str(tmp_path / "folder")).returncode == 1
    assert {path.name for path in tmp_path.iterdir()} == {"sent", "received", "folder"}


def test_a_large_answer_is_whole_in_the_json(cloud: Cloud, bus: BusWatch, agents: dict[str, str]) -> None:
    # Larger than what is kept in a row, smaller than what an event may hold.
    task = "answer at length: " + "word " * 42_000 + "end"
    done = subprocess.run([ARBITER, "submit", "-", "--follow", "--json"], cwd=ROOT, env=cloud.environment(), input=task, capture_output=True,
                          text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["outcome"]["message"] == task
    assert told["outcome"]["messageReference"]["bytes"] == len(task)
    assert arbiter(cloud, "follow", told["orchestrationId"]).stdout == task + "\n"


def test_progress_is_live_on_a_terminal_and_an_interruption_ends_the_watching_only(
        cloud: Cloud, bus: BusWatch, agents: dict[str, str]) -> None:
    environment = {**cloud.environment(), "TERM": "xterm-256color"}
    with Terminal([str(ARBITER), "submit", "ask the patient agent", "--follow"], str(ROOT), environment) as terminal:
        orchestration = terminal.read_until(r"orchestration ([\w-]+)")[1]
        # A block of two lines below what has happened, which is drawn over again and again.
        terminal.read_until(r"patient  [\d.]+ s, due in .*\r\n.*waiting for 1 of round 1.*\r\n(?s:.)*\x1b\[2A\x1b\[J(?s:.)*waiting for 1 of round 1")
        terminal.press(INTERRUPT)
        assert terminal.end() == -signal.SIGINT, terminal.text
    assert f"the run goes on; watch it with: arbiter follow {orchestration}" in terminal.text
    assert row(cloud, orchestration)["state"] == "running"

    with Terminal([str(ARBITER), "follow", orchestration], str(ROOT), environment) as terminal:
        terminal.read_until(r"waiting for 1 of round 1")
        assert arbiter(cloud, "cancel", orchestration).returncode == 0
        assert terminal.end() == 5, terminal.text
    # The last thing is what happened, and no block stands below it.
    assert "cancelled" in terminal.text.rsplit("waiting for", 1)[1]
    result(cloud, bus, orchestration)


def test_no_colours_where_nobody_wants_them(cloud: Cloud, bus: BusWatch, agents: dict[str, str]) -> None:
    with Terminal([str(ARBITER), "list", "--limit", "1"], str(ROOT), {**cloud.environment(), "TERM": "xterm-256color", "NO_COLOR": "1"}) as terminal:
        assert terminal.end() == 0
    assert "\x1b" not in terminal.text and "STATE" in terminal.text


def test_invoke_a_function_with_a_sample_event(cloud: Cloud, agents: dict[str, str]) -> None:
    done = arbiter(cloud, "invoke", "Supervisor", "--event", "events/scheduled-sweep.json")
    assert done.returncode == 0, done
    answer = json.loads(done.stdout)
    assert answer["status"] == "swept"
    assert "REPORT RequestId:" in done.stderr


def test_the_sample_events_of_the_seeder_need_no_network_and_offer_no_agent(cloud: Cloud, agents: dict[str, str]) -> None:
    try:
        for name in ("create", "update", "delete"):
            event = f"events/custom-resource-{name}.json"
            done = arbiter(cloud, "invoke", "ConfigSeeder", "--event", event, "--json")
            told = json.loads(done.stdout)
            assert (done.returncode, told["cloudFormation"]["Status"]) == (0, "SUCCESS"), done
        assert told["cloudFormation"]["LogicalResourceId"] == "RegistrySeed"
        plain = arbiter(cloud, "invoke", "ConfigSeeder", "--event", event)
        assert plain.returncode == 0 and 'CloudFormation would get: {"Status":"SUCCESS"' in plain.stdout, plain
        sample, = [agent for agent in json.loads(arbiter(cloud, "agents", "list", "--json").stdout) if agent["agentId"] == "sample-agent"]
        assert sample["state"] == "inactive"
    finally:
        assert arbiter(cloud, "agents", "delete", "sample-agent").returncode == 0


def test_what_a_function_has_logged_can_be_read(cloud: Cloud, bus: BusWatch, agents: dict[str, str]) -> None:
    orchestration, = submit(cloud, "answer at once, and leave a trace")
    result(cloud, bus, orchestration)
    state = str(cloud.project / ".arbiter" / "local")

    def logs(function: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, ROOT / "Scripts" / "local_cloud.py", "--state", state, "--logs", function], capture_output=True,
                              text=True, check=False, timeout=60)

    wait_until("the run is in the Supervisor's log", lambda: orchestration in logs("supervisor").stdout)
    assert "START RequestId:" in logs("supervisor").stdout
    unknown = logs("forecaster")
    assert unknown.returncode == 2 and "worker-wrapper" in unknown.stderr, unknown
