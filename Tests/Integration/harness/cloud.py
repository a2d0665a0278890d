"""A local cloud with the packaged functions deployed to it, and a scripted model."""

from __future__ import annotations

import ctypes
import dataclasses
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import urllib.request
from typing import Any

import boto3
from botocore.config import Config

from harness import processes
from harness.waiting import wait_until

ROOT = pathlib.Path(__file__).resolve().parents[3]
ARBITER = ROOT / ".build" / "debug" / "arbiter"
FUNCTIONS = ("Supervisor", "WorkerWrapper", "ConfigSeeder")
REGION = "us-east-1"

START_SECONDS = 60
STOP_SECONDS = 20


def with_parent() -> None:
    """Ends the child with this process, whatever ends this process."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


@dataclasses.dataclass
class Cloud:
    """What runs, and how to reach it. Made by `start`, ended by `stop`."""

    # A folder that looks like a checkout: .arbiter/ as the command line tool expects it.
    project: pathlib.Path
    model_server: subprocess.Popen[bytes]
    local_cloud: subprocess.Popen[bytes] | None = None
    endpoint: str = ""
    model_endpoint: str = ""
    outputs: dict[str, str] = dataclasses.field(default_factory=dict)

    # Starting and stopping ---------------------------------------------------------------------------------------------

    @classmethod
    def start(cls, project: pathlib.Path, scenario: pathlib.Path) -> Cloud:
        (project / ".arbiter").mkdir()
        (project / "dist").symlink_to(ROOT / "dist")
        with (project / "model-server.log").open("wb") as log:
            server = subprocess.Popen(
                [ARBITER, "model-server", "--backend", "scripted", "--scenario", scenario, "--port", "0"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, preexec_fn=with_parent)
        cloud = cls(project, server)
        try:
            cloud._await_model_server()
            cloud._start_local_cloud()
            cloud.deploy()
        except BaseException:
            # A fixture that fails has no teardown; neither has one that is interrupted here.
            cloud.stop()
            raise
        return cloud

    def stop(self) -> None:
        """Ends both; the local cloud first, because its functions may be waiting for the model."""
        for process in (self.local_cloud, self.model_server):
            if process is not None and process.poll() is None:
                process.terminate()
                try:
                    process.wait(STOP_SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    def _await_model_server(self) -> None:
        log = self.project / "model-server.log"

        def address() -> str | None:
            assert self.model_server.poll() is None, f"the model server ended: {log.read_text()}"
            found = re.search(r"http://127\.0\.0\.1:\d+", log.read_text())
            return found[0] if found else None

        self.model_endpoint = wait_until("the model server names its address", address, START_SECONDS)

    def _start_local_cloud(self) -> None:
        import socket

        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        state = self.project / ".arbiter" / "local"
        state.mkdir()
        with (state / "local-cloud.log").open("wb") as log:
            self.local_cloud = subprocess.Popen(
                [sys.executable, ROOT / "Scripts" / "local_cloud.py", "--port", str(port), "--state", state,
                 "--model-endpoint", self.model_endpoint, "--stop-with-parent"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        description = state / "local-cloud.json"

        def running() -> bool:
            assert self.local_cloud.poll() is None, f"the local cloud ended: {(state / 'local-cloud.log').read_text()}"
            return description.exists()

        wait_until("the local cloud answers", running, START_SECONDS)
        self.endpoint = json.loads(description.read_text())["endpoint"]

    def deploy(self) -> str:
        """Deploys the packages, again where they are there already; what the deployment said."""
        outputs = self.project / ".arbiter" / "outputs-local.json"
        done = subprocess.run(
            [sys.executable, ROOT / "Scripts" / "deploy.py", "--environment", "local", "--local-state", self.project / ".arbiter" / "local",
             "--outputs", outputs],
            capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"the deployment failed:\n{done.stderr}"
        self.outputs = json.loads(outputs.read_text())["outputs"]
        return done.stderr

    # Reaching it -------------------------------------------------------------------------------------------------------

    def client(self, service: str) -> Any:
        return boto3.client(
            service, endpoint_url=self.endpoint, region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test",
            config=Config(retries={"max_attempts": 1, "mode": "standard"}, max_pool_connections=20))

    def table(self, output: str) -> Any:
        """A table by the name of its output, with rows as Python values."""
        resource = boto3.resource("dynamodb", endpoint_url=self.endpoint, region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test")
        return resource.Table(self.outputs[output])

    def environment(self) -> dict[str, str]:
        """For programs that look for a checkout and its local cloud."""
        return {"PATH": os.environ["PATH"], "HOME": str(self.project), "ARBITER_PROJECT": str(self.project)}

    def function_processes(self) -> list[int]:
        return processes.children(self.local_cloud.pid)

    def invoke_supervisor(self, event: dict[str, Any]) -> Any:
        """The Supervisor's answer to one event."""
        answer = self.client("lambda").invoke(FunctionName=self.outputs["SupervisorFunctionName"], Payload=json.dumps(event).encode())
        return json.loads(answer["Payload"].read())

    def sweep(self) -> Any:
        """What the schedule does every minute."""
        return self.invoke_supervisor(json.loads((ROOT / "events" / "scheduled-sweep.json").read_text()))

    # The model's side --------------------------------------------------------------------------------------------------

    def model_statistics(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.model_endpoint}/_model/stats", timeout=10) as answer:
            return json.loads(answer.read())

    def forget_model_statistics(self) -> None:
        urllib.request.urlopen(urllib.request.Request(f"{self.model_endpoint}/_model/reset", method="POST"), timeout=10).read()

    # For a failure's report --------------------------------------------------------------------------------------------

    def log_tails(self, lines: int = 25) -> list[tuple[str, str]]:
        tails = []
        for path in (self.project / ".arbiter" / "local" / "local-cloud.log", self.project / "model-server.log"):
            if path.exists():
                tails.append((path.name, "\n".join(path.read_text(errors="replace").splitlines()[-lines:])))
        logs = self.client("logs")
        for function in FUNCTIONS:
            name = self.outputs.get(f"{function}FunctionName")
            if name is None:
                continue
            try:
                events = [event for page in logs.get_paginator("filter_log_events").paginate(logGroupName=f"/aws/lambda/{name}")
                          for event in page["events"]]
            except Exception as error:
                tails.append((name, f"its log cannot be read: {error}"))
                continue
            # The local cloud's START, END and REPORT lines say little about what went wrong.
            told = [event["message"].rstrip() for event in sorted(events, key=lambda event: event["timestamp"])
                    if not re.match(r"(START|END|REPORT) |\{\"time\":\"[^\"]*\",\"type\":\"platform", event["message"])]
            tails.append((name, "\n".join(line[:600] for line in told[-lines:])))
        return tails
