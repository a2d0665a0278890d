"""What the cost optimizer may read of the account: the calls of an analysis, and nothing that they do not need.

The actions are those of Sources/CostOptimizer/Account/RequiredActions.swift, which writes them to infra/cost_agent_actions.txt; here is on what each of
them is allowed. Other calls that the agent's tool use_aws can make are denied, which the report tells under its gaps.
"""

from __future__ import annotations

import pathlib

from aws_cdk import Aws
from aws_cdk import aws_iam as iam

ACTIONS_FILE = pathlib.Path(__file__).resolve().parent.parent / "cost_agent_actions.txt"

HERE = f"{Aws.REGION}:{Aws.ACCOUNT_ID}"
EVERYTHING = "*"

# By action, else by its service: what it is allowed on, within the stack's account and region. An analysis is of everything that there is, so these
# are patterns of whole kinds. An action that is not named has no kind of resource: it lists.
RESOURCES = {
    "lambda": [f"arn:{Aws.PARTITION}:lambda:{HERE}:function:*"],
    # Names without an account: the path of a call is its ARN. One action reads them all, the values of API keys too, so that the paths are those
    # of the calls. https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-iam-policy-examples.html
    "apigateway": [f"arn:{Aws.PARTITION}:apigateway:{Aws.REGION}::{path}"
                   for path in ("/restapis", "/restapis/*/stages", "/usageplans", "/apis", "/apis/*/stages")],
    "dynamodb": [f"arn:{Aws.PARTITION}:dynamodb:{HERE}:table/*"],
    "s3": [f"arn:{Aws.PARTITION}:s3:::*"],
    "states": [f"arn:{Aws.PARTITION}:states:{HERE}:stateMachine:*"],
    "events": [f"arn:{Aws.PARTITION}:events:{HERE}:rule/*"],
    "scheduler": [f"arn:{Aws.PARTITION}:scheduler:{HERE}:schedule/*"],
    "logs": [f"arn:{Aws.PARTITION}:logs:{HERE}:log-group:*"],
}
# Actions of which a call names no resource: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
LISTING = {
    "lambda:GetAccountSettings", "lambda:ListFunctions", "dynamodb:ListTables", "s3:ListAllMyBuckets", "states:ListStateMachines",
    "events:ListEventBuses", "events:ListRules", "scheduler:ListSchedules", "logs:DescribeLogGroups", "sts:GetCallerIdentity",
    "application-autoscaling:DescribeScalableTargets", "pricing:GetProducts",
}
# Those that have a kind of resource which the calls of an analysis do not name, and why.
UNNAMED = {
    "cloudwatch:GetMetricData": "its kind of resource is a data set of its own; metrics of services have no ARN",
    "cloudwatch:ListMetrics": "its kind of resource is a data set of its own; metrics of services have no ARN",
    "logs:GetQueryResults": "asks by the id of a query, which is in no log group",
    "logs:StopQuery": "asks by the id of a query, which is in no log group",
}
# In one place for the whole world, or about buckets of every region.
WORLDWIDE = {"pricing:GetProducts", "s3:ListAllMyBuckets", "s3:GetBucketLocation", "sts:GetCallerIdentity"}


def actions() -> list[str]:
    lines = (line.partition("#")[0].strip() for line in ACTIONS_FILE.read_text(encoding="utf-8").splitlines())
    return sorted({line for line in lines if line})


def resources(action: str) -> tuple[str, ...]:
    return (EVERYTHING,) if action in LISTING or action in UNNAMED else tuple(RESOURCES[action.split(":")[0]])


def grant_reading_account(grantee: iam.IGrantable) -> None:
    """A statement for each kind of resource, within the region where there is one."""
    groups: dict[tuple[tuple[str, ...], bool], list[str]] = {}
    for action in actions():
        groups.setdefault((resources(action), action in WORLDWIDE), []).append(action)
    for (arns, worldwide), names in groups.items():
        iam.Grant.add_to_principal(
            grantee=grantee, actions=names, resource_arns=list(arns),
            conditions=None if worldwide else {"StringEquals": {"aws:RequestedRegion": Aws.REGION}})
