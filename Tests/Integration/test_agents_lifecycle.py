"""The life of agents that are code, from the command line: versions, what shows that they work, and the ways in and out of use."""

from __future__ import annotations

import hashlib
import json
import pathlib
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from harness.bus import BusWatch
from harness.cloud import ARBITER, ROOT, Cloud
from harness.code_agents import arbiter
from harness.runs import row, submit
from harness.waiting import wait_until

AGENT = "line-counter"
SCHEMA = {"properties": {"text": {"type": "string"}}, "required": ["text"], "type": "object"}
CASES = [{"name": "two lines", "input": {"text": "a\nb"}, "equals": 2}, {"name": "no text", "input": {}, "refuses": True}]


def module(remark: str) -> str:
    return f"// {remark}\nexport default function handler(input) {{ return input.text.split('\\n').length; }}\n"


def compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def sorted_members(value: Any) -> Any:
    return json.loads(json.dumps(value, sort_keys=True))


class Publisher:
    """Publishes versions as the Fabricator does: a module by its hash, and a manifest by its number, each with the hash of the one before."""

    def __init__(self, cloud: Cloud, folder: pathlib.Path) -> None:
        self.cloud, self.folder, self.manifests = cloud, folder, []

    def put(self, key: str, body: bytes) -> None:
        self.cloud.client("s3").put_object(Bucket=self.cloud.outputs["CodeBucketName"], Key=key, Body=body)

    def publish(self, remark: str) -> dict[str, Any]:
        source, cases, number = self.folder / f"{remark}.js", self.folder / "cases.json", len(self.manifests) + 1
        source.write_text(module(remark))
        cases.write_text(json.dumps({"schema": SCHEMA, "tools": [], "capabilities": [], "description": "Counts.", "cases": CASES}))
        tested = arbiter(self.cloud, "agents", "test", "--file", str(source), "--cases", str(cases), "--json")
        assert tested.returncode == 0, tested
        digest = hashlib.sha256(source.read_bytes()).hexdigest()
        config = {"capabilities": [], "description": f"Counts lines, {remark}.", "filename": f"{AGENT}/{digest}.js", "kind": "code", "name": AGENT,
                  "schema": SCHEMA, "sha256": digest, "tools": [], "version": str(number)}
        before = hashlib.sha256(self.manifests[-1]).hexdigest() if self.manifests else None
        manifest = compact({
            "format": "arbiter.version/1", "agentId": AGENT, "version": number, "sha256": digest, "precedingSha256": before,
            "config": sorted_members(config), "evidence": sorted_members(json.loads(tested.stdout)), "createdAt": "2026-11-27T12:00:00.000Z",
            "origin": {"orchestrationId": "run-1", "toolUseId": f"use-{number}"}, "request": f"count lines, {remark}"}).encode()
        self.put(f"agents/{AGENT}/{digest}.js", source.read_bytes())
        self.put(f"agents/{AGENT}/versions/{number:05}.json", manifest)
        self.manifests.append(manifest)
        return config

    def write_row(self, config: dict[str, Any], **attributes: Any) -> None:
        self.cloud.table("AgentConfigTableName").put_item(Item={
            "agentId": AGENT, "config": config, "state": "active", "categories": ["fabricated"],
            "origin": {"orchestrationId": "run-1", "toolUseId": "use-1"},
            "versionSha256": hashlib.sha256(self.manifests[int(config["version"]) - 1]).hexdigest(), **attributes})


@pytest.fixture
def published(cloud: Cloud, agents: dict[str, str], tmp_path: pathlib.Path) -> Iterator[Publisher]:
    """An agent at its third version; nothing of it is there afterwards."""
    publisher = Publisher(cloud, tmp_path)
    for remark in ("first", "second", "third"):
        config = publisher.publish(remark)
    publisher.write_row(config, previousVersion=2)
    yield publisher
    cloud.table("AgentConfigTableName").delete_item(Key={"agentId": AGENT})
    bucket = cloud.outputs["CodeBucketName"]
    for entry in cloud.client("s3").list_objects_v2(Bucket=bucket, Prefix=f"agents/{AGENT}/").get("Contents", []):
        cloud.client("s3").delete_object(Bucket=bucket, Key=entry["Key"])


def stored(cloud: Cloud) -> dict[str, Any]:
    return cloud.table("AgentConfigTableName").get_item(Key={"agentId": AGENT}, ConsistentRead=True)["Item"]


def done(cloud: Cloud, *arguments: str) -> subprocess.CompletedProcess[str]:
    finished = arbiter(cloud, "agents", *arguments)
    assert finished.returncode == 0, finished
    return finished


def test_the_list_and_the_row(cloud: Cloud, published: Publisher) -> None:
    line, = (line for line in done(cloud, "list").stdout.splitlines() if line.startswith(f"{AGENT} "))
    assert line.split()[1:5] == ["code", "active", "3", "-"]
    shown = done(cloud, "show", AGENT).stdout
    for told in (f"{AGENT}  active", "Counts lines, third.", "before it 2", "text (string)", "2 of 2 cases passed", "✓ two lines", "run run-1",
                 "count lines, third"):
        assert told in shown, shown
    assert "\x1b" not in shown
    assert done(cloud, "show", AGENT, "--source").stdout == module("third")
    assert json.loads(done(cloud, "show", AGENT, "--json").stdout)["version"]["version"] == 3
    missing = arbiter(cloud, "agents", "show", "nobody")
    assert missing.returncode == 3 and "arbiter agents list" in missing.stderr


