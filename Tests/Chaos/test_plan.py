"""One seed decides everything that chance decides."""

from __future__ import annotations

import pytest

from chaos.chance import Chance
from chaos.faults import Fault, Faults
from chaos.plan import MOST_ROUNDS, MOST_TASKS, PROMPT_AGENTS, QUEUE_AGENTS, Plan, Rates, width
from chaos.scenario import scenario


def test_a_seed_makes_one_plan() -> None:
    assert Plan.make(7, 50) == Plan.make(7, 50) != Plan.make(8, 50)
    # More of the same: a shorter run asks for the first of a longer one.
    assert Plan.make(7, 50).runs == Plan.make(7, 500).runs[:50]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_agent_and_every_width_is_asked_for(seed: int) -> None:
    plan = Plan.make(seed, 500)
    rounds = [round_ for shape in plan.shapes for round_ in shape.rounds]
    assert {width(round_) for round_ in rounds} == set(range(1, MOST_TASKS + 1))
    assert {len(shape.rounds) for shape in plan.shapes} == set(range(1, MOST_ROUNDS + 1))
    assert {name for round_ in rounds for name, _ in round_} == {*PROMPT_AGENTS, *QUEUE_AGENTS}
    assert {run.shape.number for run in plan.runs} == {shape.number for shape in plan.shapes}
    for states in ("budget_exhausted", "expired", "cancelled"):
        assert 0 < sum(states in run.states for run in plan.runs) < 50
    assert {run.callback for run in plan.runs} == {"sqs", "eventbridge", None} and {run.copies for run in plan.runs} == {1, 2}


def test_who_does_not_echo_the_round_is_not_asked_with_ids_that_repeat() -> None:
    for shape in Plan.make(4, 1).shapes:
        assert not shape.repeats_ids or all(name != "elder" for round_ in shape.rounds for name, _ in round_)


def test_the_scenario_has_an_answer_for_every_turn() -> None:
    plan = Plan.make(5, 1)
    rules = scenario(plan)["rules"]
    for shape in plan.shapes:
        turns = [rule["when"]["turn"] for rule in rules if rule["when"].get("user") == shape.name]
        assert turns == list(range(len(shape.rounds) + 1))


def test_a_faults_fate_depends_on_the_seed_and_its_number_alone() -> None:
    def fates(operations: list[str]) -> dict[str, list[object]]:
        faults, found = Faults(Chance(3), {Fault.LOSE: 30, Fault.DELAY: 30}, active=True), {}
        for operation in operations:
            found.setdefault(operation, []).append(faults.decide(operation))
        return found

    assert fates(["GetItem", "PutItem"] * 30) == fates(["GetItem"] * 30 + ["PutItem"] * 30)


def test_rates_by_name() -> None:
    rates = Rates().changed("lose", 9).changed("model.delay", 8).changed("kills", 7).changed("event-delays", 6)
    assert (rates.aws[Fault.LOSE], rates.model[Fault.LOSE], rates.model[Fault.DELAY], rates.kills, rates.event_delays) == (9, 9, 8, 7, 6)
    assert rates.aws[Fault.DELAY] == Rates().aws[Fault.DELAY]
    for unknown in ("model.duplicate", "earthquake", "aws."):
        with pytest.raises(ValueError, match="there is no rate"):
            rates.changed(unknown, 1)
