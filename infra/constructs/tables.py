"""The four tables: orchestrations, worker state, agent configuration, tool configuration."""

from __future__ import annotations

import dataclasses

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.namer import Namer

# The sparse index by which the sweeper finds what is due: a row is in it only while it has both attributes.
WAKE_INDEX = "wake-index"
WAKE_SHARD = "wakeShard"
WAKE_AT = "wakeAt"

READ_ROW = ("dynamodb:GetItem",)
READ_ROWS = ("dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Scan")
# A transaction needs the action of each of its parts.
KEEP_LEDGER = ("dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem",
               "dynamodb:ConditionCheckItem")
# Claims on the condition that the round still waits for the task.
CLAIM_TASK = ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:ConditionCheckItem")
# search_agents and search_tools read all rows; a version becomes a row, or its row points at another version.
REGISTER = ("dynamodb:GetItem", "dynamodb:Scan", "dynamodb:PutItem", "dynamodb:UpdateItem")
# What the worker's writes to an agent's row may name: what they set, the key, and what their condition compares.
QUARANTINE_ATTRIBUTES = ("agentId", "state", "failures", "note", "history", "versionSha256")
SEED_ROWS = ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem")


@dataclasses.dataclass(frozen=True)
class TablesProps:
    namer: Namer
    point_in_time_recovery: bool
    removal: RemovalPolicy


class Tables(Construct):
    def __init__(self, scope: Construct, id: str, props: TablesProps) -> None:
        super().__init__(scope, id)
        self.orchestrations = self._table("Orchestrations", "orchestrations", "orchestrationId", props)
        self.orchestrations.add_global_secondary_index(
            index_name=WAKE_INDEX,
            partition_key=dynamodb.Attribute(name=WAKE_SHARD, type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name=WAKE_AT, type=dynamodb.AttributeType.NUMBER),
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
        )
        self.worker_state = self._table("WorkerState", "worker-state", "requestId", props)
        self.agents = self._table("Agents", "agents", "agentId", props)
        self.tools = self._table("Tools", "tools", "toolId", props)

    def _table(self, id: str, thing: str, key: str, props: TablesProps) -> dynamodb.Table:
        return dynamodb.Table(
            self, id,
            table_name=props.namer.name(thing),
            partition_key=dynamodb.Attribute(name=key, type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=props.point_in_time_recovery),
            removal_policy=props.removal,
        )

    def grant_supervisor(self, grantee: iam.IGrantable) -> None:
        self._grant(grantee, self.orchestrations, KEEP_LEDGER)
        iam.Grant.add_to_principal(
            grantee=grantee, actions=["dynamodb:Query"], resource_arns=[f"{self.orchestrations.table_arn}/index/{WAKE_INDEX}"])
        self._grant(grantee, self.worker_state, KEEP_LEDGER)
        self._grant(grantee, self.agents, READ_ROWS)

    def grant_worker(self, grantee: iam.IGrantable) -> None:
        self._grant(grantee, self.worker_state, CLAIM_TASK)
        self._grant(grantee, self.agents, READ_ROW)
        self._grant(grantee, self.tools, READ_ROW)
        # It counts failures of agents that are code, and takes one that fails too often out of use; what an agent is it cannot change.
        # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
        iam.Grant.add_to_principal(
            grantee=grantee, actions=["dynamodb:UpdateItem"], resource_arns=[self.agents.table_arn],
            conditions={
                "ForAllValues:StringEquals": {"dynamodb:Attributes": list(QUARANTINE_ATTRIBUTES)},
                "StringEqualsIfExists": {"dynamodb:ReturnValues": ["NONE", "UPDATED_OLD", "UPDATED_NEW"]},
            })

    def grant_fabricator(self, grantee: iam.IGrantable) -> None:
        self._grant(grantee, self.worker_state, CLAIM_TASK)
        for table in (self.agents, self.tools):
            self._grant(grantee, table, REGISTER)

    def grant_seeder(self, grantee: iam.IGrantable) -> None:
        self._grant(grantee, self.agents, SEED_ROWS)

    @staticmethod
    def _grant(grantee: iam.IGrantable, table: dynamodb.Table, actions: tuple[str, ...]) -> None:
        """Narrower than the table's own grant, which adds every index."""
        iam.Grant.add_to_principal(grantee=grantee, actions=list(actions), resource_arns=[table.table_arn])
