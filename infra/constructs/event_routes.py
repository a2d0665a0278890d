"""The event bus, and what wakes the Supervisor: task events, and the sweep."""

from __future__ import annotations

import dataclasses

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.settings import Events
from infra.namer import Namer

# Source and detail type of each event are the same word.
SOURCES = {"TaskRequest": "task.request", "TaskCompletion": "task.completion", "TaskCancel": "task.cancel", "TaskWake": "task.wake"}


@dataclasses.dataclass(frozen=True)
class EventBusProps:
    namer: Namer


class EventBus(Construct):
    def __init__(self, scope: Construct, id: str, props: EventBusProps) -> None:
        super().__init__(scope, id)
        self.bus = events.EventBus(self, "Bus", event_bus_name=props.namer.name("events"))
        self.bus.apply_removal_policy(RemovalPolicy.DESTROY)


@dataclasses.dataclass(frozen=True)
class EventRoutesProps:
    namer: Namer
    bus: events.IEventBus
    supervisor: lambda_.Function
    settings: Events
    dead_letter_retention_days: int
    enforce_tls: bool


class EventRoutes(Construct):
    def __init__(self, scope: Construct, id: str, props: EventRoutesProps) -> None:
        super().__init__(scope, id)
        maximum_age = Duration.seconds(props.settings.maximumAgeSeconds)
        self.dead_letters = sqs.Queue(
            self, "DeadLetters",
            queue_name=props.namer.name("supervisor-dead-letters"),
            retention_period=Duration.days(props.dead_letter_retention_days),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=props.enforce_tls,
        )
        self.dead_letters.apply_removal_policy(RemovalPolicy.DESTROY)

        # EventBridge's retries end when Lambda has taken the event; from then on Lambda's own count (docs/decisions/0004).
        props.supervisor.configure_async_invoke(
            retry_attempts=props.settings.retryAttempts,
            max_event_age=maximum_age,
            on_failure=destinations.SqsDestination(self.dead_letters),
        )

        def target() -> targets.LambdaFunction:
            return targets.LambdaFunction(
                props.supervisor, dead_letter_queue=self.dead_letters,
                retry_attempts=props.settings.retryAttempts, max_event_age=maximum_age)

        for id_, source in SOURCES.items():
            events.Rule(
                self, id_,
                rule_name=props.namer.name(source.replace(".", "-")),
                description=f"{source} to the Supervisor",
                event_bus=props.bus,
                event_pattern=events.EventPattern(source=[source]),
                targets=[target()],
            )
        # Schedules exist on the default bus only.
        events.Rule(
            self, "Sweep",
            rule_name=props.namer.name("sweep"),
            description="Wakes the Supervisor to look for rows that are due",
            schedule=events.Schedule.rate(Duration.minutes(props.settings.sweepMinutes)),
            targets=[target()],
        )
