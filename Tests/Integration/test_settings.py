"""What the configuration allows, the functions start with, and what it refuses they refuse: without a cloud, the packaged programs only."""

from __future__ import annotations

import dataclasses
import http.server
import json
import pathlib
import queue
import subprocess
import threading
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from harness.cloud import ROOT
from infra import function_settings
from infra.configuration import FOLDER, load
from infra.settings import Configuration

FUNCTIONS: dict[str, Callable[[Configuration], dict[str, str]]] = {
    "supervisor": function_settings.supervisor, "worker-wrapper": function_settings.worker_wrapper}

START_SECONDS = 30
STARTED = "started"

# What the stack adds, and what Lambda does.
RESOURCES = {name: "name" for name in (
    "ORCHESTRATION_TABLE", "WORKER_STATE_TABLE", "AGENT_CONFIG_TABLE", "TOOLS_CONFIG_TABLE", "AGENT_BUCKET_NAME", "EVENT_BUS_NAME",
    "COMPLETION_BUS_NAME")} | {name: "https://sqs.us-east-1.amazonaws.com/123456789012/name" for name in ("WORKER_QUEUE_URL", "FABRICATOR_QUEUE_URL")}
LAMBDA = {"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_LAMBDA_FUNCTION_NAME": "function",
          "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024", "_HANDLER": "bootstrap"}


class RuntimeAPI(http.server.ThreadingHTTPServer):
    """Lambda's Runtime API as far as a function's start: hears whether it asks for an event, or says that it cannot start."""

    def __init__(self) -> None:
        self.heard: queue.Queue[str] = queue.Queue()
        self.over = threading.Event()
        super().__init__(("127.0.0.1", 0), _Request)


class _Request(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.heard.put(STARTED)
        self.server.over.wait()  # No event comes: the program is ended instead.

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()
        if self.path.endswith("/init/error"):
            self.server.heard.put(body.decode())

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pathlib.Path]:
    folders = {}
    for name in FUNCTIONS:
        folders[name] = tmp_path_factory.mktemp(name)
        with zipfile.ZipFile(ROOT / "dist" / f"{name}.zip") as archive:
            archive.extractall(folders[name])
        (folders[name] / "bootstrap").chmod(0o755)
    return folders


@pytest.fixture
def start(programs: dict[str, pathlib.Path]) -> Iterator[Callable[[str, Configuration], str]]:
    """Starts a function with the settings of a configuration: "started", or what it says to be wrong."""

    def run(name: str, configuration: Configuration) -> str:
        api = RuntimeAPI()
        threading.Thread(target=api.serve_forever, args=(0.01,), daemon=True).start()
        environment = {**LAMBDA, **RESOURCES, **FUNCTIONS[name](configuration), "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{api.server_port}",
                       "LAMBDA_TASK_ROOT": str(programs[name])}
        program = subprocess.Popen([programs[name] / "bootstrap"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            return api.heard.get(timeout=START_SECONDS)
        finally:
            program.kill()
            program.wait()
            api.over.set()
            api.shutdown()
            api.server_close()

    yield run


def replaced(part: Any, path: tuple[str, ...], value: Any) -> Any:
    return dataclasses.replace(part, **{path[0]: value if len(path) == 1 else replaced(getattr(part, path[0]), path[1:], value)})


def numbers(schema: dict[str, Any], whole: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Every field that is a number, with its schema."""
    if "$ref" in schema:
        schema = whole["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    schema = next((choice for choice in schema.get("anyOf", []) if choice.get("type") == "number"), schema)
    if schema.get("type") in ("integer", "number"):
        yield path, schema
    elif schema.get("type") == "object":
        for name, part in schema.get("properties", {}).items():
            yield from numbers(part, whole, (*path, name))


def settings() -> list[Any]:
    """Every number of schema.json that a function reads: path, function, variable, least and most."""
    whole = json.loads((FOLDER / "schema.json").read_text())
    base, found = load("dev"), []
    for path, schema in numbers(whole, whole):
        least, most = schema["minimum"], schema["maximum"]
        for name, variables in FUNCTIONS.items():
            low, high = variables(replaced(base, path, least)), variables(replaced(base, path, most))
            for variable in sorted(variable for variable in low if low[variable] != high[variable]):
                found.append(pytest.param(path, name, variable, schema, id=f"{'.'.join(path)}-{name}"))
    return found


def test_the_settings_are_found() -> None:
    assert {parameters.values[2] for parameters in settings()} >= {
        "MAX_ROUNDS", "MAX_TASKS_PER_ROUND", "MAX_DEPTH", "DEADLINE_SECONDS", "MAX_DEADLINE_SECONDS", "TASK_TIMEOUT_SECONDS", "BUDGET_USD",
        "MAX_BUDGET_USD", "INLINE_PAYLOAD_BYTES",
        "MODEL_MAX_TOKENS", "MODEL_TEMPERATURE", "REGISTRY_TTL_SECONDS", "LEASE_SECONDS", "AGENT_TURNS", "AGENT_BUDGET_USD"}


@pytest.mark.parametrize(("path", "name", "variable", "schema"), settings())
def test_both_bounds_are_the_functions_own(
        start: Callable[[str, Configuration], str], path: tuple[str, ...], name: str, variable: str, schema: dict[str, Any]) -> None:
    base, whole = load("dev"), schema["type"] == "integer"
    for value in (schema["minimum"], schema["maximum"]):
        assert start(name, replaced(base, path, value)) == STARTED, value
    below = schema["minimum"] - (1 if whole else schema["minimum"] / 2 or 0.001)
    for value in (below, schema["maximum"] + (1 if whole else 0.001)):
        refusal = start(name, replaced(base, path, value))
        assert variable in refusal and "EnvironmentError" in refusal, (value, refusal)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(("path", "value"), [
    (("model", "temperature"), "none"),
    (("model", "id"), "arn:aws:bedrock:us-east-1:123456789012:inference-profile/" + "x" * 1900),
    (("model", "prices"), {"asOf": "2026-08-01", "models": {"maker.model": {"input": 0, "output": 1000000, "cacheRead": 1e-07}}}),
    (("supervisor", "prompt"), "You plan.\n" * 200),
    (("supervisor", "chatterEvents"), False),
    (("environment",), "dev"),
])
def test_other_settings_start_too(start: Callable[[str, Configuration], str], name: str, path: tuple[str, ...], value: Any) -> None:
    assert start(name, replaced(load("dev"), path, value)) == STARTED
