"""Where a function may send besides the queues and the bus of its own stack."""

from __future__ import annotations

from aws_cdk import Aws
from aws_cdk import aws_iam as iam

from infra.settings import Access


def queue_arn(name: str) -> str:
    """An ARN as it is; a name, or a pattern of one, in the account and region of the stack."""
    return name if name.startswith("arn:") else f"arn:{Aws.PARTITION}:sqs:{Aws.REGION}:{Aws.ACCOUNT_ID}:{name}"


def bus_arn(name: str) -> str:
    return name if name.startswith("arn:") else f"arn:{Aws.PARTITION}:events:{Aws.REGION}:{Aws.ACCOUNT_ID}:event-bus/{name}"


def grant_sending(grantee: iam.IGrantable, access: Access) -> None:
    """Queues and buses of others: those of agents, and those that callers want their answer in. For one of another account its own policy
    has to agree."""
    for actions, arns in ((["sqs:SendMessage"], [queue_arn(name) for name in access.queues]),
                          (["events:PutEvents"], [bus_arn(name) for name in access.buses])):
        if arns:
            iam.Grant.add_to_principal(grantee=grantee, actions=actions, resource_arns=arns)
