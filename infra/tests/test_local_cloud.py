"""The local cloud's launcher: delays, environment of the functions, state, and that nothing stays behind."""

from __future__ import annotations

import json
import os
import pathlib
import signal
import socket
import statistics
import subprocess
import sys
import time
from typing import Any

from infra.configuration import ROOT
from infra.tests.conftest import client, free_port, local_cloud

# The project's own bound for a warm invocation, as a caller sees it.
WARM_MILLISECONDS = 10


def create_function(cloud: dict[str, Any], packages: pathlib.Path, name: str = "probe") -> Any:
    service = client(cloud, "lambda")
    service.create_function(
        FunctionName=name, Runtime="provided.al2023", Role="arn:aws:iam::123456789012:role/probe", Handler="bootstrap",
        Code={"ZipFile": (packages / "supervisor.zip").read_bytes()})
    return service


def test_a_warm_invocation_is_quick(cloud: dict[str, Any], packages: pathlib.Path) -> None:
    service = create_function(cloud, packages)
    durations = []
    for number in range(60):
        began = time.perf_counter()
        answer = json.loads(service.invoke(FunctionName="probe", Payload=json.dumps({"number": number}))["Payload"].read())
        durations.append((time.perf_counter() - began) * 1000)
        assert answer == {"number": number}
    assert statistics.median(durations[1:]) <= WARM_MILLISECONDS


def test_functions_inherit_nothing_of_the_caller(packages: pathlib.Path, tmp_path: pathlib.Path, monkeypatch: Any) -> None:
    state = tmp_path / "cloud"
    with monkeypatch.context() as caller:
        caller.setenv("AWS_PROFILE", "production")
        caller.setenv("AWS_SESSION_TOKEN", "secret")
        caller.setenv("HTTPS_PROXY", "http://proxy.invalid")
        assert local_cloud("--detach", "--port", str(free_port()), "--state", str(state), "--model-endpoint", "http://127.0.0.1:9",
                           "--function-environment", "GREETING=hello").returncode == 0
    try:
        description = json.loads((state / "local-cloud.json").read_text())
        service = create_function(description, packages)
        service.invoke(FunctionName="probe", Payload=b"{}")["Payload"].read()
        child, = children(description["pid"])
        environment = dict(line.split("=", 1) for line in pathlib.Path(f"/proc/{child}/environ").read_text().split("\0") if line)
        assert not {"AWS_PROFILE", "HTTPS_PROXY"} & set(environment)
        assert environment.get("AWS_SESSION_TOKEN", "") == ""
        assert environment["AWS_ENDPOINT_URL"] == description["endpoint"]
        assert environment["AWS_ENDPOINT_URL_BEDROCK_RUNTIME"] == environment["AWS_ENDPOINT_URL_BEDROCK_AGENTCORE"] == "http://127.0.0.1:9"
        assert environment["GREETING"] == "hello"
    finally:
        assert local_cloud("--stop", "--state", str(state)).returncode == 0
    assert not pathlib.Path(f"/proc/{child}").exists(), "a function outlived its cloud"


def test_state_survives_a_stop(packages: pathlib.Path, tmp_path: pathlib.Path) -> None:
    arguments = ("--detach", "--port", str(free_port()), "--state", str(tmp_path))
    for run in range(2):
        assert local_cloud(*arguments).returncode == 0
        try:
            cloud = json.loads((tmp_path / "local-cloud.json").read_text())
            tables = client(cloud, "dynamodb")
            if run == 0:
                tables.create_table(TableName="kept", BillingMode="PAY_PER_REQUEST",
                                    KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                                    AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
                tables.put_item(TableName="kept", Item={"id": {"S": "1"}})
            assert tables.scan(TableName="kept")["Count"] == 1
        finally:
            assert local_cloud("--stop", "--state", str(tmp_path)).returncode == 0


def test_after_a_kill_it_starts_from_the_last_clean_end(tmp_path: pathlib.Path) -> None:
    arguments = ("--detach", "--port", str(free_port()), "--state", str(tmp_path))
    seen = []
    for bucket, end in (("saved", None), ("unsaved", signal.SIGKILL), ("unsaved", None)):
        assert local_cloud(*arguments).returncode == 0
        cloud = json.loads((tmp_path / "local-cloud.json").read_text())
        store = client(cloud, "s3")
        seen.append(sorted(found["Name"] for found in store.list_buckets()["Buckets"]))
        store.create_bucket(Bucket=bucket)
        store.put_object(Bucket=bucket, Key="key", Body=b"value")
        if end is None:
            assert local_cloud("--stop", "--state", str(tmp_path)).returncode == 0
        else:
            os.kill(cloud["pid"], end)
            while local_cloud("--status", "--state", str(tmp_path)).returncode == 0:
                pass
    assert seen == [[], ["saved"], ["saved"]]


def test_only_the_loopback_interface_is_served(cloud: dict[str, Any]) -> None:
    port = int(cloud["endpoint"].rsplit(":", 1)[1])
    listening = [line.split()[1].split(":") for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:] if line.split()[3] == "0A"]
    assert {address for address, bound in listening if int(bound, 16) == port} == {"0100007F"}


