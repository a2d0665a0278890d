"""The bucket for code and its versions, records of runs, payloads too large for a message, conversations' spilled parts and workspaces."""

from __future__ import annotations

import dataclasses

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.namer import Namer

AGENTS = "agents/"
CONVERSATIONS = "conversations/"
PAYLOADS = "payloads/"
RUNS = "runs/"
TOOLS = "tools/"
WORKSPACES = "workspaces/"

# Below agents/<agentId>/ and tools/<toolId>/.
VERSIONS = "*/versions/*"


@dataclasses.dataclass(frozen=True)
class CodeBucketProps:
    namer: Namer
    enforce_tls: bool
    run_retention_days: int
    removal: RemovalPolicy


class CodeBucket(Construct):
    def __init__(self, scope: Construct, id: str, props: CodeBucketProps) -> None:
        super().__init__(scope, id)
        # A bucket with objects in it is not deleted with its stack; Scripts/deploy.py --destroy empties it first.
        self.bucket = s3.Bucket(
            self, "Bucket",
            bucket_name=props.namer.global_name("code"),
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=props.enforce_tls,
            removal_policy=props.removal,
            # Not versioned, and nothing but records of runs expires (docs/decisions/0035).
            lifecycle_rules=[
                s3.LifecycleRule(id="runs", prefix=RUNS, expiration=Duration.days(props.run_retention_days)),
                s3.LifecycleRule(id="unfinished-uploads", abort_incomplete_multipart_upload_after=Duration.days(7)),
            ],
        )
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html : whoever writes a version, operators included,
        # has to say that it must not be there yet.
        self.bucket.add_to_resource_policy(iam.PolicyStatement(
            sid="VersionsAreWrittenOnce",
            effect=iam.Effect.DENY,
            principals=[iam.AnyPrincipal()],
            actions=["s3:PutObject"],
            resources=[self.bucket.arn_for_objects(f"{prefix}{VERSIONS}") for prefix in (AGENTS, TOOLS)],
            conditions={"Null": {"s3:if-none-match": "true"}, "Bool": {"s3:ObjectCreationOperation": "true"}},
        ))

    # Narrower than the bucket's own grants, which add every s3:GetObject*, s3:GetBucket* and s3:List*. Nobody may list the bucket as a whole,
    # so S3 answers 403 for an object that does not exist.

    def grant_reading(self, grantee: iam.IGrantable, *prefixes: str) -> None:
        self._grant_objects(grantee, "s3:GetObject", prefixes)

    def grant_writing(self, grantee: iam.IGrantable, *prefixes: str) -> None:
        self._grant_objects(grantee, "s3:PutObject", prefixes)

    def grant_deleting(self, grantee: iam.IGrantable, *prefixes: str) -> None:
        self._grant_objects(grantee, "s3:DeleteObject", prefixes)

    def grant_listing(self, grantee: iam.IGrantable, *prefixes: str) -> None:
        """Listing what is below the prefixes, and nothing else."""
        iam.Grant.add_to_principal(
            grantee=grantee, actions=["s3:ListBucket"], resource_arns=[self.bucket.bucket_arn],
            conditions={"StringLike": {"s3:prefix": [pattern for prefix in prefixes for pattern in (prefix, f"{prefix}*")]}})

    def _grant_objects(self, grantee: iam.IGrantable, action: str, prefixes: tuple[str, ...]) -> None:
        iam.Grant.add_to_principal(
            grantee=grantee, actions=[action], resource_arns=[self.bucket.arn_for_objects(f"{prefix}*") for prefix in prefixes])
