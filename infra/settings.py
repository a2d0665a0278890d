"""The settings of an environment, typed. config/schema.json describes each of them, its unit and its bounds."""

from __future__ import annotations

import dataclasses
from typing import Any


@dataclasses.dataclass(frozen=True)
class Function:
    memoryMegabytes: int
    timeoutSeconds: int


@dataclasses.dataclass(frozen=True)
class QueueFunction(Function):
    """A function that takes tasks from a queue."""

    batchSize: int
    maximumConcurrency: int


@dataclasses.dataclass(frozen=True)
class Functions:
    architecture: str
    logLevel: str
    logRetentionDays: int
    tracing: bool
    supervisor: Function
    workerWrapper: QueueFunction
    fabricator: QueueFunction
    configSeeder: Function
    agentInvoker: Function


@dataclasses.dataclass(frozen=True)
class Queues:
    minimumVisibilitySeconds: int
    retentionDays: int
    maximumReceives: int
    deadLetterRetentionDays: int


@dataclasses.dataclass(frozen=True)
class Events:
    retryAttempts: int
    maximumAgeSeconds: int
    sweepMinutes: int


@dataclasses.dataclass(frozen=True)
class Tables:
    pointInTimeRecovery: bool


@dataclasses.dataclass(frozen=True)
class Bucket:
    enforceTLS: bool
    runRetentionDays: int


@dataclasses.dataclass(frozen=True)
class Access:
    queues: tuple[str, ...]
    buses: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Alarms:
    emails: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Model:
    id: str
    maxTokens: int
    # "none" leaves the parameter out.
    temperature: float | str
    agents: tuple[str, ...]
    regions: tuple[str, ...]
    profileModels: tuple[str, ...]
    prices: dict[str, Any] | None


@dataclasses.dataclass(frozen=True)
class Supervisor:
    prompt: str | None
    chatterEvents: bool
    registryCacheSeconds: int


@dataclasses.dataclass(frozen=True)
class Limits:
    rounds: int
    tasksPerRound: int
    depth: int
    deadlineSeconds: int
    maximumDeadlineSeconds: int
    taskTimeoutSeconds: int
    budgetUSD: float
    maximumBudgetUSD: float
    inlinePayloadBytes: int
    agentTurns: int
    agentBudgetUSD: float


@dataclasses.dataclass(frozen=True)
class Sandbox:
    locks: str
    cpuMilliseconds: int
    memoryMegabytes: int
    outputBytes: int
    hostCalls: int
    hostCallBytes: int
    quarantineFailures: int
    httpAllowList: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Fabrication:
    approval: str
    # None stands for the model of everything else.
    model: str | None
    maxTokens: int
    turns: int
    budgetUSD: float


@dataclasses.dataclass(frozen=True)
class CostOptimizer:
    enabled: bool
    image: str | None
    runtimeArn: str | None
    # None stands for the model of everything else, "none" for no model at all.
    model: str | None
    defaultBus: bool
    schedule: str | None
    reportRetentionDays: int
    heartbeatSeconds: int
    heartbeatLimitSeconds: int
    startDeadlineSeconds: int
    totalSeconds: int
    modelSeconds: int
    turns: int
    budgetUSD: float
    pollSeconds: int
    maximumPollSeconds: int


@dataclasses.dataclass(frozen=True)
class Seed:
    agentsFile: str | None


@dataclasses.dataclass(frozen=True)
class Configuration:
    """One environment. The fields and their units are those of config/schema.json."""

    environment: str
    prefix: str
    removal: str
    functions: Functions
    queues: Queues
    events: Events
    tables: Tables
    bucket: Bucket
    access: Access
    alarms: Alarms
    model: Model
    supervisor: Supervisor
    limits: Limits
    sandbox: Sandbox
    fabrication: Fabrication
    costOptimizer: CostOptimizer
    seed: Seed
