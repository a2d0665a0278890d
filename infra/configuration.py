"""The configuration of an environment: config/<environment>.yaml merged over config/base.yaml, checked, and typed."""

from __future__ import annotations

import dataclasses
import difflib
import json
import pathlib
import re
from typing import Any

import jsonschema
import yaml

FOLDER = pathlib.Path(__file__).resolve().parent / "config"
ROOT = FOLDER.parent.parent

Path = tuple[str | int, ...]
# Where each value stands: the file and the line of its key.
Origins = dict[Path, tuple[pathlib.Path, int]]


class ConfigurationError(Exception):
    """What is wrong in the configuration, one line a fault: `file:line: path: what, and what is allowed`."""


@dataclasses.dataclass(frozen=True)
class Function:
    memoryMegabytes: int
    timeoutSeconds: int


@dataclasses.dataclass(frozen=True)
class WorkerFunction(Function):
    batchSize: int
    maximumConcurrency: int


@dataclasses.dataclass(frozen=True)
class Functions:
    architecture: str
    logLevel: str
    logRetentionDays: int
    tracing: bool
    supervisor: Function
    workerWrapper: WorkerFunction
    configSeeder: Function


@dataclasses.dataclass(frozen=True)
class Queues:
    minimumVisibilitySeconds: int
    retentionDays: int
    maximumReceives: int
    deadLetterRetentionDays: int


@dataclasses.dataclass(frozen=True)
class Events:
    retryAttempts: int
    maximumAgeSeconds: int
    sweepMinutes: int


@dataclasses.dataclass(frozen=True)
class Tables:
    pointInTimeRecovery: bool


@dataclasses.dataclass(frozen=True)
class Bucket:
    enforceTLS: bool


@dataclasses.dataclass(frozen=True)
class Model:
    id: str
    maxTokens: int
    temperature: float
    agents: tuple[str, ...]
    regions: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Limits:
    rounds: int
    tasksPerRound: int
    depth: int
    deadlineSeconds: int
    taskTimeoutSeconds: int
    budgetUSD: float
    inlinePayloadBytes: int


@dataclasses.dataclass(frozen=True)
class Seed:
    agentsFile: str | None


@dataclasses.dataclass(frozen=True)
class Configuration:
    """One environment. The fields and their units are those of config/schema.json."""

    environment: str
    prefix: str
    removal: str
    functions: Functions
    queues: Queues
    events: Events
    tables: Tables
    bucket: Bucket
    model: Model
    limits: Limits
    seed: Seed


def environments(folder: pathlib.Path = FOLDER) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.yaml") if path.stem != "base")


def load(environment: str, folder: pathlib.Path = FOLDER) -> Configuration:
    """The configuration of `environment`; raises ConfigurationError that names file, line, path and the allowed values."""
    known = environments(folder)
    if environment not in known:
        raise ConfigurationError(f"environment {environment!r} has no file in {shown(folder)}: there are {', '.join(known)}")
    origins: Origins = {}
    merged = merge(read(folder / "base.yaml", origins), read(folder / f"{environment}.yaml", origins))
    check(merged, origins, folder / f"{environment}.yaml")
    configuration = typed(Configuration, {"environment": environment, **merged})
    check_beyond_schema(configuration, origins)
    return configuration


# Reading and merging -------------------------------------------------------------------------------------------------


def read(file: pathlib.Path, origins: Origins) -> dict[str, Any]:
    """The mapping in `file`; notes in `origins` where each of its values stands."""
    try:
        node = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigurationError(f"{shown(file)}:{line}: not YAML: {error.problem}") from error
    if node is None:
        return {}
    if not isinstance(node, yaml.MappingNode):
        raise ConfigurationError(f"{shown(file)}:1: expected a mapping of fields")
    note(node, (), file, origins)
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def note(node: yaml.Node, path: Path, file: pathlib.Path, origins: Origins) -> None:
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            line = key.start_mark.line + 1
            if key.value in seen:
                raise ConfigurationError(f"{shown(file)}:{line}: {dotted((*path, key.value))}: given twice in this mapping")
            seen.add(key.value)
            origins[(*path, key.value)] = (file, line)
            note(value, (*path, key.value), file, origins)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            origins[(*path, index)] = (file, value.start_mark.line + 1)
            note(value, (*path, index), file, origins)


