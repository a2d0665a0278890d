"""What a run of the chaos asks for, decided by its seed: who works, in which shapes, and what becomes of whom."""

from __future__ import annotations

import dataclasses
from typing import Any

from chaos.chance import Chance
from chaos.faults import AWS_RATES, MODEL_RATES, Fault

# US dollars for a million tokens: whole micro-dollars for a token, so that sums are exact.
PRICES = {"input": 3, "output": 15}
SUPERVISOR_MODEL = "chaos.supervisor"

# Results above this many bytes travel by reference. The deployment's default is 20 times as much; so many times fewer bytes do here.
INLINE_BYTES = 10_000
LARGE = "0123456789" * 3_000

SHAPES = 24
MOST_ROUNDS = 3
MOST_TASKS = 8

# Agents of kind prompt, which the WorkerWrapper runs, and of kind queue, which this process runs, each with how often it is asked for.
PROMPT_AGENTS = {"scout": 4, "reckoner": 2, "scribe": 2, "novelist": 1, "refuser": 1}
QUEUE_AGENTS = {"courier": 3, "elder": 2, "hauler": 1, "grumbler": 1, "stutterer": 2, "mute": 0.3}
PROMPT_SECONDS = 180
MUTE_SECONDS = 15

GENEROUS_USD, GENEROUS_SECONDS = 20.0, 900


@dataclasses.dataclass(frozen=True)
class Rates:
    """How often what happens. Of faults: of a hundred requests."""

    aws: dict[Fault, float] = dataclasses.field(default_factory=lambda: dict(AWS_RATES))
    model: dict[Fault, float] = dataclasses.field(default_factory=lambda: dict(MODEL_RATES))
    # Functions killed in a minute.
    kills: float = 60
    # Of a hundred events: delivered twice; delivered late; requests published twice.
    event_duplicates: float = 10
    event_delays: float = 5
    request_duplicates: float = 10

    def sides(self) -> dict[str, dict[str, float]]:
        return {"aws": {str(fault): rate for fault, rate in self.aws.items()}, "model": {str(fault): rate for fault, rate in self.model.items()}}

    NAMES = ("kills", "event-duplicates", "event-delays", "request-duplicates")

    def changed(self, name: str, rate: float) -> Rates:
        """With one rate changed: that of a fault (both sides), of a fault of one side ("model.lose"), or one of NAMES."""
        if name in self.NAMES:
            return dataclasses.replace(self, **{name.replace("-", "_"): rate})
        side, _, fault = name.rpartition(".")
        known = [f"{side_}.{fault_}" for side_ in ("aws", "model") for fault_ in getattr(self, side_)]
        chosen = [one for one in known if one == name or not side and one.endswith(f".{fault}")]
        if not chosen:
            raise ValueError(f"there is no rate '{name}'; there are: {', '.join([*known, *sorted({str(f) for f in self.aws}), *self.NAMES])}")
        changed = self
        for one in chosen:
            side_, _, fault_ = one.partition(".")
            changed = dataclasses.replace(changed, **{side_: {**getattr(changed, side_), Fault(fault_): rate}})
        return changed


@dataclasses.dataclass(frozen=True)
class Shape:
    """The rounds of an orchestration: in each, who is asked how often."""

    number: int
    rounds: tuple[tuple[tuple[str, int], ...], ...]
    # Tool use ids come again in each round, as some models have them.
    repeats_ids: bool
    delay_milliseconds: int

    @property
    def name(self) -> str:
        return f"shape-{self.number:02}."

    @property
    def tasks(self) -> int:
        return sum(count for round_ in self.rounds for _, count in round_)


@dataclasses.dataclass(frozen=True)
class Run:
    """One orchestration that is asked for."""

    id: str
    shape: Shape
    task: str
    budget_usd: float = GENEROUS_USD
    deadline_seconds: int = GENEROUS_SECONDS
    # None, "sqs" or "eventbridge".
    callback: str | None = None
    # How often the request is published.
    copies: int = 1
    # When the operator cancels it, in seconds from the request; None for most.
    cancelled_after: float | None = None

    @property
    def answer(self) -> str:
        return f"report of {self.task}"

    @property
    def states(self) -> set[str]:
        """How it may end. That the model failed too often in a row is possible for all."""
        allowed = {"completed", "failed"}
        if self.budget_usd < GENEROUS_USD:
            allowed.add("budget_exhausted")
        if self.deadline_seconds < GENEROUS_SECONDS:
            allowed.add("expired")
        if self.cancelled_after is not None:
            allowed.add("cancelled")
        return allowed


