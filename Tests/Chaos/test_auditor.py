"""The auditor finds each kind of wrong: a sound snapshot is doctored in one way after another, and what is wrong with it then is named."""

from __future__ import annotations

import copy
import json
import pathlib
from collections.abc import Callable
from typing import Any

import pytest

from chaos.auditor import Kind, accounted, audit
from chaos.snapshot import Snapshot, completion, digest, model_calls, orchestration, plain, round_

RUN = "chaos-1-0000"
NOW = 2_000_000_000_000


class NoObjects:
    """A bucket in which nothing is looked for."""

    def value(self, reference: dict[str, Any], of: str) -> Any:
        raise AssertionError(f"{of} looks for {reference}")

    def look(self, reference: dict[str, Any]) -> Any:
        raise AssertionError(f"somebody looks for {reference}")


def use(id: str, name: str) -> dict[str, Any]:
    return {"toolUse": {"toolUseId": id, "name": name, "input": {"subject": "x"}}}


def result(id: str, data: Any) -> dict[str, Any]:
    return {"toolResult": {"toolUseId": id, "status": "success", "content": [{"json": {"data": data}}]}}


def error(id: str, text: str) -> dict[str, Any]:
    return {"toolResult": {"toolUseId": id, "status": "error", "content": [{"text": text}]}}


def sound() -> Snapshot:
    """One run of two rounds, as the tables and the bus have it when all went well."""
    seen, second = f"seen for {RUN} round 1 scout 0", f"first for {RUN} round 2 stutterer 0"
    row = {
        "orchestrationId": RUN, "state": "completed", "version": 9, "rounds": 2, "deadline": NOW - 600_000, "budget": 20_000_000, "spent": 9_000,
        "published_at": NOW - 900_000, "outcome": {"state": "completed", "message": f"report of {RUN}", "decided_at": NOW - 900_100},
        "conversation": [
            {"role": "user", "content": [{"text": RUN}]},
            {"role": "assistant", "content": [use("a", "scout"), use("b", "grumbler")]},
            {"role": "user", "content": [result("a", seen), error("b", "grumble: no")]},
            {"role": "assistant", "content": [use("c", "stutterer")]},
            {"role": "user", "json_text": json.dumps({"role": "user", "content": [result("c", second)]})},
            {"role": "assistant", "content": [{"text": f"report of {RUN}"}]},
        ]}
    first_round = {
        "requestId": f"{RUN}#1", "orchestration_id": RUN, "round": 1, "pending": 0,
        "tasks": {"a": {"agent": "scout", "state": "succeeded", "due_at": NOW}, "b": {"agent": "grumbler", "state": "failed", "due_at": NOW}},
        "data": {"a": {"status": "success", "data": seen}, "b": {"status": "error", "code": "grumble", "message": "no"}}}
    second_round = {
        "requestId": f"{RUN}#2", "orchestration_id": RUN, "round": 2, "pending": 0, 
        "tasks": {"c": {"agent": "stutterer", "state": "succeeded", "due_at": NOW}},
        "data": {"c": {"status": "success", "data": second}}}
    feedback = {"orchestration_id": RUN, "result_id": f"{RUN}#result", "state": "completed", "message": f"report of {RUN}", "timestamp": "t",
                "usage": {"cost_micro_usd": 9_000}}

    def answered(use: str, request: str | None, node: str, data: Any, status: str = "success") -> dict[str, Any]:
        detail = {"orchestration_id": RUN, "agent_use_id": use, "request_id": request, "node": node, "status": status, "data": data}
        return completion(detail, NoObjects(), "2033-05-18T03:20:00Z")

    return Snapshot(
        taken_at_milliseconds=NOW,
        requests=[{"id": RUN, "answer": f"report of {RUN}", "budgetMicroUSD": 20_000_000, "callback": "sqs", "states": ["completed", "failed"]}],
        orchestrations={RUN: orchestration(copy.deepcopy(row), NoObjects())},
        rounds={one["requestId"]: round_(one, NoObjects()) for one in (first_round, second_round)},
        feedback=[feedback], callbacks=[{**{k: v for k, v in feedback.items() if k != "orchestration_id"}, "orchestrationId": RUN}],
        completions=[
            answered("a", f"{RUN}#1", "scout", seen), answered("a", f"{RUN}#1", "scout", seen), answered("b", None, "grumbler", None, "error"),
            answered("c", f"{RUN}#2", "stutterer", second), answered("c", f"{RUN}#2", "stutterer", "second, which nobody took")],
        model_calls={RUN: {"calls": 4, "microUSD": 8_000}})


