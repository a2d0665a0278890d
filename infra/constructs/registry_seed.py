"""The custom resource that writes the first rows of the agent registry."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import pathlib
from typing import Any

from aws_cdk import CustomResource, Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct


@dataclasses.dataclass(frozen=True)
class RegistrySeedProps:
    seeder: lambda_.Function
    # The seeder's zip: the fabricator's row is in its code.
    package: pathlib.Path
    seeder_timeout_seconds: int
    # Registry rows besides the fabricator's.
    rows: list[dict[str, Any]]
    # Where the rows' agents are reached.
    worker_queue: sqs.IQueue
    fabricator_queue: sqs.IQueue


class RegistrySeed(Construct):
    def __init__(self, scope: Construct, id: str, props: RegistrySeedProps) -> None:
        super().__init__(scope, id)
        agents = json.dumps(props.rows, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
        self.resource = CustomResource(
            self, "Resource",
            resource_type="Custom::AgentRegistrySeed",
            service_token=props.seeder.function_arn,
            # Time for Lambda's two retries, which come one and two minutes after a failure.
            service_timeout=Duration.seconds(3 * props.seeder_timeout_seconds + 240),
            # CloudFormation runs the seeder again when one of these changes, and only then: so all that it writes follows from them.
            properties={
                "Agents": agents,
                "ContentHash": hashlib.sha256(agents.encode()).hexdigest(),
                "SeederHash": hashlib.sha256(props.package.read_bytes()).hexdigest(),
                "WorkerQueueUrl": props.worker_queue.queue_url,
                "FabricatorQueueUrl": props.fabricator_queue.queue_url,
            },
        )
