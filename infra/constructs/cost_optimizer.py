"""The whole cost optimizer: what it keeps, the agent, the function that asks it, the workflow and what starts it."""

from __future__ import annotations

import dataclasses
import pathlib

from aws_cdk import RemovalPolicy
from aws_cdk import aws_events as events
from constructs import Construct

from infra import function_settings
from infra.configuration import workflow_limits
from infra.constructs.cost_agent import CostAgent, CostAgentProps, grant_invoking
from infra.constructs.cost_storage import CostStorage, CostStorageProps
from infra.constructs.cost_workflow import CostTriggers, CostTriggersProps, CostWorkflow, CostWorkflowProps
from infra.constructs.function import BootstrapFunction, BootstrapFunctionProps
from infra.constructs.model_access import ModelAccess
from infra.namer import Namer
from infra.settings import Configuration


@dataclasses.dataclass(frozen=True)
class CostOptimizerProps:
    namer: Namer
    configuration: Configuration
    # The folder with the functions' zips: infra/packages.py.
    packages: pathlib.Path
    bus: events.IEventBus
    models: ModelAccess
    removal: RemovalPolicy


class CostOptimizer(Construct):
    def __init__(self, scope: Construct, id: str, props: CostOptimizerProps) -> None:
        super().__init__(scope, id)
        settings = props.configuration
        optimizer = settings.costOptimizer
        self.storage = CostStorage(self, "Storage", CostStorageProps(
            props.namer, settings.tables.pointInTimeRecovery, settings.bucket.enforceTLS, optimizer.reportRetentionDays, props.removal))
        places = {"JOURNAL_TABLE_NAME": self.storage.journal.table_name, "S3_BUCKET_NAME": self.storage.reports.bucket_name}
        self.agent = CostAgent(self, "Agent", CostAgentProps(
            props.namer, optimizer.image, {**places, **function_settings.cost_agent(settings)}, self.storage, props.models,
            optimizer.model or settings.model.id, optimizer.totalSeconds)) if optimizer.image else None
        self.runtime_arn = self.agent.arn if self.agent else optimizer.runtimeArn
        self.invoker = BootstrapFunction(self, "AgentInvoker", BootstrapFunctionProps(
            namer=props.namer, thing="agent-invoker", description="Asks the cost optimizer's agent to work on a session", packages=props.packages,
            size=settings.functions.agentInvoker, shared=settings.functions,
            environment={**places, "AGENT_CORE_RUNTIME_ARN": self.runtime_arn}, removal=props.removal))
        grant_invoking(self.invoker.role, self.runtime_arn)
        self.workflow = CostWorkflow(self, "Workflow", CostWorkflowProps(
            props.namer, self.storage.journal, self.invoker.function,
            workflow_limits(optimizer, settings.functions.agentInvoker.timeoutSeconds), settings.functions.logRetentionDays,
            settings.functions.tracing, props.removal))
        self.triggers = CostTriggers(self, "Triggers", CostTriggersProps(
            props.namer, self.workflow.machine, props.bus, optimizer.defaultBus, optimizer.schedule, settings.events,
            settings.queues.deadLetterRetentionDays, settings.bucket.enforceTLS))

    def outputs(self) -> dict[str, str]:
        """What tools and people have to know of it, by the name of the stack's output."""
        named = {
            "JournalTable": (self.storage.journal.table_name, self.storage.journal.table_arn),
            "CostBucket": (self.storage.reports.bucket_name, self.storage.reports.bucket_arn),
            "CostWorkflow": (self.workflow.machine.state_machine_name, self.workflow.machine.state_machine_arn),
            "AgentInvokerFunction": (self.invoker.function.function_name, self.invoker.function.function_arn),
            "CostTriggerRule": (self.triggers.rule.rule_name, self.triggers.rule.rule_arn),
            "CostDeadLetterQueue": (self.triggers.dead_letters.queue_name, self.triggers.dead_letters.queue_arn),
        }
        return {
            **{f"{key}{kind}": value for key, values in named.items() for kind, value in zip(("Name", "Arn"), values)},
            "CostDeadLetterQueueUrl": self.triggers.dead_letters.queue_url,
            "AgentRuntimeArn": self.runtime_arn,
            "AgentInvokerRoleArn": self.invoker.role.role_arn,
            **({"CostAgentRoleArn": self.agent.role.role_arn} if self.agent else {}),
        }