def merge(base: Any, over: Any) -> Any:
    """Mappings are merged field by field; anything else is replaced."""
    if isinstance(base, dict) and isinstance(over, dict):
        return {key: merge(base[key], over[key]) if key in base and key in over else over.get(key, base.get(key)) for key in {**base, **over}}
    return over


# Checking ------------------------------------------------------------------------------------------------------------


def check(merged: dict[str, Any], origins: Origins, file: pathlib.Path) -> None:
    schema = json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))
    faults = []
    for error in jsonschema.Draft202012Validator(schema).iter_errors(merged):
        faults.extend(faults_of(error, origins, file))
    if faults:
        raise ConfigurationError("\n".join(text for _, text in sorted(faults)))


def faults_of(error: jsonschema.ValidationError, origins: Origins, file: pathlib.Path) -> list[tuple[tuple[str, int], str]]:
    path: Path = tuple(error.absolute_path)
    if error.validator == "additionalProperties":
        allowed = list(error.schema["properties"])
        return [
            fault((*path, name), f"unknown field{suggestion(name, allowed)}; allowed: {', '.join(allowed)}", origins, file)
            for name in error.instance if name not in allowed
        ]
    if error.validator == "required":
        return [fault((*path, name), "missing", origins, file) for name in error.validator_value if name not in error.instance]
    value = json.dumps(error.instance)
    return [fault(path, f"{value} is not allowed; allowed: {allowed_by(error.schema)}", origins, file)]


def fault(path: Path, text: str, origins: Origins, file: pathlib.Path) -> tuple[tuple[str, int], str]:
    """A line of the report, with what it is sorted by."""
    known = path
    while known and known not in origins:
        known = known[:-1]
    where, line = origins.get(known, (file, 1))
    return (shown(where), line), f"{shown(where)}:{line}: {dotted(path)}: {text}"


def allowed_by(schema: dict[str, Any]) -> str:
    """A schema of a single value in words."""
    if "enum" in schema:
        return ", ".join(json.dumps(value) for value in schema["enum"])
    kind = schema.get("type", "any value")
    parts = [" or ".join(kind) if isinstance(kind, list) else kind]
    if "minimum" in schema:
        parts.append(f"from {schema['minimum']}")
    if "exclusiveMinimum" in schema:
        parts.append(f"above {schema['exclusiveMinimum']}")
    if "maximum" in schema:
        parts.append(f"to {schema['maximum']}")
    if "pattern" in schema:
        parts.append(f"matching {schema['pattern']}")
    if schema.get("uniqueItems"):
        parts.append("without repetition")
    return " ".join(parts)


def suggestion(name: str, allowed: list[str]) -> str:
    near = difflib.get_close_matches(name, allowed, n=1)
    return f" (did you mean {near[0]}?)" if near else ""


def check_beyond_schema(configuration: Configuration, origins: Origins) -> None:
    """Rules between fields, which a schema cannot say."""

    def refuse(path: Path, text: str) -> None:
        raise ConfigurationError(fault(path, text, origins, FOLDER / "base.yaml")[1])

    queues = configuration.queues
    if queues.deadLetterRetentionDays <= queues.retentionDays:
        refuse(("queues", "deadLetterRetentionDays"),
               f"{queues.deadLetterRetentionDays} must be more than queues.retentionDays ({queues.retentionDays}): "
               "a dead letter keeps the age it had in its first queue")
    file = configuration.seed.agentsFile
    if file is not None and not (ROOT / file).is_file():
        refuse(("seed", "agentsFile"), f"{file!r}: there is no such file under the repository's root")


def dotted(path: Path) -> str:
    return re.sub(r"\.\[", "[", ".".join(f"[{part}]" if isinstance(part, int) else part for part in path)) or "the whole file"


def shown(path: pathlib.Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


# Typing --------------------------------------------------------------------------------------------------------------


def typed(kind: type, values: dict[str, Any]) -> Any:
    """An instance of the dataclass `kind` from values that the schema has checked."""
    fields = {}
    for field in dataclasses.fields(kind):
        value = values[field.name]
        if isinstance(value, dict):
            value = typed(globals()[field.type], value)
        elif isinstance(value, list):
            value = tuple(value)
        fields[field.name] = value
    return kind(**fields)
