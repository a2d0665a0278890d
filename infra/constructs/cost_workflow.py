"""The state machine of the cost optimizer, what starts it, and what it may do."""

from __future__ import annotations

import dataclasses

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from infra.constructs.function import RETENTIONS
from infra.namer import Namer
from infra.settings import Events
from infra.workflows import cost_analysis

# What asks for an analysis, as the seed has it: docs/LOCAL_DEVELOPMENT.md.
SOURCE = "manual-trigger"
DETAIL_TYPE = "execute-agent"

# Inserts, replaces and looks; nothing is deleted.
KEEP_SESSION = ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem")


@dataclasses.dataclass(frozen=True)
class CostWorkflowProps:
    namer: Namer
    journal: dynamodb.ITable
    invoker: lambda_.IFunction
    limits: cost_analysis.Limits
    log_retention_days: int
    tracing: bool
    removal: RemovalPolicy


class CostWorkflow(Construct):
    def __init__(self, scope: Construct, id: str, props: CostWorkflowProps) -> None:
        super().__init__(scope, id)
        name = props.namer.name("cost-analysis")
        self.log_group = logs.LogGroup(
            self, "Logs",
            # https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html#bp-cwl : names that begin so need no entry of their own in the
            # account's resource policy, which is short.
            log_group_name=f"/aws/vendedlogs/states/{name}",
            retention=RETENTIONS[props.log_retention_days],
            removal_policy=props.removal,
        )
        self.role = iam.Role(
            self, "Role",
            assumed_by=iam.ServicePrincipal("states.amazonaws.com", conditions={
                "StringEquals": {"aws:SourceAccount": Stack.of(self).account}}),
            description=f"What {name} may do",
        )
        iam.Grant.add_to_principal(grantee=self.role, actions=list(KEEP_SESSION), resource_arns=[props.journal.table_arn])
        iam.Grant.add_to_principal(grantee=self.role, actions=["lambda:InvokeFunction"], resource_arns=[props.invoker.function_arn])
        definition = cost_analysis.definition(props.journal.table_name, props.invoker.function_arn, props.limits)
        self.machine = stepfunctions.StateMachine(
            self, "Machine",
            state_machine_name=name,
            definition_body=stepfunctions.DefinitionBody.from_string(Stack.of(self).to_json_string(definition)),
            role=self.role,
            # What an execution was given is in its history already.
            logs=stepfunctions.LogOptions(destination=self.log_group, level=stepfunctions.LogLevel.ALL, include_execution_data=False),
            tracing_enabled=props.tracing,
            removal_policy=props.removal,
        )


@dataclasses.dataclass(frozen=True)
class CostTriggersProps:
    namer: Namer
    machine: stepfunctions.StateMachine
    # The stack's own, on which every environment is by itself.
    bus: events.IEventBus
    # Whether the account's default bus is listened to as well.
    default_bus: bool
    # rate(...) or cron(...); None for no analyses by themselves.
    schedule: str | None
    settings: Events
    dead_letter_retention_days: int
    enforce_tls: bool


class CostTriggers(Construct):
    def __init__(self, scope: Construct, id: str, props: CostTriggersProps) -> None:
        super().__init__(scope, id)
        self.dead_letters = sqs.Queue(
            self, "DeadLetters",
            queue_name=props.namer.name("cost-dead-letters"),
            retention_period=Duration.days(props.dead_letter_retention_days),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=props.enforce_tls,
        )
        self.dead_letters.apply_removal_policy(RemovalPolicy.DESTROY)
        role = iam.Role(
            self, "Role",
            assumed_by=iam.ServicePrincipal("events.amazonaws.com", conditions={
                "StringEquals": {"aws:SourceAccount": Stack.of(self).account}}),
            description="What the rules that start a cost analysis may do",
        )
        target = targets.SfnStateMachine(
            props.machine,
            # The event's id is the session's, so that an event that is delivered twice is one session. The detail may have a prompt; a variable of
            # its own for the prompt would have no value in an event without one.
            input=events.RuleTargetInput.from_object({
                "session_id": events.EventField.event_id, "detail": events.EventField.from_path("$.detail")}),
            role=role,
            dead_letter_queue=self.dead_letters,
            retry_attempts=props.settings.retryAttempts,
            max_event_age=Duration.seconds(props.settings.maximumAgeSeconds),
        )
        asked = events.EventPattern(source=[SOURCE], detail_type=[DETAIL_TYPE])
        self.rule = events.Rule(
            self, "Manual", rule_name=props.namer.name("cost-manual"), description="Starts a cost analysis when somebody asks for one",
            event_bus=props.bus, event_pattern=asked, targets=[target])
        self.default_rule = events.Rule(
            self, "ManualOnDefaultBus", rule_name=props.namer.name("cost-manual-default-bus"),
            description="Starts a cost analysis when somebody asks for one on the account's own bus",
            event_pattern=asked, targets=[target]) if props.default_bus else None
        if props.schedule:
            # Schedules exist on the default bus only.
            events.Rule(
                self, "Schedule", rule_name=props.namer.name("cost-schedule"), description="Starts a cost analysis now and then",
                schedule=events.Schedule.expression(props.schedule), targets=[target])
