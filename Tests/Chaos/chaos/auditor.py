"""Judges what is left: what was lost, doubled, stuck, overspent, or is wrong. It reads the snapshot alone, and believes no row that another
contradicts."""

from __future__ import annotations

import collections
import dataclasses
import enum
import json
from collections.abc import Iterator
from typing import Any

from chaos.plan import PROMPT_AGENTS
from chaos.snapshot import Snapshot

SWEEP_MILLISECONDS = 60_000
# An answer that was published so long before its task was due has had its three attempts by then, late ones too.
PUBLISHED_IN_TIME_MILLISECONDS = 30_000


class Kind(enum.StrEnum):
    LOST = "lost"
    DOUBLED = "doubled"
    STUCK = "stuck"
    OVERSPENT = "overspent"
    # An end, an answer or a request that nothing in the plan explains.
    WRONG = "wrong"


@dataclasses.dataclass(frozen=True)
class Finding:
    kind: Kind
    # The orchestration, or what else it is about.
    of: str
    what: str


def audit(snapshot: Snapshot) -> list[Finding]:
    """All that is not as promised; empty when all is well."""
    return [*runs(snapshot), *rounds(snapshot), *left_over(snapshot), *dead_letters(snapshot), *model(snapshot)]


def accounted(snapshot: Snapshot, findings: list[Finding]) -> int:
    """Requests with an end of which everybody was told who should be, and nothing to be said against them."""
    blamed = {finding.of for finding in findings}
    return sum(request["id"] not in blamed for request in snapshot.requests)


# One orchestration after another -----------------------------------------------------------------------------------------------


def runs(snapshot: Snapshot) -> Iterator[Finding]:
    told, answered = collections.defaultdict(list), collections.defaultdict(list)
    for detail in snapshot.feedback:
        told[detail["orchestration_id"]].append(detail)
    for detail in snapshot.callbacks:
        answered[detail["orchestrationId"]].append(detail)
    asked = {request["id"] for request in snapshot.requests}
    for request in snapshot.requests:
        id, row = request["id"], snapshot.orchestrations.get(request["id"])
        if row is None:
            yield Finding(Kind.LOST, id, "was accepted by the bus, and has no row")
            continue
        yield from ending(request, row, snapshot.taken_at_milliseconds)
        if row["state"] != "running":
            yield from telling("supervisor.feedback", row, told[id])
            if request["callback"]:
                yield from telling(f"its callback ({request['callback']})", row, answered[id])
            elif answered[id]:
                yield Finding(Kind.WRONG, id, "has a callback that nobody asked for")
        yield from conversation(id, row, snapshot)
        yield from spending(request, row, told[id], snapshot.model_calls.get(id, {"microUSD": 0}))
    for id in sorted((set(snapshot.orchestrations) | set(told)) - asked):
        yield Finding(Kind.WRONG, id, "was never asked for")


def ending(request: dict[str, Any], row: dict[str, Any], now: int) -> Iterator[Finding]:
    id, state = request["id"], row["state"]
    if state == "running":
        late = now - row["deadline"] - 2 * SWEEP_MILLISECONDS
        yield Finding(Kind.STUCK, id, f"is running, {late / 1000:.0f} s after its deadline and two sweeps" if late > 0 else
                      f"is running, though nothing happens any more; its deadline is {(row['deadline'] - now) / 1000:.0f} s away")
        return
    if "retry_at" in row:
        yield Finding(Kind.STUCK, id, f"has ended as {state} and still has retry_at")
    # What is to be done later is not stuck.
    if row.get("wakeAt", now) < now - 2 * SWEEP_MILLISECONDS or "wakeAt" in row and "published_at" not in row:
        yield Finding(Kind.STUCK, id, f"has ended as {state} and still has wakeAt, {(now - row['wakeAt']) / 1000:.0f} s ago")
    if "published_at" not in row:
        yield Finding(Kind.STUCK, id, f"has ended as {state}, and nobody noted that this was published")
    if state not in request["states"]:
        yield Finding(Kind.WRONG, id, f"ended as {state} ({row.get('outcome', {}).get('code')}), expected {' or '.join(request['states'])}")
    outcome = row.get("outcome", {})
    if state == "failed" and outcome.get("code") != "model_failed":
        yield Finding(Kind.WRONG, id, f"failed with {outcome.get('code')}: {outcome.get('message', '')[:200]}")
    if state == "completed" and outcome.get("message") != request["answer"]:
        yield Finding(Kind.WRONG, id, f"answered {outcome.get('message')!r}, expected {request['answer']!r}")
    if state == "expired" and outcome.get("decided_at", row["deadline"]) < row["deadline"]:
        yield Finding(Kind.WRONG, id, "expired before its deadline")


