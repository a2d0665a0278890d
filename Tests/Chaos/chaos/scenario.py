"""The agents' rows, and what their models and the Supervisor's say."""

from __future__ import annotations

import json
from typing import Any

from chaos.plan import INLINE_BYTES, LARGE, MUTE_SECONDS, PRICES, PROMPT_AGENTS, PROMPT_SECONDS, QUEUE_AGENTS, SUPERVISOR_MODEL, Plan, Shape

SUBJECT = {"type": "object", "properties": {"subject": {"type": "string"}}, "required": ["subject"]}
TOOLS = {"reckoner": ["calculate"], "scribe": ["write_object", "read_object"]}


def model(agent: str) -> str:
    return f"chaos.{agent}"


def rows(queues: dict[str, str]) -> list[dict[str, Any]]:
    """The registry. `queues` has the URL of each queue agent's queue."""
    found = []
    for name in PROMPT_AGENTS:
        config = {"kind": "prompt", "prompt": f"You are {name}.", "model": model(name), "tools": TOOLS.get(name, []),
                  "limits": {"timeoutSeconds": PROMPT_SECONDS, "turns": 6}}
        found.append(row(name, config))
    for name in QUEUE_AGENTS:
        limits = {"limits": {"timeoutSeconds": MUTE_SECONDS if name == "mute" else PROMPT_SECONDS}}
        found.append(row(name, {"kind": "queue", "action": {"type": "sqs", "target": queues[name]}, **limits}))
    return found


def row(name: str, config: dict[str, Any]) -> dict[str, Any]:
    return {"agentId": name, "state": "active", "categories": ["chaos"],
            "config": {"name": name, "description": f"Is {name}.", "version": "1", "schema": SUBJECT, **config}}


def variables() -> dict[str, str]:
    """What the functions' environment says besides what is deployed."""
    models = {name: PRICES for name in (SUPERVISOR_MODEL, *map(model, PROMPT_AGENTS))}
    return {"MODEL_ID": SUPERVISOR_MODEL, "MODEL_PRICES": json.dumps({"asOf": "2026-01-01", "models": models}),
            "INLINE_PAYLOAD_BYTES": str(INLINE_BYTES)}


def scenario(plan: Plan) -> dict[str, Any]:
    """The scripted model's file (docs/model-server.md)."""
    rules = [rule for name in PROMPT_AGENTS for rule in agent_rules(name)] + [rule for shape in plan.shapes for rule in shape_rules(shape)]
    return {"name": "chaos", "description": f"Made for seed {plan.seed}.", "rules": rules}


def agent_rules(name: str) -> list[dict[str, Any]]:
    """Each agent's answer names its subject, so that an answer in the wrong place is seen."""
    def say(turn: int | None, reply: dict[str, Any]) -> dict[str, Any]:
        when = {"model": model(name)} if turn is None else {"model": model(name), "turn": turn}
        return {"name": f"{name}, turn {turn}", "when": when, "reply": {"delayMilliseconds": 60, **reply}}

    subject = "{{ user /subject }}"
    if name == "reckoner":
        return [say(0, {"toolUses": [{"name": "calculate", "input": {"expression": expression}} for expression in ("6 * 7", "1 / 0")]}),
                say(1, {"text": f"forty-two for {subject}"})]
    if name == "scribe":
        return [say(0, {"toolUses": [{"name": "write_object", "input": {"path": "note.txt", "content": subject}}]}),
                say(1, {"toolUses": [{"name": "read_object", "input": {"path": "note.txt"}}]}),
                say(2, {"text": f"written for {subject}"})]
    if name == "novelist":
        # A model does not say more than it is allowed; the figure fits the limit, the text is for its size.
        return [say(None, {"text": f"{LARGE} for {subject}", "usage": {"inputTokens": 400, "outputTokens": 1_900}})]
    if name == "refuser":
        return [say(None, {"text": "no", "stopReason": "guardrail_intervened"})]
    return [say(None, {"text": f"seen for {subject}"})]


def shape_rules(shape: Shape) -> list[dict[str, Any]]:
    rules = []
    for turn, asked in enumerate(shape.rounds):
        uses = []
        for name, count in asked:
            use: dict[str, Any] = {"name": name, "repeat": count, "input": {"subject": f"{{{{ user }}}} round {turn + 1} {name} {{{{ index }}}}"}}
            if shape.repeats_ids:
                use["id"] = f"{name}_{{{{ index }}}}"
            uses.append(use)
        rules.append({"name": f"{shape.name} round {turn + 1}", "when": {"user": shape.name, "turn": turn},
                      "reply": {"toolUses": uses, "delayMilliseconds": shape.delay_milliseconds}})
    rules.append({"name": f"{shape.name} answer", "when": {"user": shape.name, "turn": len(shape.rounds)},
                  "reply": {"text": "report of {{ user }}", "delayMilliseconds": shape.delay_milliseconds}})
    return rules
