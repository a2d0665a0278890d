"""The agents that the tests ask for."""

from __future__ import annotations

import json
from typing import Any

from harness.cloud import Cloud
from harness.code_agents import write_code_agents

AGENT_MODEL = "test.agent"

SUBJECT = {"type": "object", "properties": {"subject": {"type": "string"}}, "required": ["subject"]}


def prompt_agent(name: str) -> dict[str, Any]:
    """An agent that the WorkerWrapper runs."""
    return {
        "agentId": name, "state": "active", "categories": ["test"],
        "config": {"name": name, "description": f"Checks a subject in the {name}.", "version": "1", "kind": "prompt", "schema": SUBJECT,
                   "prompt": f"You check subjects in the {name}.", "model": AGENT_MODEL, "tools": []},
    }


def queue_agent(name: str, queue: str, **limits: int) -> dict[str, Any]:
    """An agent of somebody else's, behind a queue."""
    return {
        "agentId": name, "state": "active", "categories": ["test"],
        "config": {"name": name, "description": f"Is {name}.", "version": "1", "kind": "queue", "schema": {"type": "object"},
                   "action": {"type": "sqs", "target": queue}, "limits": limits},
    }


def original_agent(name: str, queue: str) -> dict[str, Any]:
    """A row as the original writes it: no kind, and the configuration as JSON text."""
    schema = {"type": "object", "properties": {"question": {"type": "string"}}, "required": ["question"]}
    config = {"name": name, "filename": "", "schema": schema, "version": "1", "description": "Answers a question.",
              "action": {"type": "sqs", "target": queue}}
    return {"agentId": name, "config": json.dumps(config), "state": "active", "categories": ["worker"]}


def write_agents(cloud: Cloud) -> dict[str, str]:
    """Writes all rows, and makes the queues behind them; the queues' URLs by agent.

    It comes before the first invocation, because a Supervisor that has read the registry looks again after 30 seconds only.
    """
    make = cloud.client("sqs").create_queue
    queues = {name: make(QueueName=f"agent-{name}")["QueueUrl"] for name in ("legacy", "silent", "patient")}
    rows = [prompt_agent(name) for name in ("north", "south", "east", "west")]
    rows += [original_agent("legacy", queues["legacy"]), queue_agent("silent", queues["silent"], timeoutSeconds=1),
             queue_agent("patient", queues["patient"])]
    rows += [{"agentId": "unusable", "config": "{\"name\": ", "state": "active", "categories": []}]
    table = cloud.table("AgentConfigTableName")
    for row in rows:
        table.put_item(Item=row)
    write_code_agents(cloud)
    return queues
