"""What the configuration allows, the functions start with, and what it refuses they refuse: without a cloud, the packaged programs only."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from harness.cloud import ARBITER, ROOT
from infra import function_settings
from infra.configuration import FOLDER, load
from infra.settings import Configuration

FUNCTIONS: dict[str, Callable[[Configuration], dict[str, str]]] = {
    "supervisor": function_settings.supervisor, "worker-wrapper": function_settings.worker_wrapper, "fabricator": function_settings.fabricator}

START_SECONDS = 30
STARTED = "started"

# What the stack adds.
RESOURCES = {name: "name" for name in (
    "ORCHESTRATION_TABLE", "WORKER_STATE_TABLE", "AGENT_CONFIG_TABLE", "TOOLS_CONFIG_TABLE", "AGENT_BUCKET_NAME", "EVENT_BUS_NAME",
    "COMPLETION_BUS_NAME")} | {name: "https://sqs.us-east-1.amazonaws.com/123456789012/name" for name in ("WORKER_QUEUE_URL", "FABRICATOR_QUEUE_URL")}


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pathlib.Path]:
    subprocess.run(["swift", "build", "--quiet", "--product", "arbiter"], cwd=ROOT, check=True)
    folders = {}
    for name in FUNCTIONS:
        folders[name] = tmp_path_factory.mktemp(name)
        with zipfile.ZipFile(ROOT / "dist" / f"{name}.zip") as archive:
            archive.extractall(folders[name])
        (folders[name] / "bootstrap").chmod(0o755)
    return folders


@pytest.fixture
def start(programs: dict[str, pathlib.Path], tmp_path: pathlib.Path) -> Iterator[Callable[[str, Configuration], str]]:
    """Starts a function with the settings of a configuration: "started", or what it says to be wrong."""

    def run(name: str, configuration: Configuration) -> str:
        settings = {**RESOURCES, **FUNCTIONS[name](configuration)}
        done = subprocess.run(
            [ARBITER, "invoke", programs[name] / "bootstrap", "--repeat", "0", "--json", "--region", "us-east-1",
             *(part for pair in settings.items() for part in ("--set", "=".join(pair)))],
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "ARBITER_PROJECT": str(tmp_path)}, capture_output=True, text=True, check=False,
            timeout=START_SECONDS)
        told = json.loads(done.stdout)
        if done.returncode == 0:
            assert told["startMicroseconds"] > 0 and told["problem"] is None, told
            return STARTED
        assert "could not start" in told["problem"], done
        return json.dumps(told["error"])

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
        "MODEL_MAX_TOKENS", "MODEL_TEMPERATURE", "REGISTRY_TTL_SECONDS", "LEASE_SECONDS", "AGENT_TURNS", "AGENT_BUDGET_USD",
        "SANDBOX_CPU_MS", "SANDBOX_MEMORY_BYTES", "SANDBOX_OUTPUT_BYTES", "SANDBOX_HOST_CALLS", "SANDBOX_HOST_CALL_BYTES", "AGENT_QUARANTINE_FAILURES",
        "FABRICATOR_MAX_TOKENS", "FABRICATION_TURNS", "FABRICATION_BUDGET_USD"}


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
    (("sandbox", "locks"), "available"),
    (("sandbox", "httpAllowList"), ("api.example.com", "*.example.com", "http://192.0.2.7:8080", "[2001:db8::7]")),
    (("fabrication", "approval"), "manual"),
    (("environment",), "dev"),
])
def test_other_settings_start_too(start: Callable[[str, Configuration], str], name: str, path: tuple[str, ...], value: Any) -> None:
    assert start(name, replaced(load("dev"), path, value)) == STARTED
