"""Alarms on what nobody would notice otherwise, and the topic that they ring on."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as stepfunctions
from aws_cdk import Stack
from constructs import Construct

from infra.settings import Alarms
from infra.namer import Namer

# As the functions' main.swift and the domain write them: a critical failure is published as arbiter.error, and counted.
NAMESPACE = "Arbiter"
CRITICAL_ERROR = "CriticalError"
FUNCTION_DIMENSION = "Function"

PERIOD = Duration.minutes(1)


@dataclasses.dataclass(frozen=True)
class FunctionAlarmsProps:
    namer: Namer
    settings: Alarms
    # Every function, by the name it has in the namer.
    functions: Mapping[str, lambda_.Function]
    # Which of them count critical errors.
    critical: tuple[str, ...]
    # By the name of their queue in the namer.
    dead_letters: Mapping[str, sqs.Queue]
    # By the name of the state machine in the namer.
    workflows: Mapping[str, stepfunctions.StateMachine]


class FunctionAlarms(Construct):
    def __init__(self, scope: Construct, id: str, props: FunctionAlarmsProps) -> None:
        super().__init__(scope, id)
        self.namer = props.namer
        self.topic = self._topic(props)
        for thing in props.critical:
            name = props.functions[thing].function_name
            self._alarm(f"critical-error-{thing}", f"{name} met a failure that a person should hear of: read its arbiter.error events or its log",
                        cloudwatch.Metric(namespace=NAMESPACE, metric_name=CRITICAL_ERROR, dimensions_map={FUNCTION_DIMENSION: name},
                                          statistic="Sum", period=PERIOD))
        for thing, function in props.functions.items():
            self._alarm(f"errors-{thing}", f"{function.function_name} failed or timed out: read its log",
                        function.metric_errors(statistic="Sum", period=PERIOD))
        for thing, machine in props.workflows.items():
            name = machine.state_machine_name
            for how, metric in (("failed", machine.metric_failed(statistic="Sum", period=PERIOD)),
                                ("timed-out", machine.metric_timed_out(statistic="Sum", period=PERIOD))):
                self._alarm(f"{how}-{thing}", f"an execution of {name} has {how.replace('-', ' ')}: its cause is in `aws stepfunctions describe-execution`",
                            metric)
        for thing, queue in props.dead_letters.items():
            self._alarm(thing, f"{queue.queue_name} holds what could not be handled: look at a message, mend the cause, send it again",
                        queue.metric_approximate_number_of_messages_visible(statistic="Maximum", period=PERIOD))

    def _topic(self, props: FunctionAlarmsProps) -> sns.Topic:
        topic = sns.Topic(self, "Topic", topic_name=self.namer.name("alarms"), enforce_ssl=True)
        # A policy of its own takes the place of the one that lets the whole account publish.
        topic.add_to_resource_policy(iam.PolicyStatement(
            sid="AlarmsOfThisAccount",
            principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
            actions=["sns:Publish"],
            resources=[topic.topic_arn],
            conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}},
        ))
        for address in props.settings.emails:
            topic.add_subscription(subscriptions.EmailSubscription(address))
        return topic

    def _alarm(self, thing: str, description: str, metric: cloudwatch.IMetric) -> None:
        """Rings when the metric is above zero in a minute; a minute without any is a good one."""
        id = "".join(word.capitalize() for word in thing.split("-"))
        alarm = cloudwatch.Alarm(
            self, id,
            alarm_name=self.namer.name(thing),
            alarm_description=description,
            metric=metric,
            threshold=0,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(actions.SnsAction(self.topic))
