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
import threading
import time
import urllib.request
from typing import Any

import boto3
from botocore.config import Config

from harness import processes
from harness.waiting import wait_until

ROOT = pathlib.Path(__file__).resolve().parents[3]
ARBITER = ROOT / ".build" / "debug" / "arbiter"
FUNCTIONS = ("Supervisor", "WorkerWrapper", "Fabricator", "ConfigSeeder", "AgentInvoker")
REGION = "us-east-1"

START_SECONDS = 60
# Longer than anything that the functions wait for while they are at work.
REST_SECONDS = 0.5
# What a process uses for waking up now and then; an invocation takes more.
WAKING_MILLISECONDS = 0.3


def with_parent() -> None:
    """Ends the child with this process, whatever ends this process."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def joined(scenarios: tuple[pathlib.Path, ...], file: pathlib.Path) -> pathlib.Path:
    """One scenario with the rules and faults of all, whose files are found where each of them is."""

    def placed(value: Any, folder: pathlib.Path) -> Any:
        if isinstance(value, list):
            return [placed(element, folder) for element in value]
        if isinstance(value, dict):
            return {name: str(folder / part) if name == "$file" else placed(part, folder) for name, part in value.items()}
        return value

    whole: dict[str, Any] = {"name": "tests", "rules": [], "faults": []}
    for scenario in scenarios:
        read = json.loads(scenario.read_text())
        for part in ("rules", "faults"):
            whole[part] += placed(read.get(part, []), scenario.parent)
    file.write_text(json.dumps(whole))
    return file


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
    _session: Any = None
    _clients: dict[str, Any] = dataclasses.field(default_factory=dict)
    _lock: threading.Lock = dataclasses.field(default_factory=threading.Lock)

    # Starting and stopping ---------------------------------------------------------------------------------------------

    @classmethod
    def start(cls, project: pathlib.Path, *scenarios: pathlib.Path, recording: pathlib.Path | None = None) -> Cloud:
        """Of several scenarios the first that has a rule for a request answers it. `recording` gets a line for each model call that was
        answered."""
        (project / ".arbiter").mkdir()
        (project / "dist").symlink_to(ROOT / "dist")
        scenario = joined(scenarios, project / "scenario.json")
        with (project / "model-server.log").open("wb") as log:
            server = subprocess.Popen(
                [ARBITER, "model-server", "--backend", "scripted", "--scenario", scenario, "--port", "0",
                 *(["--record", recording] if recording else [])],
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
        """Ends everything at once: nobody will look at this cloud's state again."""
        functions = self.function_processes() if self.local_cloud is not None else []
        for process in (self.local_cloud, self.model_server):
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()
        processes.kill(functions)

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
        # Clients may be shared by threads, and are slow to make.
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._reach("client", service)
            return self._clients[service]

    def table(self, output: str) -> Any:
        """A table by the name of its output, with rows as Python values. For the tests' own thread only."""
        with self._lock:
            if "tables" not in self._clients:
                self._clients["tables"] = self._reach("resource", "dynamodb")
            return self._clients["tables"].Table(self.outputs[output])

    def _reach(self, kind: str, service: str) -> Any:
        if self._session is None:
            self._session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION)
        return getattr(self._session, kind)(
            service, endpoint_url=self.endpoint, config=Config(retries={"max_attempts": 1, "mode": "standard"}, max_pool_connections=20))

    def environment(self) -> dict[str, str]:
        """For programs that look for a checkout and its local cloud."""
        return {"PATH": os.environ["PATH"], "HOME": str(self.project), "ARBITER_PROJECT": str(self.project)}

    def function_processes(self) -> list[int]:
        return processes.children(self.local_cloud.pid)

    def invoke_supervisor(self, event: dict[str, Any]) -> Any:
        """The Supervisor's answer to one event."""
        answer = self.client("lambda").invoke(FunctionName=self.outputs["SupervisorFunctionName"], Payload=json.dumps(event).encode())
        return json.loads(answer["Payload"].read())

    def invocations(self, function: str, since: float) -> int:
        """How often a function has been invoked since a time, by its log. The local cloud's metrics know direct invocations only."""
        return sum(message.startswith("START RequestId:") for message in self._log(function, since))

    def failures(self, function: str, since: float) -> list[str]:
        """What the log of a function says about invocations that failed since a time, after which Lambda would deliver an event again."""
        return [message for message in self._log(function, since) if '"errorType"' in message or "Task timed out" in message]

    def _log(self, function: str, since: float) -> list[str]:
        # The local cloud answers with the first 10,000 lines only, a burst's worth.
        events = self.client("logs").get_paginator("filter_log_events").paginate(
            logGroupName=f"/aws/lambda/{self.outputs[f'{function}FunctionName']}", startTime=int(since * 1000))
        return [event["message"] for page in events for event in page["events"]]

    def sweep(self) -> Any:
        """What the schedule does every minute."""
        return self.invoke_supervisor(json.loads((ROOT / "events" / "scheduled-sweep.json").read_text()))

    # Rest -------------------------------------------------------------------------------------------------------------

    def queued(self) -> dict[str, int]:
        """How many messages the deployment's queues hold, waiting or being worked on; queues without any are left out."""
        names, found = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed"), {}
        for output, address in self.outputs.items():
            if output.endswith("QueueUrl"):
                attributes = self.client("sqs").get_queue_attributes(QueueUrl=address, AttributeNames=["All"])["Attributes"]
                if count := sum(int(attributes[name]) for name in names):
                    found[output] = count
        return found

    def await_rest(self, seconds: float = 30) -> None:
        """Waits until the queues are empty, dead letters included, and no function has used the processor for a while."""
        used: dict[int, float] = {}
        since = 0.0

        def resting() -> bool:
            nonlocal used, since
            now = {process: processes.used_milliseconds(process) for process in self.function_processes()}
            if now.keys() != used.keys() or any(now[process] - used[process] > WAKING_MILLISECONDS for process in now):
                used, since = now, time.monotonic()
            return time.monotonic() - since > REST_SECONDS and not self.queued() and self.model_statistics()["inFlight"] == 0

        wait_until("the cloud is at rest", resting, seconds, seen=self.queued)

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
                pages = logs.get_paginator("filter_log_events").paginate(
                    logGroupName=f"/aws/lambda/{name}", startTime=int((time.time() - 120) * 1000))
                events = [event for page in pages for event in page["events"]]
            except Exception as error:
                tails.append((name, f"its log cannot be read: {error}"))
                continue
            # The local cloud's START, END and REPORT lines say little about what went wrong.
            told = [event["message"].rstrip() for event in sorted(events, key=lambda event: event["timestamp"])
                    if not re.match(r"(START|END|REPORT) |\{\"time\":\"[^\"]*\",\"type\":\"platform", event["message"])]
            tails.append((name, "\n".join(line[:600] for line in told[-lines:])))
        return tails
