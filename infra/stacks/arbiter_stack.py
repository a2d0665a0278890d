"""The whole of Arbiter in one stack: tables, queues, bucket, bus, functions, who may do what, and the cost optimizer where it is enabled."""

from __future__ import annotations

import dataclasses
import pathlib

from aws_cdk import CfnOutput, CliCredentialsStackSynthesizer, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda_event_sources as event_sources
from constructs import Construct

from infra import function_settings
from infra.configuration import seed_rows
from infra.constructs.alarms import FunctionAlarms, FunctionAlarmsProps
from infra.constructs.code_bucket import AGENTS, CONVERSATIONS, PAYLOADS, RUNS, TOOLS, WORKSPACES, CodeBucket, CodeBucketProps
from infra.constructs.cost_optimizer import CostOptimizer, CostOptimizerProps
from infra.constructs.event_routes import EventBus, EventBusProps, EventRoutes, EventRoutesProps
from infra.constructs.function import BootstrapFunction, BootstrapFunctionProps
from infra.constructs.model_access import ModelAccess
from infra.constructs.registry_seed import RegistrySeed, RegistrySeedProps
from infra.constructs.sending import grant_sending
from infra.constructs.tables import Tables, TablesProps
from infra.constructs.task_queue import TaskQueue, TaskQueueProps
from infra.namer import Namer
from infra.settings import Configuration, Function, QueueFunction


@dataclasses.dataclass(frozen=True)
class ArbiterStackProps:
    configuration: Configuration
    # The folder with the functions' zips: infra/packages.py.
    packages: pathlib.Path


