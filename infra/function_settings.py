"""The settings of each function as variables of its environment; names of resources come from the stack.

What reads them: SupervisorConfiguration+Environment.swift and WorkerConfiguration.swift. Tests/Integration/test_settings.py starts the
functions with the least and the most that schema.json allows."""

from __future__ import annotations

import json

from infra.settings import Configuration


def supervisor(configuration: Configuration) -> dict[str, str]:
    limits = configuration.limits
    return {
        **_model(configuration),
        **({"SUPERVISOR_PROMPT": configuration.supervisor.prompt} if configuration.supervisor.prompt else {}),
        "CHATTER_EVENTS": "true" if configuration.supervisor.chatterEvents else "false",
        "REGISTRY_TTL_SECONDS": str(configuration.supervisor.registryCacheSeconds),
        "LEASE_SECONDS": str(configuration.functions.supervisor.timeoutSeconds),
        "MAX_ROUNDS": str(limits.rounds),
        "MAX_TASKS_PER_ROUND": str(limits.tasksPerRound),
        "MAX_DEPTH": str(limits.depth),
        "DEADLINE_SECONDS": str(limits.deadlineSeconds),
        "MAX_DEADLINE_SECONDS": str(limits.maximumDeadlineSeconds),
        "TASK_TIMEOUT_SECONDS": str(limits.taskTimeoutSeconds),
        "BUDGET_USD": str(limits.budgetUSD),
        "MAX_BUDGET_USD": str(limits.maximumBudgetUSD),
    }


def worker_wrapper(configuration: Configuration) -> dict[str, str]:
    return {
        **_model(configuration),
        "AGENT_TURNS": str(configuration.limits.agentTurns),
        "AGENT_BUDGET_USD": str(configuration.limits.agentBudgetUSD),
    }


def _model(configuration: Configuration) -> dict[str, str]:
    model = configuration.model
    return {
        "MODEL_ID": model.id,
        "MODEL_MAX_TOKENS": str(model.maxTokens),
        "MODEL_TEMPERATURE": str(model.temperature),
        **({"MODEL_PRICES": json.dumps(model.prices, separators=(",", ":"))} if model.prices else {}),
        "INLINE_PAYLOAD_BYTES": str(configuration.limits.inlinePayloadBytes),
    }