def test_status_and_a_second_start_and_stop(cloud: dict[str, Any]) -> None:
    state = str(cloud["state"])
    status = local_cloud("--status", "--state", state)
    assert (status.returncode, json.loads(status.stdout)["pid"]) == (0, cloud["pid"])
    again = local_cloud("--detach", "--state", state)
    assert (again.returncode, "already running" in again.stderr) == (0, True)


def test_a_second_start_in_the_foreground_touches_nothing_of_the_first(cloud: dict[str, Any]) -> None:
    state = cloud["state"]
    store = client(cloud, "s3")
    store.create_bucket(Bucket="precious")
    store.put_object(Bucket="precious", Key="key", Body=b"value")
    for options in ((), ("--forget",)):
        second = local_cloud("--state", str(state), "--port", str(free_port()), *options)
        assert second.returncode == 1
        assert f"one is running at {cloud['endpoint']}" in second.stderr and "--stop" in second.stderr
    assert local_cloud("--status", "--state", str(state)).returncode == 0
    assert store.get_object(Bucket="precious", Key="key")["Body"].read() == b"value"


def test_of_two_starts_at_the_same_time_one_is_the_cloud(tmp_path: pathlib.Path) -> None:
    ports = [free_port(), free_port()]
    command = [sys.executable, ROOT / "Scripts" / "local_cloud.py", "--detach", "--state", tmp_path]
    starts = [subprocess.Popen([*command, "--port", str(port)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for port in ports]
    try:
        for start in starts:
            start.communicate(timeout=60)
        running = json.loads(local_cloud("--status", "--state", str(tmp_path)).stdout)
        assert [port for port in ports if listens(port)] == [int(running["endpoint"].rsplit(":", 1)[1])]
    finally:
        assert local_cloud("--stop", "--state", str(tmp_path)).returncode == 0


def test_without_a_cloud_status_says_so(tmp_path: pathlib.Path) -> None:
    assert local_cloud("--status", "--state", str(tmp_path)).returncode == 3
    assert local_cloud("--stop", "--state", str(tmp_path)).returncode == 0


def test_a_taken_port_is_named(cloud: dict[str, Any], tmp_path: pathlib.Path) -> None:
    port = cloud["endpoint"].rsplit(":", 1)[1]
    result = local_cloud("--detach", "--port", port, "--state", str(tmp_path / "other"))
    assert result.returncode == 1
    assert f"port {port} is taken" in result.stderr


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def children(parent: int) -> list[int]:
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                status = pathlib.Path(f"/proc/{entry}/stat").read_text()
            except OSError:
                continue
            if int(status.rsplit(")", 1)[1].split()[1]) == parent:
                found.append(int(entry))
    return found


class LogsDouble:
    """A log group as ministack answers for it: 10,000 events at the most, and no word of others."""

    def __init__(self, timestamps: list[int]) -> None:
        self.events = [{"timestamp": timestamp, "message": str(number)} for number, timestamp in enumerate(timestamps)]

    def get_paginator(self, _operation: str) -> LogsDouble:
        return self

    def paginate(self, logGroupName: str, startTime: int) -> list[dict[str, Any]]:
        return [{"events": [event for event in self.events if event["timestamp"] >= startTime][:10_000]}]


def test_more_log_lines_than_one_answer_holds_are_all_read() -> None:
    sys.path.insert(0, str(ROOT / "Scripts"))
    from local_cloud import log_events

    # Several lines a millisecond, so that answers end in the middle of one.
    double = LogsDouble([number // 3 for number in range(35_000)])
    assert [event["message"] for event in log_events(double, "group")] == [str(number) for number in range(35_000)]
    assert log_events(LogsDouble([]), "group") == []
