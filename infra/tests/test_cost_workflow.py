"""The definition of the cost optimizer's workflow: by the rules of Amazon States Language, and by what the seed asks of it."""

from __future__ import annotations

import copy
import json
import pathlib
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import jsonata
import pytest
from jsonata import timebox

from infra.configuration import ROOT, load, workflow_limits
from infra.tests.states_language import faults, successors
from infra.workflows import cost_analysis
from infra.workflows.cost_analysis import FAILURES, INVOCATION_ERRORS, Limits, definition

LIMITS = Limits(120, 60, 3600, 5, 30, 70)
SPECIFIED = ("InitializeSession", "InvokeAgent", "CheckStatus", "EvaluateStatus", "Wait", "Success")


@pytest.fixture
def machine() -> dict[str, Any]:
    return definition("journal", "arn:aws:lambda:us-east-1:123456789012:function:agent-invoker", LIMITS)


def linted(machine: dict[str, Any], folder: pathlib.Path) -> str:
    """What cfn-lint says about a definition (its rule E3601), nothing for a good one."""
    file = folder / "template.json"
    file.write_text(json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Machine": {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {"RoleArn": "arn:aws:iam::123456789012:role/workflow", "DefinitionString": json.dumps(machine)}}}}))
    command = [pathlib.Path(sys.executable).parent / "cfn-lint", "--regions", "us-east-1", "--", file]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def test_it_keeps_the_rules_of_the_language(machine: dict[str, Any], tmp_path: pathlib.Path) -> None:
    assert faults(machine) == []
    assert linted(machine, tmp_path) == ""


def broken(*path: Any, value: Any = None, name: str = "") -> Any:
    return pytest.param(path, value, id=name or "-".join(str(part) for part in path))


@pytest.mark.parametrize(("path", "value"), [
    broken("StartAt", value="Nowhere"),
    broken("States", "Wait", "Next", value="Nowhere"),
    broken("States", "Wait", "End", value=True, name="next and end"),
    broken("States", "Wait", "Next", name="neither next nor end"),
    broken("States", "Wait", "Timestamp", value="2026-01-01T00:00:00Z"),
    broken("States", "Wait", "SecondsPath", value="$.wait"),
    broken("States", "Wait", "Next", value="Wait", name="a loop without an end"),
    broken("States", "Success", "Type", value="Successful"),
    broken("States", "Success", "Next", value="Wait"),
    broken("States", "Lonely", value={"Type": "Succeed"}),
    broken("States", "EvaluateStatus", "Default"),
    broken("States", "EvaluateStatus", "Choices", value=[]),
    broken("States", "EvaluateStatus", "Choices", 0, "Condition"),
    broken("States", "EvaluateStatus", "Choices", 0, "Condition", value="$session.status = 'COMPLETED'", name="a condition without marks"),
    broken("States", "EvaluateStatus", "Choices", 0, "Variable", value="$.status"),
    broken("States", "CheckStatus", "Resource", value="getItem"),
    broken("States", "CheckStatus", "ResultPath", value="$.status"),
    broken("States", "CheckStatus", "Parameters", value={}),
    broken("States", "CheckStatus", "TimeoutSeconds", value=0),
    broken("States", "CheckStatus", "Arguments", "TableName.$", value="$.table"),
    broken("States", "CheckStatus", "Output", value="{% $$.Execution.Id %}", name="a context of JSONPath"),
    broken("States", "CheckStatus", "Output", value="{% ( %}", name="an expression that ends too early"),
    broken("States", "CheckStatus", "Output", value="status: {% $session_id %}", name="an expression in a text"),
    broken("States", "CheckStatus", "Output", value="{% $nobody %}", name="a variable that nobody assigns"),
    broken("States", "CheckStatus", "Output", value="{% $failure.cause %}", name="a variable that some paths assign"),
    broken("States", "CheckStatus", "Output", value="{% $states.errorOutput.Error %}", name="an error without a catcher"),
    broken("States", "Wait", "Output", value="{% $states.result %}", name="a result without a task"),
    broken("States", "CheckStatus", "Retry", 0, "BackoffRate", value=0.5),
    broken("States", "CheckStatus", "Retry", 0, "IntervalSeconds", value=0),
    broken("States", "CheckStatus", "Retry", 0, "MaxDelaySeconds", value=1),
    broken("States", "CheckStatus", "Retry", 0, "JitterStrategy", value="SOME"),
    broken("States", "CheckStatus", "Retry", 0, "ErrorEquals", value=[]),
    broken("States", "CheckStatus", "Retry", 0, "Delay", value=3),
    broken("States", "CheckStatus", "Catch", 0, "Next"),
    broken("States", "CheckStatus", "Catch", 0, "ErrorEquals", value=["States.ALL", "States.Timeout"]),
    broken("States", "CheckStatus", "Catch", 0, "ErrorEquals", value=["States.Whatever"]),
    broken("States", "InitializeSession", "Catch", 0, "ErrorEquals", value=["States.ALL"], name="everything before the rest"),
    broken("TimeoutSeconds", value=0, name="no time for the machine"),
    broken("QueryLanguage"),
])
def test_the_linter_finds_what_is_broken(machine: dict[str, Any], path: tuple[Any, ...], value: Any) -> None:
    changed = copy.deepcopy(machine)
    *above, last = path
    holder: Any = changed
    for part in above:
        holder = holder[part]
    if value is None:
        del holder[last]
    else:
        holder[last] = value
    assert faults(changed), "nothing was found"


def test_cfn_lint_finds_what_is_broken(machine: dict[str, Any], tmp_path: pathlib.Path) -> None:
    machine["States"]["Wait"]["Type"] = "Pause"
    assert "E3601" in linted(machine, tmp_path)


def test_it_has_the_states_of_the_seed_in_their_order(machine: dict[str, Any]) -> None:
    states = machine["States"]
    assert all(name in states for name in (*SPECIFIED, *FAILURES))
    assert states["InitializeSession"]["Next"] == "InvokeAgent" and states["InvokeAgent"]["Next"] == "CheckStatus"
    assert states["CheckStatus"]["Next"] == "EvaluateStatus" and states["EvaluateStatus"]["Default"] == "Wait" and states["Wait"]["Next"] == "CheckStatus"
    kinds = {name: state["Type"] for name, state in states.items()}
    assert {name for name, kind in kinds.items() if kind == "Fail"} == set(FAILURES)
    assert [name for name, kind in kinds.items() if kind == "Succeed"] == ["Success"]


def test_each_cause_ends_in_a_state_of_its_own(machine: dict[str, Any]) -> None:
    states = machine["States"]
    for state in FAILURES:
        assert states[state] == {"Type": "Fail", "Error": state, "Cause": "{% $failure.cause %}"}
    # Whatever marks the session goes on to the state that it has named.
    assert {states["EndByCause"]["Default"], *(rule["Next"] for rule in states["EndByCause"]["Choices"])} == set(cost_analysis.MARKED)
    named = {part["Assign"]["failure"]["state"] for state in states.values() for field in ("Catch", "Choices") for part in state.get(field, [])
             if "failure" in part.get("Assign", {}) and not part["Assign"]["failure"]["state"].startswith("{%")}
    assert named | {"UnfitSessionId"} == set(FAILURES)


def test_every_failure_of_a_session_is_marked_on_its_way(machine: dict[str, Any]) -> None:
    before = {state: {name for name, other in machine["States"].items() if state in successors(other)} for state in FAILURES}
    assert before.pop("UnfitSessionId") == {"ValidateInput"}
    assert before.pop("AgentFailed") == {"EvaluateStatus"}
    assert all(names == {"EndByCause"} for names in before.values())
    assert {name for name, other in machine["States"].items() if "EndByCause" in successors(other)} == {"MarkSessionFailed", "EvaluateMark"}


def test_the_session_is_written_as_the_seed_says_and_over_no_other(machine: dict[str, Any]) -> None:
    arguments = machine["States"]["InitializeSession"]["Arguments"]
    assert set(arguments["Item"]) == {"PK", "SK", "status", "start_time", "created_at", "timestamp", "execution", "ttl"}
    assert (arguments["Item"]["SK"], arguments["Item"]["status"]) == ({"S": "SESSION"}, {"S": "INITIATED"})
    assert arguments["ConditionExpression"].startswith("attribute_not_exists(PK)")


# What the expressions decide ------------------------------------------------------------------------------------------

START = 1_767_225_600_000


def value_of(field: str, **variables: Any) -> Any:
    """What Step Functions makes of a field in JSONata."""
    frame = jsonata.Jsonata.jsonata("1").create_frame()
    for name, value in variables.items():
        frame.bind(name, value)
    return jsonata.Jsonata.jsonata(field.removeprefix("{%").removesuffix("%}").strip()).evaluate({}, frame)


def at(seconds: float) -> str:
    return datetime.fromtimestamp(START / 1000 + seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


class Watch:
    """Looks at records as CheckStatus and EvaluateStatus do, at times that the test says."""

    def __init__(self, machine: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
        self.states, self.monkeypatch = machine["States"], monkeypatch
        self._set_clock(0)
        self.session = {name: value_of(value) if isinstance(value, str) and value.startswith("{%") else value
                        for name, value in self.states["InvokeAgent"]["Assign"]["session"].items()}

    def _set_clock(self, seconds: float) -> None:
        self.monkeypatch.setattr(timebox.Timebox, "current_milli_time", lambda: int(START + 1000 * seconds))

    def look(self, seconds: float, **item: str) -> str:
        """The state that follows on EvaluateStatus; a Fail state by its name."""
        self._set_clock(seconds)
        result = {"Item": {name: {"S": value} for name, value in item.items()}} if item else {}
        states = {"result": result, "context": {"Execution": {"StartTime": at(0)}, "State": {"EnteredTime": at(seconds)}}}
        self.session = value_of(self.states["CheckStatus"]["Assign"]["session"], states=states, session=self.session)
        assert isinstance(self.session["wait"], int) and 1 <= self.session["wait"] <= LIMITS.maximum_poll_seconds
        for rule in self.states["EvaluateStatus"]["Choices"]:
            taken = value_of(rule["Condition"], session=self.session)
            assert isinstance(taken, bool), rule
            if taken:
                return rule.get("Assign", {}).get("failure", {}).get("state", rule["Next"])
        return self.states["EvaluateStatus"]["Default"]


@pytest.fixture
def watch(machine: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Watch:
    return Watch(machine, monkeypatch)


@pytest.mark.parametrize(("status", "seconds", "state"), [
    ("INITIATED", 119.999, "Wait"), ("INITIATED", 120, "AgentDidNotStart"), ("STARTED", 120, "AgentDidNotStart"), ("COMPLETED", 9_999, "Success"),
    ("FAILED", 9_999, "AgentFailed"), ("PONDERING", 0, "UnexpectedStatus"), ("INITIATED", 3_600, "SessionTimedOut"), ("", 0, "UnexpectedStatus"),
])
def test_a_status_is_decided_upon(watch: Watch, status: str, seconds: float, state: str) -> None:
    assert watch.look(seconds, status=status) == state


def test_a_record_that_is_missing_is_waited_for_until_the_start_deadline(watch: Watch) -> None:
    assert [watch.look(0), watch.look(119.999), watch.look(120)] == ["Wait", "Wait", "AgentDidNotStart"]


def test_waits_grow_and_end_at_a_limit(watch: Watch) -> None:
    waits = []
    for seconds in (0, 5, 13, 25, 43, 70, 100, 118):
        watch.look(seconds, status="INITIATED")
        waits.append(watch.session["wait"])
    assert waits == [5, 8, 12, 18, 27, 30, 20, 2]


def test_a_sign_of_life_counts_from_when_it_was_given(watch: Watch) -> None:
    assert watch.look(10, status="BUSY", heartbeat=at(9)) == "Wait"
    assert watch.look(40, status="BUSY", heartbeat=at(24)) == "Wait"
    assert [watch.look(seconds, status="BUSY", heartbeat=at(24)) for seconds in (70, 83.999, 84)] == ["Wait", "Wait", "AgentHeartbeatLost"]


@pytest.mark.parametrize("off", [-7_200, -61, 61, 7_200])
def test_an_agent_whose_clock_is_wrong_or_set_is_alive_while_its_signs_change(watch: Watch, off: int) -> None:
    assert all(watch.look(seconds, status="BUSY", heartbeat=at(seconds - 5 + off)) == "Wait" for seconds in range(10, 300, 30))
    # And right again.
    assert all(watch.look(seconds, status="BUSY", heartbeat=at(seconds - 5)) == "Wait" for seconds in range(310, 600, 30))
    last = at(595 + off)
    assert watch.look(610, status="BUSY", heartbeat=last) == "Wait"
    assert watch.look(670, status="BUSY", heartbeat=last) == "AgentHeartbeatLost"


def test_what_may_be_marked(machine: dict[str, Any]) -> None:
    arguments = machine["States"]["MarkSessionFailed"]["Arguments"]
    for state in cost_analysis.MARKED:
        condition = value_of(arguments["ConditionExpression"], failure={"state": state})
        # The troubles of an execution are those of its own session only.
        assert ("<> :execution" not in condition) == (state in ("SessionInitializationFailed", "StatusCheckFailed")), state
        assert condition.count("(") == condition.count(")")
        # DynamoDB refuses values that no expression uses.
        used = set(re.findall(r":\w+", condition + arguments["UpdateExpression"]))
        assert used == set(arguments["ExpressionAttributeValues"]), state
        # An agent that is at work goes on, where only the answer to its invocation was lost.
        spared = value_of(arguments["ExpressionAttributeValues"][":spared"]["S"], failure={"state": state})
        assert spared == ("BUSY" if state in INVOCATION_ERRORS else "FAILED"), state


def test_it_knows_every_error_of_the_function(machine: dict[str, Any]) -> None:
    source = (ROOT / "Sources" / "AgentInvocation" / "Handler" / "AgentInvokerError.swift").read_text()
    kinds = {f"AgentInvoker.{name}" for name in re.findall(r'case \w+ = "(\w+)"', source)}
    caught = {error for catcher in machine["States"]["InvokeAgent"]["Catch"] for error in catcher["ErrorEquals"]}
    assert kinds and {error for error in caught if error.startswith("AgentInvoker.")} == kinds
    assert set(INVOCATION_ERRORS) == {catcher["Assign"]["failure"]["state"] for catcher in machine["States"]["InvokeAgent"]["Catch"]}
    transient = set(re.findall(r"== \.(\w+)", re.search(r"var isTransient.*", source)[0]))
    retried = {error for retrier in machine["States"]["InvokeAgent"]["Retry"] for error in retrier["ErrorEquals"]}
    assert {name for name in retried if name.startswith("AgentInvoker.")} == {f"AgentInvoker.{name.capitalize()}" for name in transient}


def test_what_is_transient_is_tried_again_with_jitter_and_a_cap(machine: dict[str, Any]) -> None:
    tasks = {name: state for name, state in machine["States"].items() if state["Type"] == "Task"}
    assert len(tasks) == 4
    for name, state in tasks.items():
        retrier, = state["Retry"]
        assert (retrier["JitterStrategy"], retrier["MaxAttempts"], retrier["MaxDelaySeconds"]) == ("FULL", 5, 30), name
        assert {"Lambda.ServiceException", "Lambda.TooManyRequestsException", "Lambda.SdkClientException"} <= set(retrier["ErrorEquals"]) or (
            {"DynamoDB.ProvisionedThroughputExceededException", "DynamoDB.ThrottlingException"} <= set(retrier["ErrorEquals"]))


@pytest.mark.parametrize("environment", ["local", "dev"])
def test_the_backstop_comes_after_the_limits_and_the_history_has_room(environment: str) -> None:
    limits = workflow_limits(load(environment).costOptimizer, 60)
    machine = definition("journal", "arn:aws:lambda:us-east-1:123456789012:function:agent-invoker", limits)
    assert machine["TimeoutSeconds"] > limits.total_seconds + limits.maximum_poll_seconds
    assert limits.history_events < cost_analysis.MAXIMUM_HISTORY


def test_the_deployed_machine_is_this_definition(template: Callable[[str], dict[str, Any]]) -> None:
    parts = template("local")["Resources"]
    machine, = (r["Properties"] for r in parts.values() if r["Type"] == "AWS::StepFunctions::StateMachine")
    separator, pieces = machine["DefinitionString"]["Fn::Join"]
    table = next(name for name, r in parts.items() if r["Type"] == "AWS::DynamoDB::Table" and name.startswith("CostOptimizer"))
    function = next(name for name, r in parts.items() if r["Type"] == "AWS::Lambda::Function" and name.startswith("CostOptimizer"))
    text = separator.join(piece if isinstance(piece, str) else piece.get("Ref") or piece["Fn::GetAtt"][0] for piece in pieces)
    settings = load("local")
    assert json.loads(text) == definition(table, function, workflow_limits(settings.costOptimizer, settings.functions.agentInvoker.timeoutSeconds))
