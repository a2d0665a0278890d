"""A function from one of our zips, with a role and a log group of its own."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Mapping

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra import configuration
from infra.namer import Namer

ARCHITECTURES = {"x86_64": lambda_.Architecture.X86_64, "arm64": lambda_.Architecture.ARM_64}
RETENTIONS = {
    1: logs.RetentionDays.ONE_DAY, 3: logs.RetentionDays.THREE_DAYS, 5: logs.RetentionDays.FIVE_DAYS,
    7: logs.RetentionDays.ONE_WEEK, 14: logs.RetentionDays.TWO_WEEKS, 30: logs.RetentionDays.ONE_MONTH,
    60: logs.RetentionDays.TWO_MONTHS, 90: logs.RetentionDays.THREE_MONTHS, 120: logs.RetentionDays.FOUR_MONTHS,
    150: logs.RetentionDays.FIVE_MONTHS, 180: logs.RetentionDays.SIX_MONTHS, 365: logs.RetentionDays.ONE_YEAR,
}


@dataclasses.dataclass(frozen=True)
class BootstrapFunctionProps:
    namer: Namer
    # supervisor, worker-wrapper, ...: the name of the zip and of the function.
    thing: str
    description: str
    packages: pathlib.Path
    size: configuration.Function
    shared: configuration.Functions
    environment: Mapping[str, str]
    removal: RemovalPolicy


class BootstrapFunction(Construct):
    def __init__(self, scope: Construct, id: str, props: BootstrapFunctionProps) -> None:
        super().__init__(scope, id)
        self.log_group = logs.LogGroup(
            self, "Logs",
            log_group_name=props.namer.log_group(props.thing),
            retention=RETENTIONS[props.shared.logRetentionDays],
            removal_policy=props.removal,
        )
        # The role that the construct library makes by itself may write to every log group of the account.
        self.role = iam.Role(
            self, "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=f"What {props.namer.name(props.thing)} may do",
        )
        self.log_group.grant_write(self.role)
        self.function = lambda_.Function(
            self, "Function",
            function_name=props.namer.name(props.thing),
            description=props.description,
            runtime=lambda_.Runtime.PROVIDED_AL2023,
            architecture=ARCHITECTURES[props.shared.architecture],
            handler="bootstrap",
            code=lambda_.Code.from_asset(str(props.packages / f"{props.thing}.zip")),
            memory_size=props.size.memoryMegabytes,
            timeout=Duration.seconds(props.size.timeoutSeconds),
            environment=dict(props.environment),
            role=self.role,
            log_group=self.log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            application_log_level_v2=lambda_.ApplicationLogLevel[props.shared.logLevel],
            system_log_level_v2=lambda_.SystemLogLevel.INFO,
            tracing=lambda_.Tracing.ACTIVE if props.shared.tracing else lambda_.Tracing.DISABLED,
        )
