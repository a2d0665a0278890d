"""What cost analyses leave behind: the journal's table and the reports' bucket."""

from __future__ import annotations

import dataclasses

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.namer import Namer

# Sessions and phases by their status, the last that changed at the end (docs/decisions/0045).
STATUS_INDEX = "status-date-index"

# DescribeTable is how the agent's journal finds out whether there is a table. It replaces no row: every write is an update of attributes of its own.
WRITE_JOURNAL = ("dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem")


@dataclasses.dataclass(frozen=True)
class CostStorageProps:
    namer: Namer
    point_in_time_recovery: bool
    enforce_tls: bool
    report_retention_days: int
    removal: RemovalPolicy


class CostStorage(Construct):
    def __init__(self, scope: Construct, id: str, props: CostStorageProps) -> None:
        super().__init__(scope, id)
        text = dynamodb.AttributeType.STRING
        self.journal = dynamodb.Table(
            self, "Journal",
            table_name=props.namer.name("journal"),
            partition_key=dynamodb.Attribute(name="PK", type=text),
            sort_key=dynamodb.Attribute(name="SK", type=text),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            time_to_live_attribute="ttl",
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=props.point_in_time_recovery),
            removal_policy=props.removal,
        )
        self.journal.add_global_secondary_index(
            index_name=STATUS_INDEX,
            partition_key=dynamodb.Attribute(name="status", type=text),
            sort_key=dynamodb.Attribute(name="timestamp", type=text),
            projection_type=dynamodb.ProjectionType.ALL,
        )
        retention = Duration.days(props.report_retention_days)
        self.reports = s3.Bucket(
            self, "Reports",
            bucket_name=props.namer.global_name("cost-reports"),
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=props.enforce_tls,
            # A report that is written again under its session's name replaces one that somebody may have acted on.
            versioned=True,
            removal_policy=props.removal,
            lifecycle_rules=[
                s3.LifecycleRule(id="reports", expiration=retention, noncurrent_version_expiration=retention),
                s3.LifecycleRule(id="unfinished-uploads", abort_incomplete_multipart_upload_after=Duration.days(7)),
            ],
        )

    def grant_agent(self, grantee: iam.IGrantable) -> None:
        """What the agent does with its own journal and reports, and no more than that."""
        iam.Grant.add_to_principal(grantee=grantee, actions=list(WRITE_JOURNAL), resource_arns=[self.journal.table_arn])
        iam.Grant.add_to_principal(grantee=grantee, actions=["s3:PutObject"], resource_arns=[self.reports.arn_for_objects("*")])
        # It looks whether its files are there; what is in them, or in those of others, it never reads.
        iam.Grant.add_to_principal(grantee=grantee, actions=["s3:ListBucket"], resource_arns=[self.reports.bucket_arn])
