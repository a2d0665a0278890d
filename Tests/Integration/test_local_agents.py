"""Programs that stand for agent runtimes, from the options of `arbiter local up` to their end."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from harness.checkout import Checkout
from harness.cloud import ROOT
from harness.waiting import wait_until

SESSION = "11111111-2222-3333-4444-555555555555"
ARN = "arn%3Aaws%3Abedrock-agentcore%3Aus-east-1%3A000000000000%3Aruntime%2Fcost-agent"
AGENT = """#!/usr/bin/env python3
import http.server, json, os

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer({"status": "Healthy", "time_of_last_update": 0})

    def do_POST(self):
        self.answer({"pid": os.getpid(), "environment": dict(os.environ)})

    def answer(self, value):
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""


@pytest.fixture
def checkout(tmp_path: pathlib.Path) -> Iterator[Checkout]:
    subprocess.run(["swift", "build", "--quiet", "--product", "arbiter"], cwd=ROOT, check=True)
    checkout = Checkout(tmp_path)
    try:
        yield checkout
    finally:
        checkout.close()


@pytest.fixture
def agent(tmp_path: pathlib.Path) -> pathlib.Path:
    program = tmp_path / "agent"
    program.write_text(AGENT)
    program.chmod(0o755)
    return program


def invoke(checkout: Checkout, session: str = SESSION) -> dict:
    request = urllib.request.Request(f"http://127.0.0.1:{checkout.model_port}/runtimes/{ARN}/invocations", data=b"{}", method="POST",
                                     headers={"X-Amzn-Bedrock-AgentCore-Runtime-Session-Id": session})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def test_an_agent_is_run_for_its_sessions_and_ends_with_the_cloud(checkout: Checkout, agent: pathlib.Path) -> None:
    options = ("--agent", f"cost-agent={agent}", "--agent-environment", "COLOUR=blue")
    started = checkout.up(*options, AWS_PROFILE="mine", AWS_SESSION_TOKEN="hunter2")
    assert started.returncode == 0, started
    told = invoke(checkout)
    variables = told["environment"]
    assert variables["COLOUR"] == "blue" and variables["AWS_ENDPOINT_URL"] == f"http://127.0.0.1:{checkout.port}"
    assert variables["AWS_ENDPOINT_URL_BEDROCK_RUNTIME"] == f"http://127.0.0.1:{checkout.model_port}"
    assert variables["AWS_SECRET_ACCESS_KEY"] == "test" and not {"AWS_PROFILE", "AWS_SESSION_TOKEN"} & set(variables)
    assert (checkout.state / "agents" / f"{SESSION}.log").is_file()

    # The same options find the same server, and with it the session; `up` alone is content with it.
    for again in (checkout.up(*options), checkout.up()):
        assert again.returncode == 0 and again.stderr.count("already running") == 2, again
    assert invoke(checkout)["pid"] == told["pid"]

    # Others start another, and its agents end.
    other = checkout.up("--agent", f"cost-agent={agent}", "--agent-environment", "COLOUR=red")
    assert other.returncode == 0 and other.stderr.count("already running") == 1, other
    wait_until("the agent of the former server has ended", lambda: not pathlib.Path(f"/proc/{told['pid']}").exists())
    told = invoke(checkout)
    assert told["environment"]["COLOUR"] == "red"

    assert checkout.arbiter("local", "down").returncode == 0
    with pytest.raises(ProcessLookupError):
        os.kill(told["pid"], 0)
    wait_until("nothing runs any more", lambda: not checkout.left_running(), seen=checkout.left_running)


def test_a_program_that_cannot_be_run_starts_nothing(checkout: Checkout, tmp_path: pathlib.Path) -> None:
    for given, code, reason in ((f"cost-agent={tmp_path}/nothing", 3, "is not there"), ("cost-agent", 2, "is not NAME=PROGRAM")):
        done = checkout.up("--agent", given)
        assert done.returncode == code and reason in done.stderr and not checkout.left_running(), done


def test_without_programs_there_is_no_runtime(checkout: Checkout) -> None:
    assert checkout.up().returncode == 0
    with pytest.raises(urllib.error.HTTPError) as refused:
        invoke(checkout)
    assert refused.value.code == 404 and refused.value.headers["x-amzn-ErrorType"] == "ResourceNotFoundException"
    assert checkout.arbiter("local", "down").returncode == 0