@dataclasses.dataclass(frozen=True)
class Plan:
    seed: int
    rates: Rates
    shapes: list[Shape]
    runs: list[Run]

    @classmethod
    def make(cls, seed: int, orchestrations: int, rates: Rates | None = None) -> Plan:
        chance = Chance(seed)
        shapes = [shape(chance, number) for number in range(SHAPES)]
        return cls(seed, rates or Rates(), shapes, [run(chance, seed, number, shapes, rates or Rates()) for number in range(orchestrations)])

    def summary(self) -> list[str]:
        """What chance has decided, for people."""
        runs = self.runs
        rounds = [len(one.shape.rounds) for one in runs]
        return [
            f"seed {self.seed}: {len(runs)} orchestrations of {len({one.shape.number for one in runs})} shapes, "
            f"{sum(rounds)} rounds ({', '.join(f'{rounds.count(count)} of {count}' for count in sorted(set(rounds)))}), "
            f"{sum(one.shape.tasks for one in runs)} tasks, at most {max((n for s in self.shapes for n in map(width, s.rounds)), default=0)} at once",
            f"tight budgets {sum(one.budget_usd < GENEROUS_USD for one in runs)}, short deadlines "
            f"{sum(one.deadline_seconds < GENEROUS_SECONDS for one in runs)}, cancelled {sum(one.cancelled_after is not None for one in runs)}, "
            f"callbacks {sum(one.callback == 'sqs' for one in runs)} to a queue and {sum(one.callback == 'eventbridge' for one in runs)} to the bus, "
            f"requests published twice {sum(one.copies > 1 for one in runs)}",
            "of 100 requests to AWS: " + ", ".join(f"{fault} {rate:g}" for fault, rate in self.rates.aws.items()),
            "of 100 to the model: " + ", ".join(f"{fault} {rate:g}" for fault, rate in self.rates.model.items()),
            f"of 100 events: twice {self.rates.event_duplicates:g}, late {self.rates.event_delays:g}; {self.rates.kills:g} functions killed a minute",
        ]


def width(round_: tuple[tuple[str, int], ...]) -> int:
    return sum(count for _, count in round_)


def shape(chance: Chance, number: int) -> Shape:
    agents = {**PROMPT_AGENTS, **QUEUE_AGENTS}
    names = list(agents)
    repeats_ids = number % 4 == 3
    if repeats_ids:
        # Who does not echo the round needs ids that are unique.
        del agents["elder"]
    rounds = []
    for position in range(chance.number(1, MOST_ROUNDS, "rounds", number)):
        asked: dict[str, int] = {}
        # The first shapes have one round of each width, so that every width is there; and each agent is asked for by one of them.
        tasks = number % MOST_TASKS + 1 if position == 0 else chance.number(1, MOST_TASKS, "width", number, position)
        for task in range(tasks):
            name = weighted(chance, agents, number, position, task)
            if position == 0 and task == 0 and names[number % len(names)] in agents:
                name = names[number % len(names)]
            asked[name] = asked.get(name, 0) + 1
        rounds.append(tuple(asked.items()))
    return Shape(number, tuple(rounds), repeats_ids, chance.number(20, 400, "delay", number))


def weighted(chance: Chance, weights: dict[str, float], *question: object) -> str:
    point = chance.fraction("agent", *question) * sum(weights.values())
    for name, weight in weights.items():
        point -= weight
        if point < 0:
            return name
    return next(reversed(weights))


def run(chance: Chance, seed: int, number: int, shapes: list[Shape], rates: Rates) -> Run:
    id = f"chaos-{seed}-{number:04}"
    chosen = chance.one_of(shapes, "shape", number)
    limits: dict[str, Any] = {}
    kind = chance.fraction("kind of run", number)
    if kind < 0.04:
        limits["budget_usd"] = round(chance.between(0.02, 0.4, "budget", number), 3)
    elif kind < 0.07:
        limits["deadline_seconds"] = chance.number(5, 40, "deadline", number)
    elif kind < 0.10:
        limits["cancelled_after"] = chance.between(0, 8, "cancelled", number)
    return Run(
        id, chosen, f"{id} of {chosen.name}", callback=chance.one_of(["sqs", "sqs", "eventbridge", None], "callback", number),
        copies=1 + chance.occurs(rates.request_duplicates / 100, "copies", number), **limits)