def test_the_history_is_verified(cloud: Cloud, published: Publisher) -> None:
    lines = done(cloud, "history", AGENT).stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["VERSION", "3", "2", "1"]
    assert "active" in lines[1] and "2/2" in lines[1] and "count lines, third" in lines[1]
    published.put(f"agents/{AGENT}/versions/00001.json", published.manifests[0].replace(b"count lines", b"steal lines"))
    digest = hashlib.sha256(module("second").encode()).hexdigest()
    published.put(f"agents/{AGENT}/{digest}.js", b"export default () => 'something else'")
    altered = arbiter(cloud, "agents", "history", AGENT)
    assert altered.returncode == 1
    assert "version 1: the manifest is not the one that version 2 was published after" in altered.stdout, altered
    assert "version 2: the module" in altered.stdout and "version 3" not in altered.stdout
    for number in ("1", "2"):
        refused = arbiter(cloud, "agents", "rollback", AGENT, "--to", number)
        assert refused.returncode == 1, refused
    assert stored(cloud)["config"]["version"] == "3"


def test_a_rollback_and_the_way_back(cloud: Cloud, bus: BusWatch, published: Publisher) -> None:
    assert f"{AGENT}: active at version 2" in done(cloud, "rollback", AGENT, "--note", "too slow").stderr
    row = stored(cloud)
    assert (row["config"]["version"], row["config"]["description"], row["previousVersion"]) == ("2", "Counts lines, second.", 3)
    assert row["versionSha256"] == hashlib.sha256(published.manifests[1]).hexdigest()
    assert (row["history"][-1]["action"], row["history"][-1]["note"]) == ("rollback", "too slow")
    done(cloud, "rollback", AGENT, "--to", "1")
    assert stored(cloud)["config"]["version"] == "1"
    already = arbiter(cloud, "agents", "rollback", AGENT, "--to", "1")
    assert already.returncode == 1 and "already" in already.stderr
    missing = arbiter(cloud, "agents", "rollback", AGENT, "--to", "9")
    assert missing.returncode == 3 and "no version 9" in missing.stderr


def test_quarantine_and_its_end(cloud: Cloud, bus: BusWatch, published: Publisher) -> None:
    assert arbiter(cloud, "agents", "quarantine", AGENT).returncode == 2, "without a reason"
    done(cloud, "quarantine", AGENT, "--reason", "it reads what it should not")
    row = stored(cloud)
    assert (row["state"], row["note"]) == ("quarantined", "it reads what it should not")
    line, = (line for line in done(cloud, "list").stdout.splitlines() if line.startswith(f"{AGENT} "))
    assert "quarantined" in line
    event = wait_until("the bus hears of it", lambda: [event for event in bus.details("agent.quarantined") if event["agent_id"] == AGENT])[-1]
    assert (event["state"], event["previous_state"], event["reason"]) == ("quarantined", "active", "it reads what it should not")
    again = arbiter(cloud, "agents", "quarantine", AGENT, "--reason", "once more")
    assert again.returncode == 1 and "quarantined already" in again.stderr
    cloud.table("AgentConfigTableName").update_item(
        Key={"agentId": AGENT}, UpdateExpression="SET failures = :three", ExpressionAttributeValues={":three": 3})
    answer = json.loads(done(cloud, "enable", AGENT, "--json").stdout)
    assert (answer["state"], answer["previousState"]) == ("active", "quarantined")
    row = stored(cloud)
    assert (row["state"], row["failures"], "note" in row) == ("active", 0, False)


def test_approval(cloud: Cloud, published: Publisher) -> None:
    assert "no version awaits approval" in arbiter(cloud, "agents", "approve", AGENT).stderr
    config = published.publish("fourth")
    published.write_row(json.loads(published.manifests[2])["config"], candidate={
        "version": 4, "versionSha256": hashlib.sha256(published.manifests[3]).hexdigest(), "reason": "this deployment asks for approval"})
    assert "version 4 awaits approval" in done(cloud, "show", AGENT).stdout
    assert "waiting" in done(cloud, "history", AGENT).stdout
    done(cloud, "approve", AGENT)
    row = stored(cloud)
    assert (row["config"], row["previousVersion"], "candidate" in row) == (config, 3, False)


def test_an_operators_edit_stays(cloud: Cloud, published: Publisher, tmp_path: pathlib.Path) -> None:
    row = json.loads(done(cloud, "show", AGENT, "--json").stdout)["row"]
    row["config"]["description"] = "Counts the lines of a text."
    file = tmp_path / "row.json"
    file.write_text(json.dumps(row))
    edited = done(cloud, "put", str(file))
    assert "warning" not in edited.stderr, "every member of a row is known"
    assert "config.description: not as version 3 has it" in done(cloud, "show", AGENT).stdout
    assert "an operator's edits stay: config.description" in done(cloud, "rollback", AGENT).stderr
    assert stored(cloud)["config"]["description"] == "Counts the lines of a text."