def test_a_sound_snapshot_has_nothing_against_it() -> None:
    snapshot = sound()
    assert audit(snapshot) == []
    assert accounted(snapshot, []) == 1


def row(snapshot: Snapshot) -> dict[str, Any]:
    return snapshot.orchestrations[RUN]


def messages(snapshot: Snapshot) -> list[dict[str, Any]]:
    return row(snapshot)["messages"]


def joined(snapshot: Snapshot) -> list[dict[str, Any]]:
    """The results of the first round in the conversation."""
    return messages(snapshot)[2]["results"]


def task(snapshot: Snapshot, round_: int, use: str) -> dict[str, Any]:
    return snapshot.rounds[f"{RUN}#{round_}"]["tasks"][use]


def running(snapshot: Snapshot) -> None:
    del row(snapshot)["outcome"], row(snapshot)["published_at"]
    row(snapshot)["state"] = "running"
    snapshot.feedback.clear()
    snapshot.callbacks.clear()


def ended_in_the_middle(snapshot: Snapshot) -> None:
    """Completed, though the last thing that was said is a question to agents."""
    del messages(snapshot)[4:]


def round_joined_twice(snapshot: Snapshot) -> None:
    messages(snapshot)[3:3] = [{"role": "assistant", "text": "", "uses": [], "results": []}, copy.deepcopy(messages(snapshot)[2])]


def asked_twice(snapshot: Snapshot) -> None:
    """The model was asked twice after one round, and both replies were taken."""
    messages(snapshot)[4:4] = [copy.deepcopy(messages(snapshot)[3])]


def other_feedback(**changed: Any) -> Callable[[Snapshot], None]:
    return lambda snapshot: snapshot.feedback.append({**snapshot.feedback[0], **changed})


def other_callback(**changed: Any) -> Callable[[Snapshot], None]:
    return lambda snapshot: snapshot.callbacks.append({**snapshot.callbacks[0], **changed})


def dead(queue: str, body: Any) -> Callable[[Snapshot], None]:
    return lambda snapshot: snapshot.dead_letters.append({"queue": queue, "body": body if isinstance(body, str) else json.dumps(body)})


def dead_task_without_an_answer(snapshot: Snapshot) -> None:
    dead("worker", {"orchestration_id": RUN, "agent_use_id": "z", "request_id": f"{RUN}#2"})(snapshot)


def dead_request_without_a_run(snapshot: Snapshot) -> None:
    dead("supervisor", {"detail-type": "task.request", "detail": {"orchestrationId": "chaos-1-0009"}})(snapshot)