def telling(where: str, row: dict[str, Any], details: list[dict[str, Any]]) -> Iterator[Finding]:
    """An end is told at least once, and always in the same words. What a run had spent may be known better the second time."""
    id = row["orchestrationId"]
    if not details:
        yield Finding(Kind.LOST, id, f"ended as {row['state']}, and {where} never came")
        return
    if len({detail["result_id"] for detail in details}) > 1:
        yield Finding(Kind.DOUBLED, id, f"{where} came with {len({detail['result_id'] for detail in details})} result ids")
    words = {json.dumps({name: value for name, value in detail.items() if name != "usage"}, sort_keys=True) for detail in details}
    if len(words) > 1:
        yield Finding(Kind.DOUBLED, id, f"{where} came {len(details)} times and said {len(words)} different things")
    elif details[0]["state"] != row["state"]:
        yield Finding(Kind.DOUBLED, id, f"{where} said {details[0]['state']}, and the row is {row['state']}")


def conversation(id: str, row: dict[str, Any], snapshot: Snapshot) -> Iterator[Finding]:
    """Each tool use has one result, in the message after it; each round is joined once, with the answers that its tasks were given."""
    messages, joined = row["messages"], 0
    for place, message in enumerate(messages):
        if place and message["role"] == messages[place - 1]["role"]:
            yield Finding(Kind.DOUBLED, id, f"has two messages of the {message['role']} in a row, at {place}")
        before = messages[place - 1]["uses"] if place else []
        asked, got = [use["id"] for use in before], [result["id"] for result in message["results"]]
        for use, count in collections.Counter(got).items():
            if use not in asked:
                yield Finding(Kind.DOUBLED, id, f"has a result for {use}, which was not asked for in the message before")
            elif count > 1:
                yield Finding(Kind.DOUBLED, id, f"has {count} results for {use}")
        for use in asked:
            if use not in got:
                yield Finding(Kind.LOST, id, f"has no result for {use}")
        if got:
            joined += 1
            yield from same_answers(id, message["results"], snapshot.rounds.get(f"{id}#{joined}"), joined)
    # A run that was ended in the middle of a round has no use for its answers any more.
    if messages and messages[-1]["uses"] and row["state"] == "completed":
        yield Finding(Kind.LOST, id, "completed without the results of its last round")
    delegated, counted = sum(bool(message["uses"]) for message in messages), row.get("rounds", 0)
    if delegated != counted:
        yield Finding(Kind.DOUBLED if delegated > counted else Kind.LOST, id, f"counts {counted} rounds, and its conversation has {delegated}")
    missing = [number for number in range(1, delegated + 1) if f"{id}#{number}" not in snapshot.rounds]
    if missing:
        yield Finding(Kind.LOST, id, f"has no tracking record of round {missing[0]}")


def same_answers(id: str, results: list[dict[str, Any]], round_: dict[str, Any] | None, number: int) -> Iterator[Finding]:
    for result in results:
        task = (round_ or {"tasks": {}})["tasks"].get(result["id"])
        if task is None:
            continue
        if (task["status"] == "error") != (result["status"] == "error"):
            yield Finding(Kind.DOUBLED, id, f"has {result['status']} for {result['id']} of round {number}, and the tracking record {task['status']}")
        elif task["status"] == "success" and task["answer"] != result["answer"]:
            yield Finding(Kind.DOUBLED, id, f"has another answer for {result['id']} of round {number} than the tracking record")
        if task["status"] == "success" and id not in result["shown"] and len(result["shown"]) < 200:
            yield Finding(Kind.WRONG, id, f"was given an answer of another run for {result['id']}: {result['shown']}")


def spending(request: dict[str, Any], row: dict[str, Any], told: list[dict[str, Any]], calls: dict[str, int]) -> Iterator[Finding]:
    id, budget = request["id"], request["budgetMicroUSD"]
    if row["budget"] != budget:
        yield Finding(Kind.WRONG, id, f"has a budget of {row['budget']} micro-dollars, and {budget} were asked for")
    known = row.get("spent", 0) + row.get("reserved", 0)
    if known > budget:
        yield Finding(Kind.OVERSPENT, id, f"has spent or set aside {known} micro-dollars of {budget}")
    if calls["microUSD"] > budget:
        yield Finding(Kind.OVERSPENT, id, f"cost {calls['microUSD']} micro-dollars by the model's own log, of {budget}")
    if calls["microUSD"] > known:
        yield Finding(Kind.OVERSPENT, id, f"cost {calls['microUSD']} micro-dollars by the model's own log, and knows of {known}")
    for detail in told:
        if detail["usage"]["cost_micro_usd"] > budget:
            yield Finding(Kind.OVERSPENT, id, f"told of {detail['usage']['cost_micro_usd']} micro-dollars, of {budget}")


# Rounds and completions ------------------------------------------------------------------------------------------------------