class ArbiterStack(Stack):
    def __init__(self, scope: Construct, props: ArbiterStackProps) -> None:
        self.settings = settings = props.configuration
        self.packages = props.packages
        self.namer = namer = Namer(settings.prefix, settings.environment)
        super().__init__(
            scope, namer.stack,
            stack_name=namer.stack,
            description=f"Arbiter, environment {settings.environment}",
            # Whoever deploys acts with credentials of their own, through a bucket of our own: no bootstrap stack is needed.
            synthesizer=CliCredentialsStackSynthesizer(file_assets_bucket_name=namer.assets_bucket),
        )
        self.removal = RemovalPolicy.DESTROY if settings.removal == "destroy" else RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE

        self.tables = Tables(self, "Tables", TablesProps(namer, settings.tables.pointInTimeRecovery, self.removal))
        self.worker_queue = self._queue("WorkerQueue", "worker", settings.functions.workerWrapper.timeoutSeconds)
        self.fabricator_queue = self._queue("FabricatorQueue", "fabricator", settings.functions.fabricator.timeoutSeconds)
        self.bucket = CodeBucket(self, "Code", CodeBucketProps(
            namer, settings.bucket.enforceTLS, settings.bucket.runRetentionDays, self.removal))
        self.bus = EventBus(self, "Events", EventBusProps(namer)).bus
        self.models = ModelAccess(settings.model)

        self.supervisor = self._supervisor()
        self.worker_wrapper = self._worker_wrapper()
        self.fabricator = self._fabricator()
        self.config_seeder = self._config_seeder()

        self.routes = EventRoutes(self, "Routes", EventRoutesProps(
            namer, self.bus, self.supervisor.function, settings.events,
            settings.queues.deadLetterRetentionDays, settings.bucket.enforceTLS))
        seed = RegistrySeed(self, "RegistrySeed", RegistrySeedProps(
            self.config_seeder.function, self.packages / "config-seeder.zip", settings.functions.configSeeder.timeoutSeconds,
            seed_rows(settings.seed), self.worker_queue.queue, self.fabricator_queue.queue))
        seed.node.add_dependency(self.tables, self.worker_queue, self.fabricator_queue, self.config_seeder)
        self.cost_optimizer = CostOptimizer(self, "CostOptimizer", CostOptimizerProps(
            namer, settings, props.packages, self.bus, self.models, self.removal)) if settings.costOptimizer.enabled else None
        self.alarms = self._alarms()
        self._outputs()

    # Functions -------------------------------------------------------------------------------------------------------

    def _supervisor(self) -> BootstrapFunction:
        supervisor = self._function("Supervisor", "supervisor", self.settings.functions.supervisor,
                                    "Plans, delegates and concludes orchestrations", {
            "ORCHESTRATION_TABLE": self.tables.orchestrations.table_name,
            "WORKER_STATE_TABLE": self.tables.worker_state.table_name,
            "AGENT_CONFIG_TABLE": self.tables.agents.table_name,
            "TOOLS_CONFIG_TABLE": self.tables.tools.table_name,
            "AGENT_BUCKET_NAME": self.bucket.bucket.bucket_name,
            "WORKER_QUEUE_URL": self.worker_queue.queue.queue_url,
            "FABRICATOR_QUEUE_URL": self.fabricator_queue.queue.queue_url,
            "EVENT_BUS_NAME": self.bus.event_bus_name,
            "COMPLETION_BUS_NAME": self.bus.event_bus_name,
            **function_settings.supervisor(self.settings),
        })
        self.tables.grant_supervisor(supervisor.role)
        for queue in (self.worker_queue, self.fabricator_queue):
            iam.Grant.add_to_principal(grantee=supervisor.role, actions=["sqs:SendMessage"], resource_arns=[queue.queue.queue_arn])
        # It removes what ended runs have left behind.
        self.bucket.grant_reading(supervisor.role, PAYLOADS, CONVERSATIONS)
        self.bucket.grant_writing(supervisor.role, PAYLOADS, CONVERSATIONS)
        self.bucket.grant_deleting(supervisor.role, PAYLOADS, CONVERSATIONS)
        self.bucket.grant_listing(supervisor.role, PAYLOADS, CONVERSATIONS)
        self.models.grant(supervisor.role, self.settings.model.id, streaming=False)
        self.bus.grant_put_events_to(supervisor.role)
        grant_sending(supervisor.role, self.settings.access)
        return supervisor

    def _worker_wrapper(self) -> BootstrapFunction:
        model, size = self.settings.model, self.settings.functions.workerWrapper
        worker = self._function("WorkerWrapper", "worker-wrapper", size, "Runs one agent on one task", {
            **self._where_tasks_are_kept(),
            **function_settings.worker_wrapper(self.settings),
        })
        self.tables.grant_worker(worker.role)
        self.bucket.grant_reading(worker.role, AGENTS, TOOLS, PAYLOADS, WORKSPACES)
        self.bucket.grant_writing(worker.role, PAYLOADS, RUNS, WORKSPACES)
        self.bucket.grant_listing(worker.role, WORKSPACES)
        self.models.grant(worker.role, model.id, *model.agents, streaming=True)
        self.bus.grant_put_events_to(worker.role)
        self._take_tasks(worker, self.worker_queue, size)
        return worker

    def _fabricator(self) -> BootstrapFunction:
        size = self.settings.functions.fabricator
        fabricator = self._function("Fabricator", "fabricator", size, "Makes agents that are missing, and tests them", {
            **self._where_tasks_are_kept(),
            # Where the rows of new agents send their tasks.
            "WORKER_QUEUE_URL": self.worker_queue.queue.queue_url,
            **function_settings.fabricator(self.settings),
        })
        self.tables.grant_fabricator(fabricator.role)
        self.bucket.grant_reading(fabricator.role, AGENTS, TOOLS, PAYLOADS)
        self.bucket.grant_writing(fabricator.role, AGENTS, TOOLS, PAYLOADS)
        self.bucket.grant_listing(fabricator.role, AGENTS, TOOLS)
        self.models.grant(fabricator.role, self.settings.fabrication.model or self.settings.model.id, streaming=True)
        self.bus.grant_put_events_to(fabricator.role)
        self._take_tasks(fabricator, self.fabricator_queue, size)
        return fabricator

    def _where_tasks_are_kept(self) -> dict[str, str]:
        """For a function that takes tasks from a queue."""
        return {
            "AGENT_CONFIG_TABLE": self.tables.agents.table_name,
            "TOOLS_CONFIG_TABLE": self.tables.tools.table_name,
            "WORKER_STATE_TABLE": self.tables.worker_state.table_name,
            "AGENT_BUCKET_NAME": self.bucket.bucket.bucket_name,
            "COMPLETION_BUS_NAME": self.bus.event_bus_name,
        }

    @staticmethod
    def _take_tasks(function: BootstrapFunction, queue: TaskQueue, size: QueueFunction) -> None:
        function.function.add_event_source(event_sources.SqsEventSource(
            queue.queue,
            batch_size=size.batchSize,
            max_concurrency=size.maximumConcurrency,
            report_batch_item_failures=True,
        ))

    def _config_seeder(self) -> BootstrapFunction:
        seeder = self._function("ConfigSeeder", "config-seeder", self.settings.functions.configSeeder,
                                "Writes the first rows of the agent registry", {
            "AGENT_CONFIG_TABLE": self.tables.agents.table_name,
            "WORKER_QUEUE_URL": self.worker_queue.queue.queue_url,
            "FABRICATOR_QUEUE_URL": self.fabricator_queue.queue.queue_url,
        })
        self.tables.grant_seeder(seeder.role)
        return seeder

    def _function(self, id: str, thing: str, size: Function, description: str, environment: dict[str, str]) -> BootstrapFunction:
        return BootstrapFunction(self, id, BootstrapFunctionProps(
            namer=self.namer, thing=thing, description=description, packages=self.packages, size=size,
            shared=self.settings.functions, environment=environment, removal=self.removal))

    def _queue(self, id: str, thing: str, consumer_timeout_seconds: int | None) -> TaskQueue:
        return TaskQueue(self, id, TaskQueueProps(
            self.namer, thing, self.settings.queues, consumer_timeout_seconds, self.settings.bucket.enforceTLS))

    def _alarms(self) -> FunctionAlarms:
        optimizer = self.cost_optimizer
        return FunctionAlarms(self, "Alarms", FunctionAlarmsProps(
            self.namer, self.settings.alarms,
            functions={"supervisor": self.supervisor.function, "worker-wrapper": self.worker_wrapper.function,
                       "fabricator": self.fabricator.function, "config-seeder": self.config_seeder.function,
                       **({"agent-invoker": optimizer.invoker.function} if optimizer else {})},
            critical=("supervisor", "worker-wrapper", "fabricator"),
            dead_letters={"supervisor-dead-letters": self.routes.dead_letters, "worker-dead-letters": self.worker_queue.dead_letters,
                          "fabricator-dead-letters": self.fabricator_queue.dead_letters,
                          **({"cost-dead-letters": optimizer.triggers.dead_letters} if optimizer else {})},
            workflows={"cost-analysis": optimizer.workflow.machine} if optimizer else {}))

    # Outputs ---------------------------------------------------------------------------------------------------------

    def _outputs(self) -> None:
        named = {
            "OrchestrationTable": (self.tables.orchestrations.table_name, self.tables.orchestrations.table_arn),
            "WorkerStateTable": (self.tables.worker_state.table_name, self.tables.worker_state.table_arn),
            "AgentConfigTable": (self.tables.agents.table_name, self.tables.agents.table_arn),
            "ToolsConfigTable": (self.tables.tools.table_name, self.tables.tools.table_arn),
            "WorkerQueue": (self.worker_queue.queue.queue_name, self.worker_queue.queue.queue_arn),
            "WorkerDeadLetterQueue": (self.worker_queue.dead_letters.queue_name, self.worker_queue.dead_letters.queue_arn),
            "FabricatorQueue": (self.fabricator_queue.queue.queue_name, self.fabricator_queue.queue.queue_arn),
            "FabricatorDeadLetterQueue": (self.fabricator_queue.dead_letters.queue_name, self.fabricator_queue.dead_letters.queue_arn),
            "SupervisorDeadLetterQueue": (self.routes.dead_letters.queue_name, self.routes.dead_letters.queue_arn),
            "CodeBucket": (self.bucket.bucket.bucket_name, self.bucket.bucket.bucket_arn),
            "EventBus": (self.bus.event_bus_name, self.bus.event_bus_arn),
            "SupervisorFunction": (self.supervisor.function.function_name, self.supervisor.function.function_arn),
            "WorkerWrapperFunction": (self.worker_wrapper.function.function_name, self.worker_wrapper.function.function_arn),
            "FabricatorFunction": (self.fabricator.function.function_name, self.fabricator.function.function_arn),
            "ConfigSeederFunction": (self.config_seeder.function.function_name, self.config_seeder.function.function_arn),
        }
        for key, (name, arn) in named.items():
            CfnOutput(self, f"{key}Name", value=name)
            CfnOutput(self, f"{key}Arn", value=arn)
        for key, queue in {
            "WorkerQueue": self.worker_queue.queue,
            "FabricatorQueue": self.fabricator_queue.queue,
            "WorkerDeadLetterQueue": self.worker_queue.dead_letters,
            "FabricatorDeadLetterQueue": self.fabricator_queue.dead_letters,
            "SupervisorDeadLetterQueue": self.routes.dead_letters,
        }.items():
            CfnOutput(self, f"{key}Url", value=queue.queue_url)
        # Whoever lets the functions send to a queue of theirs, or read its key, has to name their roles.
        for key, function in {
            "SupervisorRole": self.supervisor, "WorkerWrapperRole": self.worker_wrapper, "FabricatorRole": self.fabricator,
            "ConfigSeederRole": self.config_seeder,
        }.items():
            CfnOutput(self, f"{key}Arn", value=function.role.role_arn)
        for key, value in (self.cost_optimizer.outputs() if self.cost_optimizer else {}).items():
            CfnOutput(self, key, value=value)
        CfnOutput(self, "AlarmTopicArn", value=self.alarms.topic.topic_arn)
