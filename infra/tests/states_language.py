"""A linter of state machines in JSONata by the published rules of Amazon States Language, https://states-language.net/spec.html, and those of Step Functions
for JSONata, https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html, as far as our state machines go: no Map, no Parallel."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import jsonata

EVERYWHERE = {"Type", "Comment", "QueryLanguage"}
GOES_ON = {"Next", "End", "Output", "Assign"}
FIELDS = {
    "Task": EVERYWHERE | GOES_ON | {"Resource", "Arguments", "Retry", "Catch", "TimeoutSeconds", "HeartbeatSeconds", "Credentials"},
    "Choice": EVERYWHERE | {"Choices", "Default", "Output", "Assign"},
    "Wait": EVERYWHERE | GOES_ON | {"Seconds", "Timestamp"},
    "Pass": EVERYWHERE | GOES_ON,
    "Succeed": EVERYWHERE | {"Output"},
    "Fail": EVERYWHERE | {"Error", "Cause"},
}
NEEDED = {"Task": {"Resource"}, "Choice": {"Choices"}, "Wait": set(), "Pass": set(), "Succeed": set(), "Fail": set()}
RETRY = {"ErrorEquals", "IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds", "JitterStrategy", "Comment"}
CATCH = {"ErrorEquals", "Next", "Output", "Assign", "Comment"}
RULE = {"Condition", "Next", "Output", "Assign", "Comment"}
TOP = {"Comment", "StartAt", "States", "Version", "TimeoutSeconds", "QueryLanguage"}

# The whole of a JSONata text of a field.
EXPRESSION = re.compile(r"^\{%(.*)%\}$", re.DOTALL)
TEXT = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
VARIABLE = re.compile(r"\$([A-Za-z_]\w*)\b(?!\s*\()")
BOUND = re.compile(r"\$([A-Za-z_]\w*)\s*:=")
RESOURCE = re.compile(r"^arn:[a-z-]+:(states:::[a-zA-Z-]+:[a-zA-Z:.-]+|lambda:[a-z0-9-]+:\d{12}:function:.+)$")
# Error names beyond these that begin with "States." are the platform's to come.
STATES_ERRORS = {"States.ALL", "States.TaskFailed", "States.Timeout", "States.HeartbeatTimeout", "States.Permissions", "States.QueryEvaluationError",
                 "States.DataLimitExceeded", "States.Runtime"}


def faults(definition: dict[str, Any]) -> list[str]:
    """What is wrong, one line a fault; none for a definition that Step Functions takes."""
    return list(_faults(definition))


def _faults(definition: dict[str, Any]) -> Iterator[str]:
    states = definition.get("States", {})
    yield from (f"unknown field {name}" for name in definition.keys() - TOP)
    if definition.get("QueryLanguage") != "JSONata":
        yield "QueryLanguage is not JSONata"
    if definition.get("StartAt") not in states:
        yield f"StartAt names no state: {definition.get('StartAt')}"
        return
    yield from _seconds(definition, "TimeoutSeconds", "the state machine")
    for name, state in states.items():
        kind = state.get("Type")
        if kind not in FIELDS:
            yield f"{name}: unknown type {kind}"
            continue
        if len(name) > 80:
            yield f"{name}: a name has at most 80 characters"
        yield from (f"{name}: a {kind} state has no field {field}" for field in sorted(state.keys() - FIELDS[kind]))
        yield from (f"{name}: {field} is missing" for field in sorted(NEEDED[kind] - state.keys()))
        yield from _transitions(name, state, kind)
        yield from _of_kind(name, state, kind)
        yield from (f"{name}: {target} is no state" for target in successors(state) if target not in states)
        yield from _expressions(name, state)
    if any(target not in states for state in states.values() for target in successors(state)):
        return
    if any("Next" not in part for state in states.values() for field in ("Choices", "Catch") for part in state.get(field, [])):
        return
    yield from _paths(definition["StartAt"], states)
    yield from _variables(definition["StartAt"], states)


def successors(state: dict[str, Any]) -> list[str]:
    found = [state[field] for field in ("Next", "Default") if field in state]
    return found + [part["Next"] for field in ("Choices", "Catch") for part in state.get(field, []) if "Next" in part]


def _transitions(name: str, state: dict[str, Any], kind: str) -> Iterator[str]:
    if kind in ("Task", "Wait", "Pass") and ("Next" in state) == ("End" in state):
        yield f"{name}: a {kind} state has either Next or End"
    if "End" in state and state["End"] is not True:
        yield f"{name}: End can only be true"


def _of_kind(name: str, state: dict[str, Any], kind: str) -> Iterator[str]:
    if kind == "Choice":
        if not state.get("Choices"):
            yield f"{name}: a Choice state has at least one rule"
        if "Default" not in state:
            yield f"{name}: without a Default, what no rule takes ends the execution by itself"
        for rule in state.get("Choices", []):
            yield from (f"{name}: a rule in JSONata has no field {field}" for field in sorted(rule.keys() - RULE))
            yield from (f"{name}: a rule without {field}" for field in ("Condition", "Next") if field not in rule)
            if "Condition" in rule and not (isinstance(rule["Condition"], bool) or EXPRESSION.match(str(rule["Condition"]))):
                yield f"{name}: a condition that is no expression: {rule['Condition']}"
    if kind == "Wait":
        if len(state.keys() & {"Seconds", "Timestamp"}) != 1:
            yield f"{name}: a Wait state has either Seconds or Timestamp"
        seconds = state.get("Seconds")
        if isinstance(seconds, int) and not 0 <= seconds <= 99_999_999:
            yield f"{name}: Seconds from 0 to 99,999,999, not {seconds}"
    if kind == "Task":
        if not RESOURCE.match(str(state.get("Resource"))):
            yield f"{name}: Resource is no ARN of an integration: {state.get('Resource')}"
        yield from _seconds(state, "TimeoutSeconds", name)
        yield from _seconds(state, "HeartbeatSeconds", name)
        yield from _retriers(name, state.get("Retry", []))
        yield from _catchers(name, state.get("Catch", []))


def _seconds(holder: dict[str, Any], field: str, name: str) -> Iterator[str]:
    value = holder.get(field)
    if value is not None and not (isinstance(value, int) and not isinstance(value, bool) and 0 < value <= 99_999_999):
        yield f"{name}: {field} is a positive number of seconds, not {value}"


def _retriers(name: str, retriers: list[dict[str, Any]]) -> Iterator[str]:
    yield from _errors(name, "Retry", retriers)
    for retrier in retriers:
        yield from (f"{name}: a retrier has no field {field}" for field in sorted(retrier.keys() - RETRY))
        interval, attempts, rate = retrier.get("IntervalSeconds", 1), retrier.get("MaxAttempts", 3), retrier.get("BackoffRate", 2.0)
        most, jitter = retrier.get("MaxDelaySeconds"), retrier.get("JitterStrategy", "NONE")
        if not (isinstance(interval, int) and 0 < interval <= 99_999_999):
            yield f"{name}: IntervalSeconds is a positive integer, not {interval}"
        if not (isinstance(attempts, int) and 0 <= attempts <= 99_999_999):
            yield f"{name}: MaxAttempts is an integer from 0, not {attempts}"
        if not (isinstance(rate, (int, float)) and rate >= 1.0):
            yield f"{name}: BackoffRate is a number from 1.0, not {rate}"
        if most is not None and not (isinstance(most, int) and interval < most < 31_622_400):
            yield f"{name}: MaxDelaySeconds is an integer greater than IntervalSeconds, not {most}"
        if jitter not in ("FULL", "NONE"):
            yield f"{name}: JitterStrategy is FULL or NONE, not {jitter}"


def _catchers(name: str, catchers: list[dict[str, Any]]) -> Iterator[str]:
    yield from _errors(name, "Catch", catchers)
    for catcher in catchers:
        yield from (f"{name}: a catcher has no field {field}" for field in sorted(catcher.keys() - CATCH))
        if "Next" not in catcher:
            yield f"{name}: a catcher without Next"


def _errors(name: str, field: str, parts: list[dict[str, Any]]) -> Iterator[str]:
    seen: set[str] = set()
    for index, part in enumerate(parts):
        errors = part.get("ErrorEquals")
        if not isinstance(errors, list) or not errors:
            yield f"{name}: {field} {index} names no errors"
            continue
        if "States.ALL" in errors and (len(errors) > 1 or index < len(parts) - 1):
            yield f"{name}: States.ALL stands alone, and last"
        yield from (f"{name}: {field} names an error that does not exist: {error}" for error in errors
                    if error.startswith("States.") and error not in STATES_ERRORS)
        yield from (f"{name}: {field} {index} is never reached for {error}" for error in errors if error in seen)
        seen.update(errors)


# Expressions and variables -------------------------------------------------------------------------------------------


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, part in value.items():
            if key.endswith(".$"):
                yield f"{path}/{key}", "$PATH"
            yield from _texts(part, f"{path}/{key}")
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _texts(part, f"{path}/{index}")
    elif isinstance(value, str):
        yield path, value


def _expressions(name: str, state: dict[str, Any]) -> Iterator[str]:
    for path, text in _texts(state):
        if text == "$PATH":
            yield f"{name}{path}: a field of JSONPath in a state in JSONata"
            continue
        found = EXPRESSION.match(text)
        if found is None:
            if "{%" in text or "%}" in text:
                yield f"{name}{path}: an expression is the whole of its field"
            continue
        try:
            jsonata.Jsonata.jsonata(found[1].strip())
        except Exception as error:
            yield f"{name}{path}: no JSONata: {error}"
        code = TEXT.sub("''", found[1])
        if "$$" in code:
            yield f"{name}{path}: the context of JSONata is $states.context"
        if "$eval(" in code:
            yield f"{name}{path}: Step Functions has no $eval"
        if "$states.errorOutput" in code and not path.startswith("/Catch/"):
            yield f"{name}{path}: there is an errorOutput in a catcher only"
        if "$states.result" in code and not (state["Type"] == "Task" and path.split("/")[1] in ("Output", "Assign")):
            yield f"{name}{path}: there is a result in Output and Assign of a task only"


def _used(value: Any) -> set[str]:
    """The variables that the expressions below a field read, without their own."""
    found: set[str] = set()
    for _, text in _texts(value):
        if expression := EXPRESSION.match(text):
            code = TEXT.sub("''", re.sub(r"/(?:[^/\\\n]|\\.)+/(?=[,)\s])", "''", expression[1]))
            found |= set(VARIABLE.findall(code)) - set(BOUND.findall(code)) - {"states"}
    return found


def _edges(state: dict[str, Any]) -> Iterator[tuple[str, set[str]]]:
    """Where a state goes, and what it has assigned on the way there."""
    own = set(state.get("Assign", {}))
    for target in (state[field] for field in ("Next", "Default") if field in state):
        yield target, own
    for field in ("Choices", "Catch"):
        for part in state.get(field, []):
            yield part["Next"], set(part.get("Assign", {}))


def _variables(start: str, states: dict[str, Any]) -> Iterator[str]:
    """A variable that is read where some path has not assigned it ends an execution, uncaught."""
    every = {name for state in states.values() for _, assigned in _edges(state) for name in assigned}
    known = {name: set(every) for name in states}
    known[start] = set()
    changed = True
    while changed:
        changed = False
        for name, state in states.items():
            for target, assigned in _edges(state):
                there = known[target] & (known[name] | assigned)
                if there != known[target]:
                    known[target], changed = there, True
    for name, state in states.items():
        yield from (f"{name}: reads ${variable}, which not every path there assigns" for variable in sorted(_used(state) - known[name]))


def _paths(start: str, states: dict[str, Any]) -> Iterator[str]:
    reached, waiting = set(), [start]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += successors(states[name])
    yield from (f"{name}: no path leads there" for name in states if name not in reached)
    ends = {name for name, state in states.items() if state["Type"] in ("Succeed", "Fail") or state.get("End")}
    if not ends & reached:
        yield "no path leads to an end"
    for name in reached:
        seen, waiting = set(), [name]
        while waiting:
            here = waiting.pop()
            if here not in seen:
                seen.add(here)
                waiting += successors(states[here])
        if not seen & ends:
            yield f"{name}: no path leads from there to an end"
