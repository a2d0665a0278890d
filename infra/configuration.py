"""The configuration of an environment: config/<environment>.yaml merged over config/base.yaml, checked, and typed."""

from __future__ import annotations

import dataclasses
import difflib
import json
import math
import pathlib
import platform
import re
from collections.abc import Callable
from typing import Any

import jsonschema
import yaml

from infra import model_ids, settings
from infra.settings import Configuration, CostOptimizer, Seed
from infra.workflows import cost_analysis

FOLDER = pathlib.Path(__file__).resolve().parent / "config"
ROOT = FOLDER.parent.parent

# As platform.machine() and as Lambda call them.
MACHINES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}
# Lambda takes 4 KB of variables in all; this is what the others leave for those that may be long.
FREE_VARIABLE_BYTES = 2500

Path = tuple[str | int, ...]
# Where each value stands: the file and the line of its key.
Origins = dict[Path, tuple[pathlib.Path, int]]


class ConfigurationError(Exception):
    """What is wrong in the configuration, one line a fault: `file:line: path: what, and what is allowed`."""


def environments(folder: pathlib.Path = FOLDER) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.yaml") if path.stem != "base")


def load(environment: str, folder: pathlib.Path = FOLDER, seed: str | None = None) -> Configuration:
    """The configuration of `environment`; raises ConfigurationError that names file, line, path and the allowed values.

    `seed` is a file of registry rows in place of seed.agentsFile."""
    known = environments(folder)
    if environment not in known:
        raise ConfigurationError(f"environment {environment!r} has no file in {shown(folder)}: there are {', '.join(known)}")
    origins: Origins = {}
    merged = merge(read(folder / "base.yaml", origins), read(folder / f"{environment}.yaml", origins))
    check(merged, origins, folder / f"{environment}.yaml")
    if seed:
        merged["seed"]["agentsFile"] = seed
        # Faults of that file are those of whoever named it.
        origins.pop(("seed", "agentsFile"), None)
    configuration = typed(Configuration, {"environment": environment, **merged})
    check_beyond_schema(configuration, origins)
    if configuration.functions.architecture == "host":
        functions = dataclasses.replace(configuration.functions, architecture=MACHINES[platform.machine().lower()])
        return dataclasses.replace(configuration, functions=functions)
    return configuration


# Reading and merging -------------------------------------------------------------------------------------------------


class Loader(yaml.SafeLoader):
    """YAML as JSON knows it: a date is a text like any other."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def read(file: pathlib.Path, origins: Origins) -> dict[str, Any]:
    """The mapping in `file`; notes in `origins` where each of its values stands."""
    try:
        loader = Loader(file.read_text(encoding="utf-8"))
        node = loader.get_single_node()
        if node is None:
            return {}
        if not isinstance(node, yaml.MappingNode):
            raise ConfigurationError(f"{shown(file)}:1: expected a mapping of fields")
        note(node, (), file, origins)
        return loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise ConfigurationError(f"{shown(file)}:{line}: not YAML: {error.problem}") from error
    except (yaml.YAMLError, ValueError) as error:
        # Bytes that are no text, or a value that its own tag does not allow.
        raise ConfigurationError(f"{shown(file)}:1: cannot be read: {error}") from error


def note(node: yaml.Node, path: Path, file: pathlib.Path, origins: Origins, above: tuple[yaml.Node, ...] = ()) -> None:
    """Notes where the values below `node` stand, and refuses what no configuration can mean."""
    if node in above:
        raise ConfigurationError(f"{shown(file)}:{node.start_mark.line + 1}: {dotted(path)}: refers to itself")
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            line = key.start_mark.line + 1
            if key.tag != "tag:yaml.org,2002:str":
                written = repr(key.value) if isinstance(key, yaml.ScalarNode) else f"a {key.id}"
                raise ConfigurationError(f"{shown(file)}:{line}: {dotted(path)}: the name of a field must be text, not {written}")
            if key.value in seen:
                raise ConfigurationError(f"{shown(file)}:{line}: {dotted((*path, key.value))}: given twice in this mapping")
            seen.add(key.value)
            origins[(*path, key.value)] = (file, line)
            note(value, (*path, key.value), file, origins, (*above, node))
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            origins[(*path, index)] = (file, value.start_mark.line + 1)
            note(value, (*path, index), file, origins, (*above, node))


def read_rows(file: pathlib.Path) -> list[dict[str, Any]]:
    """The registry rows in a JSON file; raises ConfigurationError that says where it is wrong."""
    try:
        rows = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"{shown(file)}: cannot be read: {error.strerror}") from error
    except json.JSONDecodeError as error:
        raise ConfigurationError(f"{shown(file)}:{error.lineno}: not JSON: {error.msg}") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{shown(file)}: not UTF-8: {error.reason}") from error
    if not isinstance(rows, list):
        raise ConfigurationError(f"{shown(file)}: expected an array of registry rows")
    for index, row in enumerate(rows):
        if not isinstance(row, dict) or not isinstance(row.get("agentId"), str):
            raise ConfigurationError(f"{shown(file)}: [{index}]: expected a registry row with agentId, config and state")
    return rows


def seed_rows(seed: Seed) -> list[dict[str, Any]]:
    """The registry rows that a deployment brings along besides the fabricator's."""
    return read_rows(ROOT / seed.agentsFile) if seed.agentsFile else []


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
    # To a schema they are numbers like any other, and neither below a minimum nor above a maximum.
    for path in not_finite(merged):
        faults.append(fault(path, "not a number that can be counted with; allowed: finite numbers", origins, file))
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
    value = json.dumps(error.instance, default=str, ensure_ascii=False)
    return [fault(path, f"{value} is not allowed; allowed: {allowed_by(error.schema)}", origins, file)]


