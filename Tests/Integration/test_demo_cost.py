"""The demo of the cost optimizer as a whole: what it ends with, where its figures come from, and what a killed agent leads to."""

from __future__ import annotations

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
from typing import Any

import boto3
import pytest

from harness.checkout import Checkout
from harness.cloud import REGION, ROOT
from harness.demos import DEMO_SECONDS, FOREIGN, assert_nothing_is_left, environment, run_demo
from harness.terminal import INTERRUPT, Terminal
from harness.waiting import wait_until
from infra.configuration import load

DEMO = ROOT / "Scripts" / "demo-cost.sh"
AGENT = ROOT / ".build" / "functions" / "CostAgent" / "bootstrap"
PHASES = ("Discovery", "Usage and Metrics Collection", "Analysis and Decision Rules", "Recommendation Format", "Cost Estimation Method",
          "Output Contract", "S3 Write Requirements", "Error Handling and Fallbacks")
FILES = {"cost_report.txt", "evidence.txt", "report.json", "report.html"}


@pytest.fixture(scope="module", autouse=True)
def agent(built: None) -> None:
    """Demos build what is missing; how long it takes is not their own time."""
    subprocess.run([ROOT / "Scripts" / "build-functions.sh", "CostAgent"], cwd=ROOT, check=True)