DOCTORED: list[tuple[str, Kind, str, Callable[[Snapshot], object]]] = [
    ("a request without a row", Kind.LOST, "has no row", lambda s: s.orchestrations.clear()),
    ("an end that nobody was told of", Kind.LOST, "supervisor.feedback never came", lambda s: s.feedback.clear()),
    ("a callback that never came", Kind.LOST, "its callback (sqs) never came", lambda s: s.callbacks.clear()),
    ("a tool use without a result", Kind.LOST, "has no result for b", lambda s: joined(s).pop()),
    ("completed in the middle of a round", Kind.LOST, "without the results of its last round", ended_in_the_middle),
    ("a round without its record", Kind.LOST, "no tracking record of round 2", lambda s: s.rounds.pop(f"{RUN}#2")),
    ("a reference to nothing", Kind.LOST, "refers to payloads/x, which is not", lambda s: s.dangling.append({"of": f"{RUN}#1", "key": "payloads/x"})),
    ("a task that is a dead letter", Kind.LOST, "the task z", dead_task_without_an_answer),
    ("a request that is a dead letter", Kind.LOST, "a task.request is a dead letter", dead_request_without_a_run),
    ("an answer that was not taken in time", Kind.LOST, "was answered in time for b", lambda s: task(s, 1, "b").update(code="timed_out")),
    ("a dead letter of nobody", Kind.LOST, "nobody can have sent", dead("fabricator", {"x": 1})),
    ("a dead letter that is no JSON", Kind.LOST, "cannot be read", dead("worker", "{")),
    ("a dead letter without a run's id", Kind.LOST, "cannot be read", dead("supervisor", {"detail": {}})),

    ("two results with two ids", Kind.DOUBLED, "with 2 result ids", other_feedback(result_id="another")),
    ("two results that differ", Kind.DOUBLED, "said 2 different things", other_feedback(message="another")),
    ("two results decided at two times", Kind.DOUBLED, "said 2 different things", other_feedback(timestamp="later")),
    ("two callbacks that differ", Kind.DOUBLED, "its callback (sqs) came 2 times", other_callback(message="another")),
    ("a result that is not the row's", Kind.DOUBLED, "said failed, and the row is completed", lambda s: s.feedback[0].update(state="failed")),
    ("two results for a tool use", Kind.DOUBLED, "has 2 results for a", lambda s: joined(s).append(joined(s)[0])),
    ("a result for nothing", Kind.DOUBLED, "which was not asked for", lambda s: joined(s).append({**joined(s)[0], "id": "q"})),
    ("a round that was joined twice", Kind.DOUBLED, "has a result for a, which was not asked for", round_joined_twice),
    ("a reply that was taken twice", Kind.DOUBLED, "two messages of the assistant in a row", asked_twice),
    ("a round too many", Kind.DOUBLED, "of a round that never was", lambda s: s.rounds.update({f"{RUN}#3": {**s.rounds[f"{RUN}#2"], "number": 3}})),
    ("a round of a run that is not there", Kind.DOUBLED, "of a round that never was", lambda s: s.rounds.update({
        "x#1": {**s.rounds[f"{RUN}#1"], "orchestration": "x"}})),
    ("a round more than is counted", Kind.DOUBLED, "counts 1 rounds, and its conversation has 2", lambda s: row(s).update(rounds=1)),
    ("another answer than was taken", Kind.DOUBLED, "another answer for a of round 1", lambda s: joined(s)[0].update(answer=digest("another"))),
    ("an error in place of an answer", Kind.DOUBLED, "has error for a", lambda s: joined(s)[0].update(status="error")),
    ("a task that was closed and not counted", Kind.DOUBLED, "counts 1 pending tasks", lambda s: s.rounds[f"{RUN}#1"].update(pending=1)),
    ("a task that ran twice and said two things", Kind.DOUBLED, "gave 2 different answers to a", lambda s: s.completions[1].update(whole="another")),

    ("a run that never ends", Kind.STUCK, "after its deadline and two sweeps", running),
    ("a run that rests before its deadline", Kind.STUCK, "though nothing happens any more", lambda s: (running(s), row(s).update(deadline=NOW + 5))),
    ("a row that waits for nothing any more", Kind.STUCK, "still has wakeAt", lambda s: row(s).update(wakeAt=NOW - 121_000)),
    ("a row that waits to be told of", Kind.STUCK, "still has wakeAt", lambda s: (row(s).update(wakeAt=NOW + 1), row(s).pop("published_at"))),
    ("a pause before a call that is never made", Kind.STUCK, "still has retry_at", lambda s: row(s).update(retry_at=NOW)),
    ("an object that is left", Kind.STUCK, "has left payloads/chaos-1-0000/y", lambda s: (
        s.objects.extend([f"payloads/{RUN}/x", f"payloads/{RUN}/y"]), s.references.append(f"payloads/{RUN}/x"), setattr(s, "collected", True))),
    ("an end that was not noted", Kind.STUCK, "nobody noted", lambda s: row(s).pop("published_at")),
    ("a task that is pending for ever", Kind.STUCK, "1 tasks of chaos-1-0000#2 are pending", lambda s: (
        s.rounds[f"{RUN}#2"].update(pending=1), s.rounds[f"{RUN}#2"]["tasks"]["c"].update(state="pending"))),
    ("a message that is left", Kind.STUCK, "still holds 3 messages", lambda s: s.queues.update(WorkerQueueUrl=3)),

    ("more spent than allowed", Kind.OVERSPENT, "has spent or set aside 20000001", lambda s: row(s).update(spent=20_000_000, reserved=1)),
    ("a bill above the budget", Kind.OVERSPENT, "by the model's own log, of 20000000", lambda s: s.model_calls[RUN].update(microUSD=20_000_001)),
    ("a bill above what is known", Kind.OVERSPENT, "and knows of 9000", lambda s: s.model_calls[RUN].update(microUSD=9_001)),
    ("a result that tells of more", Kind.OVERSPENT, "told of 20000001", lambda s: s.feedback[0]["usage"].update(cost_micro_usd=20_000_001)),
    ("model calls of nobody", Kind.OVERSPENT, "2 calls belong to no orchestration", lambda s: s.model_calls.update({
        "?": {"calls": 2, "microUSD": 1}})),

    ("an end that was not allowed", Kind.WRONG, "ended as budget_exhausted", lambda s: row(s).update(state="budget_exhausted")),
    ("a failure of ours", Kind.WRONG, "failed with ledger_inconsistent", lambda s: (
        row(s).update(state="failed"), row(s)["outcome"].update(code="ledger_inconsistent"))),
    ("a wrong answer", Kind.WRONG, "expected 'report of chaos-1-0000'", lambda s: row(s)["outcome"].update(message="report of another")),
    ("an end before its time", Kind.WRONG, "expired before its deadline", lambda s: (row(s).update(state="expired"))),
    ("an answer of another run", Kind.WRONG, "an answer of another run", lambda s: joined(s)[0].update(shown='"seen for chaos-1-0007"')),
    ("an answer from nowhere", Kind.WRONG, "that nobody published", lambda s: s.completions.clear()),
    ("another budget than was asked for", Kind.WRONG, "has a budget of 5", lambda s: row(s).update(budget=5)),
    ("a callback that nobody asked for", Kind.WRONG, "that nobody asked for", lambda s: s.requests[0].update(callback=None)),
    ("a run that nobody asked for", Kind.WRONG, "was never asked for", lambda s: s.orchestrations.update(other=row(s))),
    ("a conversation that the model refused", Kind.WRONG, "refused a request: 400", lambda s: s.model_refusals.append("400 ValidationException: no")),
]


