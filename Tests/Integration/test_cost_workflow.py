"""The cost optimizer's workflow on the local cloud, branch by branch: a function that answers as the test says, and the test plays the agent."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import pathlib
import threading
import time
import uuid
from collections.abc import Iterator

import pytest

from harness import workflows
from harness.cloud import Cloud
from harness.waiting import wait_until
from harness.workflows import LIMITS, Execution, Workflow, now
from infra.workflows.cost_analysis import FAILURES, INVOCATION_ERRORS, TRANSIENT_INVOCATIONS

TABLE = "workflow-journal"
ended_in: set[str] = set()


@pytest.fixture(scope="module")
def invocations(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    return tmp_path_factory.mktemp("invoker") / "invocations"


@pytest.fixture(scope="module")
def invoker(cloud: Cloud, invocations: pathlib.Path) -> Iterator[str]:
    with workflows.function(cloud, "workflow-invoker", invocations) as arn:
        yield arn


@pytest.fixture(scope="module")
def flow(cloud: Cloud, invoker: str, invocations: pathlib.Path) -> Iterator[Workflow]:
    with workflows.table(cloud, TABLE) as table, workflows.workflow(cloud, "workflow", table, invoker, invocations) as made:
        yield made


def failed(execution: Execution, state: str, marked: bool = True) -> str:
    """The cause of an execution that has failed in a state, with its session marked with the same."""
    cause = execution.failed_in(state)
    ended_in.add(state)
    if marked:
        record = execution.workflow.record(execution.session)
        assert (record["status"], record["error_message"]) == ("FAILED", f"{state}: {cause}")
        assert record["end_time"] == record["timestamp"] > record["start_time"] and float(record["duration_seconds"]) >= 0
        assert int(record["ttl"]) > 0
    return cause


@contextlib.contextmanager
def beating(execution: Execution, ahead_seconds: float = 0) -> Iterator[None]:
    """Gives signs of life for an agent, several in each limit, by a clock that is ahead by so much."""
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(LIMITS.heartbeat_limit_seconds / 8):
            if execution.workflow.record(execution.session)["status"] == "BUSY":
                execution.workflow.write(execution.session, heartbeat=now(ahead_seconds))

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(10)


def begun(flow: Workflow, **attributes: str) -> Execution:
    """An execution whose agent has said that it is busy."""
    execution = flow.start()
    execution.await_invocation()
    flow.write(execution.session, status="BUSY", **{"agent_start_time": now(), "heartbeat": now(), **attributes})
    return execution


# The way that is hoped for ------------------------------------------------------------------------------------------------


def test_an_analysis_that_completes(flow: Workflow) -> None:
    execution = flow.start()
    execution.await_invocation()
    record = flow.record(execution.session)
    assert (record["status"], record["PK"], record["SK"]) == ("INITIATED", execution.session, "SESSION")
    assert record["start_time"] == record["created_at"] == record["timestamp"] and record["execution"] == execution.arn
    flow.write(execution.session, status="BUSY", heartbeat=now())
    wait_until("the workflow has seen the agent busy", lambda: execution.states().count("Wait") >= 2, seen=execution.states)
    flow.write(execution.session, status="COMPLETED")
    found = execution.ended()
    assert found["status"] == "SUCCEEDED"
    assert json.loads(found["output"]) == {"session_id": execution.session, "status": "COMPLETED"}
    # What the workflow had written is still there.
    assert flow.record(execution.session)["created_at"] == record["created_at"]
    states = execution.states()
    assert states[:6] == ["ValidateInput", "InitializeSession", "InvokeAgent", "CheckStatus", "EvaluateStatus", "Wait"]
    assert states[-3:] == ["CheckStatus", "EvaluateStatus", "Success"]


def test_the_session_and_the_prompt_reach_the_function(flow: Workflow) -> None:
    asked = [flow.start(), flow.start(prompt='{"delay": 0}'), flow.start(detail={"prompt": '{"errors": []}'}), flow.start(detail={}),
             flow.start(prompt=None, detail={"prompt": 7})]
    for execution in asked:
        execution.await_invocation()
        flow.write(execution.session, status="COMPLETED")
    assert [execution.ended()["status"] for execution in asked] == ["SUCCEEDED"] * len(asked)
    assert [flow.invoked(execution.session) for execution in asked] == [
        [{"session_id": asked[0].session}], [{"session_id": asked[1].session, "prompt": '{"delay": 0}'}],
        [{"session_id": asked[2].session, "prompt": '{"errors": []}'}], [{"session_id": asked[3].session}], [{"session_id": asked[4].session}]]


def test_heartbeats_keep_a_session_that_takes_longer_than_their_limit(flow: Workflow) -> None:
    execution = begun(flow)
    with beating(execution):
        began = time.monotonic()
        wait_until("the agent has been busy for longer than the limit", lambda: time.monotonic() - began > LIMITS.heartbeat_limit_seconds + 1)
        assert execution.described()["status"] == "RUNNING"
        flow.write(execution.session, status="COMPLETED")
        assert execution.ended()["status"] == "SUCCEEDED"


def test_an_agent_whose_clock_was_set_back_is_alive(flow: Workflow) -> None:
    execution = begun(flow, agent_start_time=now(-3600), heartbeat=now(-3600))
    with beating(execution, -3600):
        began = time.monotonic()
        wait_until("the agent has been busy for longer than the limit", lambda: time.monotonic() - began > LIMITS.heartbeat_limit_seconds + 1)
        assert execution.described()["status"] == "RUNNING"
        flow.write(execution.session, status="COMPLETED")
        assert execution.ended()["status"] == "SUCCEEDED"


def test_a_record_that_is_missing_or_of_an_agent_without_a_workflow_is_waited_for(flow: Workflow) -> None:
    missing, started = flow.start(), flow.start()
    for execution in (missing, started):
        execution.await_invocation()
    flow.remove(missing.session)
    flow.write(started.session, status="STARTED")
    for execution in (missing, started):
        wait_until("the workflow has looked and waited", lambda: execution.states().count("Wait") >= 2, seen=execution.states)  # noqa: B023
    for execution in (missing, started):
        flow.write(execution.session, status="COMPLETED")
    assert [execution.ended()["status"] for execution in (missing, started)] == ["SUCCEEDED", "SUCCEEDED"]


# Events that come twice ------------------------------------------------------------------------------------------------


def test_an_event_that_comes_twice_is_one_invocation(flow: Workflow) -> None:
    session = str(uuid.uuid4())
    both = [flow.start(session), flow.start(session)]
    both[0].await_invocation()
    for execution in both:
        wait_until("both watch", lambda: "Wait" in execution.states(), seen=execution.states)  # noqa: B023
    flow.write(session, status="COMPLETED")
    assert [execution.ended()["status"] for execution in both] == ["SUCCEEDED", "SUCCEEDED"]
    assert len(flow.invoked(session)) == 1
    assert sorted("InvokeAgent" in execution.states() for execution in both) == [False, True]


def test_an_event_that_comes_again_after_the_end_changes_nothing(flow: Workflow) -> None:
    execution = flow.start()
    execution.await_invocation()
    flow.write(execution.session, status="COMPLETED", end_time="then")
    assert execution.ended()["status"] == "SUCCEEDED"
    again = flow.start(execution.session)
    assert again.ended()["status"] == "SUCCEEDED"
    assert len(flow.invoked(execution.session)) == 1 and flow.record(execution.session)["end_time"] == "then"


def test_a_session_whose_execution_is_gone_is_ended_by_the_second(cloud: Cloud, flow: Workflow, invoker: str, invocations: pathlib.Path) -> None:
    # The second gives the first the time of all its attempts.
    limits = dataclasses.replace(LIMITS, start_deadline_seconds=1, invocation_seconds=1, attempts=0)
    with workflows.workflow(cloud, "workflow-second", flow.table, invoker, invocations, limits) as other:
        session = str(uuid.uuid4())
        flow.write(session, status="INITIATED", start_time=now(-60), execution="one that was stopped")
        began = time.monotonic()
        assert "has not begun" in failed(other.start(session), "AgentDidNotStart")
        assert time.monotonic() - began >= limits.start_deadline_seconds + limits.longest_invocation_seconds
        assert flow.invoked(session) == []


def test_an_execution_that_could_not_write_ends_no_session_of_another(cloud: Cloud, flow: Workflow, invoker: str, invocations: pathlib.Path) -> None:
    with workflows.workflow(cloud, "workflow-no-write", flow.table, invoker, invocations, without_table="InitializeSession") as second:
        first = begun(flow)
        with beating(first):
            other = second.start(first.session)
            wait_until("the second watches", lambda: "Wait" in other.states(), seen=other.states)
            assert flow.record(first.session)["status"] == "BUSY"
            flow.write(first.session, status="COMPLETED")
        assert [first.ended()["status"], other.ended()["status"]] == ["SUCCEEDED", "SUCCEEDED"]
        assert len(flow.invoked(first.session)) == 1
        # Where there is no session, its failure is told in the record.
        failed(second.start(), "SessionInitializationFailed")


def test_an_execution_that_cannot_read_ends_no_session_of_another_and_ends_itself(
        cloud: Cloud, flow: Workflow, invoker: str, invocations: pathlib.Path) -> None:
    with workflows.workflow(cloud, "workflow-no-read", flow.table, invoker, invocations, without_table="CheckStatus") as second:
        first = begun(flow)
        with beating(first):
            failed(second.start(first.session), "StatusCheckFailed", marked=False)
            assert flow.record(first.session)["status"] == "BUSY"
            flow.write(first.session, status="COMPLETED")
        assert first.ended()["status"] == "SUCCEEDED"
        # Nor over and over, when the session has ended.
        again = second.start(first.session)
        failed(again, "StatusCheckFailed", marked=False)
        assert again.states().count("CheckStatus") == 1 and flow.record(first.session)["status"] == "COMPLETED"
        # Its own session is marked.
        failed(second.start(), "StatusCheckFailed")


# Failures ------------------------------------------------------------------------------------------------------------


def test_an_agent_that_fails_ends_the_workflow_with_its_message(flow: Workflow) -> None:
    execution = begun(flow)
    flow.write(execution.session, status="FAILED", error_message='no "bucket": AccessDenied')
    assert failed(execution, "AgentFailed", marked=False) == 'no "bucket": AccessDenied'
    assert flow.record(execution.session)["error_message"] == 'no "bucket": AccessDenied'


def test_an_agent_that_fails_without_a_word(flow: Workflow) -> None:
    execution = begun(flow)
    flow.write(execution.session, status="FAILED")
    assert failed(execution, "AgentFailed", marked=False) == "the agent gave no reason"


def test_an_agent_that_never_begins(flow: Workflow) -> None:
    executions = {status: flow.start() for status in ("INITIATED", "STARTED", "MISSING")}
    for status, execution in executions.items():
        execution.await_invocation()
        if status == "MISSING":
            flow.remove(execution.session)
        else:
            flow.write(execution.session, status=status)
    for status, execution in executions.items():
        assert failed(execution, "AgentDidNotStart") == f"the agent has not begun within {LIMITS.start_deadline_seconds} s; the status was {status}"


def test_a_heartbeat_that_stops_or_is_none(flow: Workflow) -> None:
    executions = {what: begun(flow, **signs) for what, signs in {
        "stops": {}, "is of a clock that is ahead": {"heartbeat": "2099-01-01T00:00:00Z"}, "is no time": {"heartbeat": "yesterday"}}.items()}
    last = flow.record(executions["stops"].session)["heartbeat"]
    causes = {what: failed(execution, "AgentHeartbeatLost") for what, execution in executions.items()}
    for cause in causes.values():
        assert cause.startswith(f"the agent has given no sign of life for {LIMITS.heartbeat_limit_seconds} s; the last was at 20")
    assert causes["stops"].endswith(last) and "2099" not in causes["is of a clock that is ahead"]


def test_a_heartbeat_that_is_lost_is_seen_when_its_time_is_over_and_no_look_later(cloud: Cloud, invoker: str, invocations: pathlib.Path) -> None:
    # The first wait would last for longer than the limit.
    limits = dataclasses.replace(LIMITS, poll_seconds=30, maximum_poll_seconds=30, start_deadline_seconds=1)
    with workflows.table(cloud, "workflow-slow") as table, workflows.workflow(cloud, "workflow-slow", table, invoker, invocations, limits) as flow:
        execution = begun(flow)
        failed(execution, "AgentHeartbeatLost")
        assert execution.states().count("CheckStatus") <= 3


def test_a_status_that_nobody_knows(flow: Workflow) -> None:
    execution = begun(flow)
    flow.write(execution.session, status="PONDERING")
    assert failed(execution, "UnexpectedStatus") == "the session has a status that is unknown here: PONDERING"


def test_a_session_that_takes_too_long(flow: Workflow) -> None:
    execution = begun(flow)
    # The agent is alive all the time, and does not end.
    with beating(execution):
        assert failed(execution, "SessionTimedOut") == f"the session has not ended within {LIMITS.total_seconds} s; its status was BUSY"


def test_invocations_that_fail(flow: Workflow) -> None:
    kinds = {error: state for state, errors in INVOCATION_ERRORS.items() for error in errors if not error.startswith("States.")}
    kinds |= {"AgentInvoker.SomethingNew": "AgentInvocationFailed", "Runtime.ExitError": "AgentInvocationFailed"}
    executions = {kind: flow.start(prompt=json.dumps({"errors": [[kind, f'said "{kind}"']] * 9})) for kind in kinds}
    for kind, execution in executions.items():
        assert failed(execution, kinds[kind]) == f'the agent could not be asked: {kind}: said \\"{kind}\\"'
        assert len(flow.invoked(execution.session)) == (1 + LIMITS.attempts if kind in TRANSIENT_INVOCATIONS else 1), kind


def test_an_invocation_that_takes_too_long(flow: Workflow) -> None:
    execution = flow.start(prompt=json.dumps({"delay": 2.5}))
    assert "States.Timeout" in failed(execution, "AgentInvocationTimedOut")


def test_what_is_transient_is_tried_again(flow: Workflow) -> None:
    execution = flow.start(prompt=json.dumps({"errors": [["Lambda.TooManyRequestsException", ""]]}))
    wait_until("it is asked again", lambda: len(flow.invoked(execution.session)) == 2, seen=execution.states)
    flow.write(execution.session, status="COMPLETED")
    assert execution.ended()["status"] == "SUCCEEDED"


def test_a_session_that_completes_although_the_invocation_seemed_to_fail(flow: Workflow) -> None:
    """An answer that was lost: the record knows better."""
    execution = flow.start(prompt=json.dumps({"delay": 0.5, "errors": [["AgentInvoker.AgentFailed", "broken"]]}))
    execution.await_invocation()
    flow.write(execution.session, status="COMPLETED", end_time="then")
    assert execution.ended()["status"] == "SUCCEEDED"
    assert flow.record(execution.session)["end_time"] == "then"


def test_an_agent_at_work_is_watched_although_the_invocation_seemed_to_fail(flow: Workflow) -> None:
    execution = flow.start(prompt=json.dumps({"delay": 0.5, "errors": [["AgentInvoker.AgentFailed", "broken"]]}))
    execution.await_invocation()
    flow.write(execution.session, status="BUSY", agent_start_time=now(), heartbeat=now())
    with beating(execution):
        wait_until("the workflow watches", lambda: "Wait" in execution.states(), seen=execution.states)
        assert flow.record(execution.session)["status"] == "BUSY"
        flow.write(execution.session, status="COMPLETED")
        assert execution.ended()["status"] == "SUCCEEDED"


def test_sessions_that_cannot_be(flow: Workflow) -> None:
    inputs = [{}, {"session_id": "short"}, {"session_id": 7}, {"session_id": None}, {"session_id": "x" * 32}, {"session_id": "x" * 257},
              {"session_id": "-" + "x" * 40}, {"session_id": "../" + "x" * 40}, {"session_id": {"S": "x" * 40}}, "text", []]
    for input, execution in [(input, flow.start_with(input)) for input in inputs]:
        cause = failed(execution, "UnfitSessionId", marked=False)
        assert cause.startswith("session_id must be text of 33 to 256 letters") and len(cause) < 600, input
        assert execution.states() == ["ValidateInput", "UnfitSessionId"]


def test_a_record_that_cannot_be_written(cloud: Cloud, invoker: str, invocations: pathlib.Path) -> None:
    with workflows.workflow(cloud, "workflow-without-table", "no-such-table", invoker, invocations) as flow:
        execution = flow.start()
        cause = failed(execution, "SessionInitializationFailed", marked=False)
        assert "DynamoDB.ResourceNotFoundException" in cause and "could not be marked" in cause
        assert flow.invoked(execution.session) == []


def test_a_record_that_cannot_be_read(cloud: Cloud, invoker: str, invocations: pathlib.Path) -> None:
    with workflows.table(cloud, "workflow-lost") as table, workflows.workflow(cloud, "workflow-lost", table, invoker, invocations) as flow:
        execution = begun(flow)
        cloud.client("dynamodb").delete_table(TableName=table)
        assert "DynamoDB.ResourceNotFoundException" in failed(execution, "StatusCheckFailed", marked=False)


def test_every_fail_state_was_reached() -> None:
    """Only together with the others of this file."""
    if len(ended_in) > 1:
        assert ended_in == set(FAILURES)


# As it is deployed -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bus", ["default", "stack"])
def test_an_event_starts_the_deployed_workflow_with_its_id(cloud: Cloud, bus: str) -> None:
    entry = {"Source": "manual-trigger", "DetailType": "execute-agent", "Detail": "{}"}
    if bus == "stack":
        entry["EventBusName"] = cloud.outputs["EventBusName"]
    event = cloud.client("events").put_events(Entries=[entry])["Entries"][0]["EventId"]
    deployed = Workflow(cloud, cloud.outputs["CostWorkflowArn"], cloud.outputs["JournalTableName"], pathlib.Path())
    executions = cloud.client("stepfunctions")

    def of_event() -> Execution | None:
        found = executions.list_executions(stateMachineArn=deployed.machine)["executions"]
        arns = [execution["executionArn"] for execution in found]
        return next((Execution(deployed, arn, event) for arn in arns
                     if json.loads(executions.describe_execution(executionArn=arn)["input"])["session_id"] == event), None)

    execution = wait_until("the event has started the workflow", of_event)
    # Here is no agent that could be asked: the model server runs none.
    assert execution.ended()["status"] == "FAILED"
    record = deployed.record(event)
    assert (record["PK"], record["status"]) == (event, "FAILED") and record["error_message"].startswith("Agent")
    assert json.loads(execution.described()["input"]) == {"session_id": event, "detail": {}}