def rounds(snapshot: Snapshot) -> Iterator[Finding]:
    published = collections.defaultdict(list)
    for completion in snapshot.completions:
        published[completion["orchestration"], completion["use"]].append(completion)
    for request_id, round_ in snapshot.rounds.items():
        id = round_["orchestration"]
        row = snapshot.orchestrations.get(id)
        if row is None or round_["number"] > row.get("rounds", 0):
            yield Finding(Kind.DOUBLED, id, f"has a tracking record {request_id} of a round that never was")
            continue
        pending = [use for use, task in round_["tasks"].items() if task["state"] == "pending"]
        if len(pending) != round_["pending"]:
            yield Finding(Kind.DOUBLED, id, f"counts {round_['pending']} pending tasks in {request_id}, and has {len(pending)}")
        if pending and row["state"] != "running":
            yield Finding(Kind.STUCK, id, f"has ended as {row['state']}, and {len(pending)} tasks of {request_id} are pending")
        for use, task in round_["tasks"].items():
            if task["code"] == "timed_out" and any(
                    completion["request"] in (None, request_id) and completion["at"] < task["due"] - PUBLISHED_IN_TIME_MILLISECONDS
                    for completion in published[id, use]):
                yield Finding(Kind.LOST, id, f"was answered in time for {use} of {request_id}, and has timed out all the same")
            if task["state"] == "pending" or task["status"] != "success":
                continue
            answers = {completion["answer"] for completion in published[id, use] if completion["request"] in (None, request_id)}
            if task["answer"] not in answers:
                yield Finding(Kind.WRONG, id, f"has an answer to {use} of {request_id} that nobody published")
    yield from answers_of_prompt_agents(snapshot)


def answers_of_prompt_agents(snapshot: Snapshot) -> Iterator[Finding]:
    """The worker runs a task once, and says the same again when it is asked again. Agents of kind queue may say what they like."""
    said = collections.defaultdict(set)
    for completion in snapshot.completions:
        if completion["node"] in PROMPT_AGENTS:
            said[completion["orchestration"], completion["request"], completion["use"]].add(completion["whole"])
    for (id, request_id, use), answers in said.items():
        if len(answers) > 1:
            yield Finding(Kind.DOUBLED, id, f"the worker gave {len(answers)} different answers to {use} of {request_id}")


# What is left over -----------------------------------------------------------------------------------------------------------


def left_over(snapshot: Snapshot) -> Iterator[Finding]:
    for queue, count in snapshot.queues.items():
        yield Finding(Kind.STUCK, queue, f"still holds {count} messages")
    for reference in snapshot.dangling:
        yield Finding(Kind.LOST, reference["of"].split("#")[0], f"refers to {reference['key']}, which is not there")
    if snapshot.collected:
        for key in sorted(set(snapshot.objects) - set(snapshot.references)):
            yield Finding(Kind.STUCK, key.split("/")[1], f"has left {key}, to which nothing refers")


def dead_letters(snapshot: Snapshot) -> Iterator[Finding]:
    """A dead letter is accounted for when what it was about has its end without it."""
    for letter in snapshot.dead_letters:
        try:
            body = json.loads(letter["body"])
            if letter["queue"] == "worker":
                yield from dead_task(body, snapshot)
            elif letter["queue"] == "supervisor":
                yield from dead_event(body, snapshot)
            else:
                yield Finding(Kind.LOST, letter["queue"], f"a dead letter that nobody can have sent: {letter['body'][:200]}")
        except (ValueError, KeyError, TypeError):
            yield Finding(Kind.LOST, letter["queue"], f"a dead letter that cannot be read: {letter['body'][:200]}")


def dead_task(body: dict[str, Any], snapshot: Snapshot) -> Iterator[Finding]:
    use, request_id = body["agent_use_id"], body["request_id"]
    task = snapshot.rounds.get(request_id, {"tasks": {}})["tasks"].get(use)
    if task is None or task["state"] == "pending":
        yield Finding(Kind.LOST, body["orchestration_id"], f"the task {use} of {request_id} is a dead letter, and has no answer")


def dead_event(body: dict[str, Any], snapshot: Snapshot) -> Iterator[Finding]:
    # Lambda's own failure destination wraps the event.
    event = body.get("requestPayload", body)
    detail = event["detail"]
    id = detail.get("orchestrationId") or detail.get("orchestration_id")
    row = snapshot.orchestrations.get(id)
    if row is None or row["state"] == "running":
        yield Finding(Kind.LOST, id, f"a {event['detail-type']} is a dead letter, and the run has no end")


def model(snapshot: Snapshot) -> Iterator[Finding]:
    for refusal in snapshot.model_refusals:
        yield Finding(Kind.WRONG, "model", f"refused a request: {refusal[:300]}")
    if stray := snapshot.model_calls.get("?"):
        yield Finding(Kind.OVERSPENT, "model", f"{stray['calls']} calls belong to no orchestration")