class Account:
    """What runs in a checkout's local cloud, and what its cost optimizer has done."""

    def __init__(self, checkout: Checkout) -> None:
        running = json.loads((checkout.state / "local" / "local-cloud.json").read_text())
        self.outputs = json.loads((checkout.state / "outputs-local.json").read_text())["outputs"]
        self._endpoint = running["endpoint"]

    def client(self, service: str) -> Any:
        return boto3.client(service, endpoint_url=self._endpoint, region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test")

    def items(self, session: str) -> list[dict[str, Any]]:
        """The session's journal as plain values, its record first."""
        found = self.client("dynamodb").query(
            TableName=self.outputs["JournalTableName"], KeyConditionExpression="PK = :s", ExpressionAttributeValues={":s": {"S": session}},
            ConsistentRead=True)["Items"]
        return [{name: next(iter(value.values())) for name, value in item.items()} for item in found]

    def record(self, session: str) -> dict[str, Any]:
        return next((item for item in self.items(session) if item["SK"] == "SESSION"), {})

    def execution(self, session: str) -> dict[str, Any]:
        client = self.client("stepfunctions")
        found = client.list_executions(stateMachineArn=self.outputs["CostWorkflowArn"])["executions"]
        described = [client.describe_execution(executionArn=execution["executionArn"]) for execution in found]
        return next((execution for execution in described if json.loads(execution["input"])["session_id"] == session), {})

    def files(self, session: str) -> set[str]:
        listed = self.client("s3").list_objects_v2(Bucket=self.outputs["CostBucketName"], Prefix=f"{session}/").get("Contents", [])
        return {entry["Key"].removeprefix(f"{session}/") for entry in listed}


def session_of(output: str) -> str:
    return re.search(r"as its session: ([0-9a-f-]{36})", output)[1]


def test_it_analyses_the_account_that_it_runs_in(checkout: Checkout) -> None:
    done = run_demo(DEMO, checkout, **FOREIGN)
    assert done.returncode == 0, done.stderr
    assert int(re.search(r"the analysis took (\d+) s", done.stderr)[1]) <= DEMO_SECONDS
    session, account = session_of(done.stderr), Account(checkout)
    assert account.execution(session)["status"] == "SUCCEEDED"
    record, *phases = account.items(session)
    assert (record["SK"], record["status"]) == ("SESSION", "COMPLETED")
    assert [(phase["phase_name"], phase["status"]) for phase in phases] == [(phase, "COMPLETED") for phase in PHASES]
    # The workflow's own words are still there.
    assert record["created_at"] <= record["start_time"] <= record["agent_start_time"] <= record["end_time"]
    assert account.files(session) == FILES

    # The report is about the resources that the deployment has made.
    report = json.loads((checkout.state / "demo" / session / "report.json").read_text())
    shop = report["recommendations"][0]
    assert (shop["rule"], shop["resources"][0]["name"]) == ("dynamodb-capacity-reduce", "demo-shop-orders")
    evidence = (checkout.state / "demo" / session / "evidence.txt").read_text()
    for name in ("arbiter-supervisor-local", "arbiter-agent-invoker-local", "arbiter-journal-local", "arbiter-cost-analysis-local"):
        assert name in evidence
    text = (checkout.state / "demo" / session / "cost_report.txt").read_text()
    sections = ["Executive Summary", "Findings & Recommendations by Service", "Gaps & Limitations", "Evidence Appendix",
                "Next Review Window and Monitoring Suggestions"]
    assert re.findall(r"^(.+)\n={3,}$", text, re.MULTILINE)[-5:] == sections and text in done.stdout
    # The words are the model's, and none of them were refused.
    saved, = re.search(r"Carried out together they\s+save\s+([\d.,]+) USD", text).groups()
    assert float(saved.replace(",", "")) > 10
    assert "This account was read without changing anything in it" in text
    assert "refused" not in json.dumps(report["gaps"]) and not [gap for gap in report["gaps"] if gap.get("kind") == "model"]
    for command in ("cost show", "cost list", "cost report", "local down"):
        assert f"arbiter {command}" in done.stderr

    # Once more in the cloud that stayed up, without any model.
    again = run_demo(DEMO, checkout, MODEL="none")
    assert again.returncode == 0, again.stderr
    second = session_of(again.stderr)
    assert second != session and account.record(second)["status"] == "COMPLETED"
    assert account.files(second) == FILES
    compared = checkout.arbiter("cost", "diff", session, second)
    assert compared.returncode in (0, 1), compared.stderr


def slow_scenario(file: pathlib.Path, milliseconds: int) -> pathlib.Path:
    """The demo's scenario, in which the model takes its time."""
    scenario = json.loads((ROOT / "Demo" / "cost" / "scenario.json").read_text())
    for rule in scenario["rules"]:
        rule["reply"]["delayMilliseconds"] = milliseconds
    file.write_text(json.dumps(scenario))
    return file


def triggered(checkout: Checkout, tmp_path: pathlib.Path) -> tuple[Account, str]:
    """A session that takes for longer than any test waits; the account, and the session's id."""
    up = checkout.up("--scenario", str(slow_scenario(tmp_path / "slow.json", 5000)), "--agent", f"cost-agent={AGENT}", "--agent-environment",
                     "HEARTBEAT_SECONDS=1")
    assert up.returncode == 0, up.stderr
    local = ["--environment", "local", "--local-state", checkout.state / "local"]
    subprocess.run([sys.executable, ROOT / "Scripts" / "deploy.py", *local, "--quiet", "--outputs", checkout.state / "outputs-local.json"], check=True,
                   capture_output=True)
    done = subprocess.run([sys.executable, ROOT / "Scripts" / "trigger-workflow.py", *local], check=True, capture_output=True, text=True)
    return Account(checkout), done.stdout.strip()


def agents(checkout: Checkout) -> list[int]:
    return [int(line.split()[0]) for line in checkout.left_running() if line.split()[1] == str(AGENT)]


def test_a_killed_agent_ends_the_workflow_within_the_heartbeat_limit(checkout: Checkout, tmp_path: pathlib.Path) -> None:
    account, session = triggered(checkout, tmp_path)
    wait_until("the agent gives signs of life", lambda: account.record(session).get("status") == "BUSY" and "heartbeat" in account.record(session),
               seen=lambda: (account.record(session), account.execution(session)))
    process, = agents(checkout)
    os.kill(process, signal.SIGKILL)
    killed = time.monotonic()
    limit = load("local").costOptimizer.heartbeatLimitSeconds
    wait_until("the workflow ends", lambda: account.execution(session)["status"] != "RUNNING", limit + 10, seen=lambda: account.record(session))
    # From the last sign of life, which was before the kill; a second for the look itself.
    assert time.monotonic() - killed <= limit + 1
    execution = account.execution(session)
    assert (execution["status"], execution["error"]) == ("FAILED", "AgentHeartbeatLost")
    record = account.record(session)
    assert record["status"] == "FAILED" and record["error_message"] == f"AgentHeartbeatLost: {execution['cause']}"
    assert record["agent_start_time"] and record["created_at"]
    # Who watches is told the cause, in full and once, and how to look further.
    followed = checkout.arbiter("cost", "follow", session)
    assert followed.returncode == 4 and followed.stderr.count(record["error_message"]) == followed.stderr.count("AgentHeartbeatLost") == 1
    assert f"arbiter cost show {session}" in followed.stderr
    listed = checkout.arbiter("cost", "list")
    assert session in listed.stdout and "FAILED" in listed.stdout and "AgentHeartbeatLost" in listed.stdout


def test_an_interruption_ends_the_watching_only(checkout: Checkout, tmp_path: pathlib.Path) -> None:
    account, session = triggered(checkout, tmp_path)
    wait_until("the agent is busy", lambda: account.record(session).get("status") == "BUSY", seen=lambda: account.execution(session))
    variables = {**checkout.environment(), "TERM": "xterm-256color"}
    with Terminal([str(ROOT / ".build" / "debug" / "arbiter"), "cost", "follow", session], str(ROOT), variables) as terminal:
        terminal.read_until(r"busy.*the agent has begun(?s:.)* in all")
        terminal.press(INTERRUPT)
        assert terminal.end() == -signal.SIGINT, terminal.text
    # The live line is gone, also where the terminal has shown ^C in front of the cursor.
    assert f"\r\x1b[1A\x1b[Jthe analysis goes on; watch it with: arbiter cost follow {session}" in terminal.text
    assert account.record(session)["status"] == "BUSY"


def test_an_agent_that_is_asked_to_stop_fails_its_session_itself(checkout: Checkout, tmp_path: pathlib.Path) -> None:
    account, session = triggered(checkout, tmp_path)
    wait_until("the agent is busy", lambda: account.record(session).get("status") == "BUSY", seen=lambda: account.execution(session))
    process, = agents(checkout)
    os.kill(process, signal.SIGTERM)
    wait_until("the workflow ends", lambda: account.execution(session)["status"] != "RUNNING", 30, seen=lambda: account.record(session))
    execution = account.execution(session)
    assert (execution["status"], execution["error"]) == ("FAILED", "AgentFailed")
    assert account.record(session)["error_message"] == execution["cause"]


def test_an_interrupted_demo_leaves_nothing(checkout: Checkout) -> None:
    with Terminal([str(DEMO)], str(ROOT), environment(checkout)) as terminal:
        terminal.read_until(r"the workflow has begun", 180)
        assert checkout.listening()
        terminal.press(INTERRUPT)
        assert terminal.end() == 130, terminal.text
    assert_nothing_is_left(checkout)


def test_a_model_that_is_unknown_is_refused(checkout: Checkout) -> None:
    done = run_demo(DEMO, checkout, MODEL="oracle")
    assert done.returncode == 2 and "use scripted, bedrock or none" in done.stderr
    assert not checkout.left_running()
