"""The bucket for agents' code, payloads too large for a message, conversations' spilled parts and agents' workspaces."""

from __future__ import annotations

import dataclasses

from aws_cdk import RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.namer import Namer

AGENTS = "agents/"
CONVERSATIONS = "conversations/"
PAYLOADS = "payloads/"
WORKSPACES = "workspaces/"


@dataclasses.dataclass(frozen=True)
class CodeBucketProps:
    namer: Namer
    enforce_tls: bool
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
        )

    def grant_objects(self, grantee: iam.IGrantable, *prefixes: str, write: bool, delete: bool = False) -> None:
        """Reading, and with `write` also writing, with `delete` also deleting, objects below the prefixes. Narrower than the bucket's
        own grants, which add every s3:GetObject*, s3:GetBucket* and s3:List*. Nobody may list the bucket as a whole, so S3 answers 403
        for an object that does not exist."""
        actions = ["s3:GetObject", *(["s3:PutObject"] if write else []), *(["s3:DeleteObject"] if delete else [])]
        iam.Grant.add_to_principal(
            grantee=grantee, actions=actions,
            resource_arns=[self.bucket.arn_for_objects(f"{prefix}*") for prefix in prefixes])

    def grant_listing(self, grantee: iam.IGrantable, *prefixes: str) -> None:
        """Listing what is below the prefixes, and nothing else."""
        iam.Grant.add_to_principal(
            grantee=grantee, actions=["s3:ListBucket"], resource_arns=[self.bucket.bucket_arn],
            conditions={"StringLike": {"s3:prefix": [pattern for prefix in prefixes for pattern in (prefix, f"{prefix}*")]}})