def test_cases_are_run_again(cloud: Cloud, published: Publisher, tmp_path: pathlib.Path) -> None:
    finished = done(cloud, "test", AGENT)
    assert finished.stdout.splitlines() == ["  ✓ two lines  2", "  ✓ no text    refused: the value: the member 'text' is missing", "2 cases passed"]
    assert done(cloud, "test", AGENT, "--version", "1", "--case", "two lines").stdout.splitlines()[-1] == "1 case passed"
    mine = tmp_path / "mine.json"
    mine.write_text(json.dumps([{"name": "three", "input": {"text": "a"}, "equals": 3}]))
    failed = arbiter(cloud, "agents", "test", AGENT, "--cases", str(mine))
    assert failed.returncode == 1 and "✗ three  the result is 1, expected 3" in failed.stdout, failed
    assert arbiter(cloud, "agents", "test", AGENT, "--case", "nothing").returncode == 3


def test_built_in_agents_are_left_alone(cloud: Cloud, agents: dict[str, str]) -> None:
    for arguments in (["rollback"], ["quarantine", "--reason", "why"], ["enable"], ["approve"]):
        refused = arbiter(cloud, "agents", arguments[0], "fabricator", *arguments[1:])
        assert refused.returncode == 1 and "built in" in refused.stderr, refused


def test_a_module_written_by_hand(cloud: Cloud, agents: dict[str, str], tmp_path: pathlib.Path) -> None:
    source, row = tmp_path / "by-hand.js", tmp_path / "by-hand.json"
    source.write_text(module("by hand"))
    row.write_text(json.dumps({"agentId": "by-hand", "state": "inactive", "categories": [],
                               "config": {"name": "by-hand", "description": "Counts.", "schema": SCHEMA, "tools": []}}))
    try:
        done(cloud, "put", str(row), "--module", str(source))
        assert done(cloud, "show", "by-hand", "--source").stdout == module("by hand")
        assert "has no versions" in done(cloud, "history", "by-hand").stderr
        source.write_text("export default function (")
        refused = arbiter(cloud, "agents", "put", str(row), "--module", str(source))
        assert refused.returncode == 1 and "by-hand.js" in refused.stderr, refused
    finally:
        arbiter(cloud, "agents", "delete", "by-hand")


def test_two_operators_at_once(cloud: Cloud, published: Publisher) -> None:
    """Of many who take one agent out of use, one does."""
    started = [subprocess.Popen([ARBITER, "agents", "quarantine", AGENT, "--reason", f"reason {number}"], env=cloud.environment(),
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for number in range(6)]
    ended = [(process.wait(timeout=60), process.stderr.read()) for process in started]
    assert sorted(code for code, _ in ended) == [0, 1, 1, 1, 1, 1], ended
    assert len(stored(cloud)["history"]) == 1


def test_what_a_task_tells_of_itself_is_followed(cloud: Cloud, agents: dict[str, str]) -> None:
    """The steps that the Fabricator writes into its claim, here of a task whose agent never answers."""
    orchestration, = submit(cloud, "ask the patient agent")
    wait_until("the task is out", lambda: row(cloud, orchestration).get("rounds") == 1)
    task, = json.loads(arbiter(cloud, "show", orchestration, "--json").stdout)["rounds"][0]["tasks"]
    claim, table = {"requestId": f"claim#{orchestration}#1#{task['toolUseId']}"}, cloud.table("WorkerStateTableName")
    steps = [{"at": 1_800_000_000_000 + number, "step": step, "text": text} for number, (step, text) in enumerate(
        [("search_agents", "none fits"), ("test_agent", "1 of 3 cases failed: 'no header'"), ("test_agent", "3 of 3 cases passed")])]
    table.put_item(Item={**claim, "progress": steps[:2]})
    # Its output is read until a line is there; what comes after is in the pipe.
    follower = subprocess.Popen([ARBITER, "follow", orchestration], cwd=ROOT, env=cloud.environment(), stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)
    told = []
    while not told or "1 of 3 cases failed" not in told[-1]:
        told.append(follower.stderr.readline())
        assert told[-1], told
    table.put_item(Item={**claim, "progress": steps})
    while "3 of 3 cases passed" not in told[-1]:
        told.append(follower.stderr.readline())
        assert told[-1], told
    assert arbiter(cloud, "cancel", orchestration).returncode == 0
    rest = follower.communicate(timeout=60)[1]
    lines = "".join(told) + rest
    assert follower.returncode == 5 and [lines.count(step["text"]) for step in steps] == [1, 1, 1], "each step is told once"
    shown = arbiter(cloud, "show", orchestration)
    assert "search_agents  none fits" in shown.stdout and "test_agent  3 of 3 cases passed" in shown.stdout
    progress = json.loads(arbiter(cloud, "show", orchestration, "--json").stdout)["rounds"][0]["tasks"][0]["progress"]
    assert [step["text"] for step in progress] == [step["text"] for step in steps]