def not_finite(value: Any, path: Path = ()) -> list[Path]:
    """Where there is a NaN or an infinity."""
    if isinstance(value, float):
        return [] if math.isfinite(value) else [path]
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, part in parts for found in not_finite(part, (*path, key))]


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
    if "anyOf" in schema:
        return " or ".join(allowed_by(resolved(choice)) for choice in schema["anyOf"])
    if "const" in schema:
        return json.dumps(schema["const"])
    kind = schema.get("type", "any value")
    parts = [" or ".join(kind) if isinstance(kind, list) else kind]
    if "minimum" in schema:
        parts.append(f"from {schema['minimum']}")
    if "maximum" in schema:
        parts.append(f"to {schema['maximum']}")
    if "pattern" in schema:
        parts.append(f"matching {schema['pattern']}")
    if "minLength" in schema:
        parts.append("that is not empty")
    if "items" in schema:
        parts.append(f"of {allowed_by(resolved(schema['items']))}")
    if schema.get("uniqueItems"):
        parts.append("without repetition")
    return " ".join(parts)


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema itself, or the definition that it refers to."""
    if "$ref" not in schema:
        return schema
    whole = json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))
    return whole["$defs"][schema["$ref"].removeprefix("#/$defs/")]


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
    if configuration.functions.architecture == "host" and platform.machine().lower() not in MACHINES:
        refuse(("functions", "architecture"), f"Lambda has no architecture for this machine ({platform.machine()}): set x86_64 or arm64")
    check_models(configuration, refuse)
    check_cost_optimizer(configuration.costOptimizer, refuse)
    limits = configuration.limits
    for name, maximum in (("deadlineSeconds", "maximumDeadlineSeconds"), ("budgetUSD", "maximumBudgetUSD")):
        if getattr(limits, name) > getattr(limits, maximum):
            refuse(("limits", name), f"{getattr(limits, name):g} is more than {maximum} allows any request: {getattr(limits, maximum):g}")
    texts = {"supervisor.prompt": configuration.supervisor.prompt or "", "model.prices": json.dumps(configuration.model.prices),
             "model.id": configuration.model.id, "fabrication.model": configuration.fabrication.model or "",
             "sandbox.httpAllowList": ",".join(configuration.sandbox.httpAllowList)}
    if sum(len(text.encode()) for text in texts.values()) > FREE_VARIABLE_BYTES:
        longest, (*names, last) = max(texts, key=lambda name: len(texts[name])), texts
        refuse(tuple(longest.split(".")), f"{len(texts[longest].encode())} bytes are too many: {', '.join(names)} and {last} travel "
               f"in the functions' environment, which leaves {FREE_VARIABLE_BYTES} bytes for them")
    file = configuration.seed.agentsFile
    if file is not None:
        if not (ROOT / file).is_file():
            refuse(("seed", "agentsFile"), f"{file!r}: there is no such file under the repository's root")
        read_rows(ROOT / file)


def check_models(configuration: Configuration, refuse: Callable[[Path, str], None]) -> None:
    """What the permissions of an inference profile cannot be derived without."""
    model = configuration.model
    places: list[tuple[Path, str]] = [(("model", "id"), model.id)]
    if configuration.fabrication.model:
        places.append((("fabrication", "model"), configuration.fabrication.model))
    if configuration.costOptimizer.model not in (None, "none"):
        places.append((("costOptimizer", "model"), configuration.costOptimizer.model))
    places += [(("model", "agents", index), name) for index, name in enumerate(model.agents)]
    places += [(("model", "profileModels", index), name) for index, name in enumerate(model.profileModels)]
    for path, name in places:
        profile = model_ids.profile(name)
        if profile and profile.geography != model_ids.GLOBAL and not model.regions:
            refuse(path, f"{name} is an inference profile that routes to several regions: list them all in model.regions, as "
                   f"`aws bedrock get-inference-profile --inference-profile-identifier {profile.id}` shows them")
        if model_ids.is_application_profile(name) and not model.profileModels:
            refuse(path, f"{name} does not say which model it stands for: name it in model.profileModels")


def check_cost_optimizer(optimizer: CostOptimizer, refuse: Callable[[Path, str], None]) -> None:
    """What its workflow could not work with, whether it is deployed now or later."""

    def below(name: str, limit: str, why: str) -> None:
        if getattr(optimizer, name) > getattr(optimizer, limit):
            refuse(("costOptimizer", name), f"{getattr(optimizer, name)} is more than {limit} ({getattr(optimizer, limit)}): {why}")

    if optimizer.enabled and optimizer.image is None and optimizer.runtimeArn is None:
        refuse(("costOptimizer", "enabled"), "there is no agent: build and push its container (`make image`, Scripts/image.py push) and "
               "name it in costOptimizer.image, or name an AgentCore runtime that exists in costOptimizer.runtimeArn")
    if optimizer.image is not None and optimizer.runtimeArn is not None:
        refuse(("costOptimizer", "runtimeArn"), "given beside costOptimizer.image: which of them is the agent? Set one of them to null")
    below("pollSeconds", "maximumPollSeconds", "the waits between two looks at a session grow from the one to the other")
    below("startDeadlineSeconds", "totalSeconds", "it would never come")
    below("heartbeatLimitSeconds", "totalSeconds", "it would never come")
    below("modelSeconds", "totalSeconds", "nothing would be left for the report")
    if optimizer.heartbeatLimitSeconds < 2 * optimizer.heartbeatSeconds:
        refuse(("costOptimizer", "heartbeatLimitSeconds"), f"{optimizer.heartbeatLimitSeconds} is less than twice heartbeatSeconds "
               f"({optimizer.heartbeatSeconds}): one sign of life that comes late would end a session that is well")
    events = workflow_limits(optimizer).history_events
    if events > cost_analysis.MAXIMUM_HISTORY:
        refuse(("costOptimizer", "maximumPollSeconds"), f"{optimizer.maximumPollSeconds} makes up to {events} events in the history of one execution "
               f"of {optimizer.totalSeconds} s, and Step Functions ends an execution at {cost_analysis.MAXIMUM_HISTORY}: set it higher")


def workflow_limits(optimizer: CostOptimizer, invoker_timeout_seconds: int = 0) -> cost_analysis.Limits:
    """The limits of the workflow, in its own terms. The invocation is given a little longer than its function."""
    return cost_analysis.Limits(
        start_deadline_seconds=optimizer.startDeadlineSeconds, heartbeat_limit_seconds=optimizer.heartbeatLimitSeconds,
        total_seconds=optimizer.totalSeconds, poll_seconds=optimizer.pollSeconds, maximum_poll_seconds=optimizer.maximumPollSeconds,
        invocation_seconds=invoker_timeout_seconds + 10)


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
        if isinstance(value, dict) and hasattr(settings, field.type):
            value = typed(getattr(settings, field.type), value)
        elif isinstance(value, list):
            value = tuple(value)
        elif field.type == "int" and not isinstance(value, bool):
            # JSON Schema counts 5.0 as an integer, and what reads a variable does not.
            value = int(value)
        fields[field.name] = value
    return kind(**fields)
