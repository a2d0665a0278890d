"""The settings of each function as variables of its environment; names of resources come from the stack.

What reads them: SupervisorConfiguration+Environment.swift, WorkerConfiguration.swift, CodeAgentsConfiguration.swift, HTTPAllowList.swift,
FabricatorConfiguration.swift and CostAgentSettings.swift. Tests/Integration/test_settings.py starts the
functions with the least and the most that schema.json allows."""

from __future__ import annotations

import json
import sys

from infra.settings import Configuration


def supervisor(configuration: Configuration) -> dict[str, str]:
    limits = configuration.limits
    return {
        **_model(configuration, configuration.model.id),
        "MODEL_MAX_TOKENS": str(configuration.model.maxTokens),
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
        **_model(configuration, configuration.model.id),
        "MODEL_MAX_TOKENS": str(configuration.model.maxTokens),
        "AGENT_TURNS": str(configuration.limits.agentTurns),
        "AGENT_BUDGET_USD": str(configuration.limits.agentBudgetUSD),
        **_sandbox(configuration),
        "AGENT_QUARANTINE_FAILURES": str(configuration.sandbox.quarantineFailures),
    }


def fabricator(configuration: Configuration) -> dict[str, str]:
    fabrication = configuration.fabrication
    return {
        **_model(configuration, fabrication.model or configuration.model.id),
        "FABRICATOR_MAX_TOKENS": str(fabrication.maxTokens),
        "FABRICATION_TURNS": str(fabrication.turns),
        "FABRICATION_BUDGET_USD": str(fabrication.budgetUSD),
        "FABRICATION_APPROVAL": fabrication.approval,
        **_sandbox(configuration),
    }


def cost_agent(configuration: Configuration) -> dict[str, str]:
    optimizer = configuration.costOptimizer
    settings = _model(configuration, optimizer.model or configuration.model.id)
    del settings["INLINE_PAYLOAD_BYTES"]
    return {
        **settings,
        "MODEL_MAX_TOKENS": str(configuration.model.maxTokens),
        "AGENT_TURNS": str(optimizer.turns),
        "AGENT_BUDGET_USD": str(optimizer.budgetUSD),
        "MODEL_SECONDS": str(optimizer.modelSeconds),
        "HEARTBEAT_SECONDS": str(optimizer.heartbeatSeconds),
    }


def _sandbox(configuration: Configuration) -> dict[str, str]:
    sandbox = configuration.sandbox
    return {
        "SANDBOX_LOCKS": sandbox.locks,
        "SANDBOX_CPU_MS": str(sandbox.cpuMilliseconds),
        "SANDBOX_MEMORY_BYTES": str(sandbox.memoryMegabytes << 20),
        "SANDBOX_OUTPUT_BYTES": str(sandbox.outputBytes),
        "SANDBOX_HOST_CALLS": str(sandbox.hostCalls),
        "SANDBOX_HOST_CALL_BYTES": str(sandbox.hostCallBytes),
        **({"HTTP_ALLOW_LIST": ",".join(sandbox.httpAllowList)} if sandbox.httpAllowList else {}),
    }


def _model(configuration: Configuration, id: str) -> dict[str, str]:
    model = configuration.model
    return {
        "MODEL_ID": id,
        "MODEL_TEMPERATURE": str(model.temperature),
        **({"MODEL_PRICES": json.dumps(model.prices, separators=(",", ":"))} if model.prices else {}),
        "INLINE_PAYLOAD_BYTES": str(configuration.limits.inlinePayloadBytes),
    }


def main(environment: str) -> int:
    """Prints what the cost optimizer's agent has in its environment, a NAME=VALUE a line, for those who run it without AgentCore."""
    from infra.configuration import ConfigurationError, load

    try:
        settings = cost_agent(load(environment))
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 1
    for name, value in settings.items():
        print(f"{name}={value}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