@pytest.mark.parametrize(("kind", "words", "doctor"), [case[1:] for case in DOCTORED], ids=[case[0] for case in DOCTORED])
def test_each_kind_of_wrong_is_found(kind: Kind, words: str, doctor: Callable[[Snapshot], object]) -> None:
    snapshot = sound()
    doctor(snapshot)
    findings = audit(snapshot)
    assert any(finding.kind is kind and words in finding.what for finding in findings), findings
    blamed = {finding.of for finding in findings} & {request["id"] for request in snapshot.requests}
    assert accounted(snapshot, findings) == len(snapshot.requests) - len(blamed)


@pytest.mark.parametrize("harmless", [
    # At least once, always in the same words; what a run has spent may be known better the second time.
    lambda s: s.feedback.append({**s.feedback[0], "usage": {"cost_micro_usd": 9_500}}),
    lambda s: s.callbacks.append(s.callbacks[0]),
    # Late answers, and answers that nobody took.
    lambda s: s.completions.append({**s.completions[3], "answer": "late", "whole": "late"}),
    # The answer came when the task was about to be given up.
    lambda s: task(s, 1, "b").update(code="timed_out", due=NOW - 780_000),
    # What an ended run has left behind is gone through an hour later; until then it may be there.
    lambda s: (row(s).update(wakeAt=NOW + 3_600_000), s.objects.append(f"payloads/{RUN}/y")),
    # What these letters were about came another way.
    dead("worker", {"orchestration_id": RUN, "agent_use_id": "a", "request_id": f"{RUN}#1"}),
    dead("supervisor", {"detail-type": "task.completion", "detail": {"orchestration_id": RUN}}),
    dead("supervisor", {"requestPayload": {"detail-type": "task.request", "detail": {"orchestrationId": RUN}}}),
    # Calls whose answers were lost cost what was set aside for them, or less.
    lambda s: s.model_calls[RUN].update(microUSD=9_000),
])
def test_what_is_promised_to_happen_is_no_finding(harmless: Callable[[Snapshot], object]) -> None:
    snapshot = sound()
    harmless(snapshot)
    assert audit(snapshot) == []


def test_a_run_that_was_ended_in_the_middle_of_a_round_has_no_use_for_its_answers() -> None:
    snapshot = sound()
    del messages(snapshot)[4:]
    row(snapshot).update(state="cancelled")
    snapshot.requests[0]["states"].append("cancelled")
    for told in (*snapshot.feedback, *snapshot.callbacks):
        told.update(state="cancelled")
    assert audit(snapshot) == []


def test_a_snapshot_comes_back_from_a_file_as_it_was(tmp_path: pathlib.Path) -> None:
    sound().write(tmp_path / "snapshot.json")
    assert Snapshot.read(tmp_path / "snapshot.json") == sound()


def test_the_models_log_is_priced_by_orchestration() -> None:
    def line(text: str, **answer: Any) -> str:
        asked = {"messages": [{"role": "user", "content": [{"text": text}]}]}
        return json.dumps({"operation": "Converse", "modelId": "m", "request": asked, **answer})

    usage = {"response": {"usage": {"inputTokens": 100, "outputTokens": 10}}}
    calls = model_calls([line("chaos-1-0001 of shape-01.", **usage), line('{"subject": "chaos-1-0001 round 1"}', **usage),
                         line("chaos-1-0002", failure={"status": 429}), line("who?", **usage)])
    assert calls == {"chaos-1-0001": {"calls": 2, "microUSD": 900}, "?": {"calls": 1, "microUSD": 450}}


def test_numbers_of_dynamodb_are_those_of_json() -> None:
    import decimal

    assert json.dumps(plain({"a": [decimal.Decimal("1"), decimal.Decimal("1.5")]})) == '{"a": [1, 1.5]}'
