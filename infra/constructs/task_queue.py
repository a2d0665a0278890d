"""A queue of tasks with its dead-letter queue."""

from __future__ import annotations

import dataclasses

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.settings import Queues
from infra.namer import Namer

# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html : at least six times the function's timeout.
VISIBILITY_FACTOR = 6


@dataclasses.dataclass(frozen=True)
class TaskQueueProps:
    namer: Namer
    thing: str
    settings: Queues
    # Of the function that reads the queue; None when none of this stack does.
    consumer_timeout_seconds: int | None
    enforce_tls: bool


class TaskQueue(Construct):
    def __init__(self, scope: Construct, id: str, props: TaskQueueProps) -> None:
        super().__init__(scope, id)
        settings = props.settings
        self.dead_letters = sqs.Queue(
            self, "DeadLetters",
            queue_name=props.namer.name(f"{props.thing}-dead-letters"),
            retention_period=Duration.days(settings.deadLetterRetentionDays),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=props.enforce_tls,
        )
        self.queue = sqs.Queue(
            self, "Queue",
            queue_name=props.namer.name(f"{props.thing}-queue"),
            visibility_timeout=Duration.seconds(
                max(settings.minimumVisibilitySeconds, VISIBILITY_FACTOR * (props.consumer_timeout_seconds or 0))),
            retention_period=Duration.days(settings.retentionDays),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=props.enforce_tls,
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead_letters, max_receive_count=settings.maximumReceives),
        )
        for queue in (self.queue, self.dead_letters):
            queue.apply_removal_policy(RemovalPolicy.DESTROY)
