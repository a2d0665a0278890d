"""Functions that die and answers that never come: every orchestration ends all the same, once."""

from __future__ import annotations

import json
import uuid

from harness import processes
from harness.bus import BusWatch
from harness.cloud import Cloud
from harness.runs import is_settled, publish, row, run, submit, tool_results
from harness.timeouts import short_timeouts
from harness.waiting import wait_until

TASKS = 60
# In place of minutes: when a dead function's lease and claim end, and its message is delivered again. A worker keeps 5 seconds to tell of a failure.
FUNCTION_SECONDS = 7
VISIBILITY_SECONDS = 8


def test_functions_killed_in_the_middle_of_a_burst(cloud: Cloud, bus: BusWatch, agents: dict[str, str]) -> None:
    name = f"deliveries-{uuid.uuid4().hex[:8]}"
    with short_timeouts(cloud, FUNCTION_SECONDS, VISIBILITY_SECONDS), \
            BusWatch(cloud, name, ["task.request", "task.completion"]) as deliveries:
        cloud.await_rest()
        cloud.forget_model_statistics()
        orchestrations = submit(cloud, *(f"ask four agents about subject {number}" for number in range(TASKS)))

        def ended() -> int:
            told = bus.feedback()
            return sum(id in told for id in orchestrations)

        killed = 0
        for wave in (TASKS // 6, TASKS // 2):
            wait_until(f"{wave} results", lambda: ended() >= wave, 30, seen=ended)
            killed += processes.kill(cloud.function_processes())
        # The local cloud delivers an event to a function once; EventBridge would try again. What is unfinished is delivered again here, with
        # what has been delivered well: nobody could tell them apart.
        wait_until("what runs has ended", lambda: len(deliveries.events("task.request")) == TASKS, 10)
        told = bus.feedback()
        for source, key in (("task.request", "orchestrationId"), ("task.completion", "orchestration_id")):
            again = [event["detail"] for event in deliveries.events(source) if event["detail"][key] in set(orchestrations) - set(told)]
            publish(cloud, source, again)

        def all_ended() -> bool:
            cloud.sweep()
            return ended() == TASKS

        wait_until("every orchestration has a result", all_ended, 60, seen=lambda: unfinished(cloud, bus, orchestrations))
        waiting = list(orchestrations)

        def settled() -> bool:
            cloud.sweep()
            waiting[:] = [id for id in waiting if not is_settled(row(cloud, id))]
            return not waiting

        # A result that was published by who died before noting it is published again after a while.
        wait_until("no row waits for anything", settled, 60, seen=lambda: waiting)
        cloud.await_rest()

    assert killed > 0 and ended() == TASKS
    told = bus.feedback()
    for number, id in enumerate(orchestrations):
        # Whoever dies between publishing a result and noting it leaves it to be published again: with the same id, and the same words.
        assert len({json.dumps(detail, sort_keys=True) for detail in told[id]}) == 1
        assert told[id][0]["state"] == "completed" and f"about subject {number}" in told[id][0]["message"], told[id][0]
        stored = row(cloud, id)
        assert [len(found) for found in tool_results(stored).values()] == [1] * 4
        assert all(answer["status"] == "success" for found in tool_results(stored).values() for answer in found)
        assert is_settled(stored)
    statistics = cloud.model_statistics()
    assert (statistics["refused"], statistics["unmatched"]) == (0, 0), statistics["lastErrors"]


def unfinished(cloud: Cloud, bus: BusWatch, orchestrations: list[str]) -> list[dict[str, object]]:
    told = bus.feedback()
    return [{key: value for key, value in row(cloud, id).items() if key != "conversation"} for id in orchestrations if id not in told][:3]


def test_an_answer_that_never_comes(cloud: Cloud, bus: BusWatch, agents: dict[str, str]) -> None:
    end = run(cloud, bus, "ask the silent agent", sweeping=True)
    assert (end["state"], end["message"]) == (
        "completed", "without silent: timed_out: The agent gave no answer within 1 seconds.")
