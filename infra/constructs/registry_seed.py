"""The custom resource that writes the first rows of the agent registry."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import pathlib

from aws_cdk import CustomResource, Duration
from aws_cdk import aws_lambda as lambda_
from constructs import Construct


@dataclasses.dataclass(frozen=True)
class RegistrySeedProps:
    seeder: lambda_.Function
    seeder_timeout_seconds: int
    # A JSON array of registry rows besides the fabricator's.
    agents_file: pathlib.Path | None


class RegistrySeed(Construct):
    def __init__(self, scope: Construct, id: str, props: RegistrySeedProps) -> None:
        super().__init__(scope, id)
        rows = json.loads(props.agents_file.read_text(encoding="utf-8")) if props.agents_file else []
        agents = json.dumps(rows, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
        self.resource = CustomResource(
            self, "Resource",
            resource_type="Custom::AgentRegistrySeed",
            service_token=props.seeder.function_arn,
            service_timeout=Duration.seconds(2 * props.seeder_timeout_seconds),
            properties={
                "Agents": agents,
                # Runs the seeder again when the rows change, and only then.
                "ContentHash": hashlib.sha256(agents.encode()).hexdigest(),
            },
        )
