"""The cost optimizer's agent as a runtime of AgentCore, and what it may do."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping

from aws_cdk import Aws, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.constructs.account_reading import grant_reading_account
from infra.constructs.cost_storage import CostStorage
from infra.constructs.model_access import ModelAccess
from infra.namer import Namer

# account.dkr.ecr.region.amazonaws.com/repository, and a tag or a digest: schema.json has checked it.
IMAGE = re.compile(r"^(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(\.cn)?/(?P<repository>[^:@]+)[:@]")
# In place of a model's id: an analysis by the rules alone.
WITHOUT_MODEL = "none"
# Seconds. AgentCore ends a session that is idle for as long, and one that is busy after its whole life: eight hours are its most.
# https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-lifecycle-settings.html
IDLE_SECONDS = 300
LIFE_MARGIN_SECONDS = 600
LONGEST_LIFE_SECONDS = 28_800


@dataclasses.dataclass(frozen=True)
class CostAgentProps:
    namer: Namer
    # In ECR, with a tag or a digest.
    image: str
    environment: Mapping[str, str]
    storage: CostStorage
    models: ModelAccess
    model: str
    # Of a whole analysis.
    total_seconds: int


class CostAgent(Construct):
    def __init__(self, scope: Construct, id: str, props: CostAgentProps) -> None:
        super().__init__(scope, id)
        # Half a second of every synthesis, of which the local cloud has no use.
        from aws_cdk import aws_bedrockagentcore as agentcore

        # A runtime's name has letters, digits and underscores.
        name = props.namer.name("cost-agent").replace("-", "_")[:48]
        self.role = iam.Role(
            self, "Role",
            # https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-permissions.html
            assumed_by=iam.ServicePrincipal("bedrock-agentcore.amazonaws.com", conditions={
                "StringEquals": {"aws:SourceAccount": Stack.of(self).account},
                "ArnLike": {"aws:SourceArn": f"arn:{Aws.PARTITION}:bedrock-agentcore:{Aws.REGION}:{Aws.ACCOUNT_ID}:*"},
            }),
            description=f"What {props.namer.name('cost-agent')} may do",
        )
        grant_reading_account(self.role)
        props.storage.grant_agent(self.role)
        if props.model != WITHOUT_MODEL:
            props.models.grant(self.role, props.model, streaming=False)
        self._grant_container(props.image)
        self._grant_logs(name)
        self.runtime = agentcore.CfnRuntime(
            self, "Runtime",
            agent_runtime_name=name,
            description="Analyses what the serverless resources of this account cost",
            agent_runtime_artifact=agentcore.CfnRuntime.AgentRuntimeArtifactProperty(
                container_configuration=agentcore.CfnRuntime.ContainerConfigurationProperty(container_uri=props.image)),
            network_configuration=agentcore.CfnRuntime.NetworkConfigurationProperty(network_mode="PUBLIC"),
            protocol_configuration="HTTP",
            role_arn=self.role.role_arn,
            environment_variables=dict(props.environment),
            lifecycle_configuration=agentcore.CfnRuntime.LifecycleConfigurationProperty(
                idle_runtime_session_timeout=IDLE_SECONDS,
                max_lifetime=min(props.total_seconds + LIFE_MARGIN_SECONDS, LONGEST_LIFE_SECONDS)),
        )
        # It looks for the image with the role when it is made.
        self.runtime.node.add_dependency(self.role)

    @property
    def arn(self) -> str:
        return self.runtime.attr_agent_runtime_arn

    def _grant_container(self, image: str) -> None:
        place = IMAGE.match(image)
        repository = f"arn:{Aws.PARTITION}:ecr:{place['region']}:{place['account']}:repository/{place['repository']}"
        iam.Grant.add_to_principal(
            grantee=self.role, actions=["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], resource_arns=[repository])
        # A token is for every registry of the account: it has no resource.
        iam.Grant.add_to_principal(grantee=self.role, actions=["ecr:GetAuthorizationToken"], resource_arns=["*"])

    def _grant_logs(self, name: str) -> None:
        """AgentCore makes the group itself, by the id of the runtime, which is its name and ten characters."""
        group = f"arn:{Aws.PARTITION}:logs:{Aws.REGION}:{Aws.ACCOUNT_ID}:log-group:/aws/bedrock-agentcore/runtimes/{name}-*"
        iam.Grant.add_to_principal(grantee=self.role, actions=["logs:CreateLogGroup", "logs:DescribeLogStreams"], resource_arns=[group])
        iam.Grant.add_to_principal(
            grantee=self.role, actions=["logs:CreateLogStream", "logs:PutLogEvents"], resource_arns=[f"{group}:log-stream:*"])


def grant_invoking(grantee: iam.IGrantable, runtime_arn: str) -> None:
    """Asking a runtime, by itself or by one of its endpoints; the default one is meant where none is named."""
    iam.Grant.add_to_principal(
        grantee=grantee, actions=["bedrock-agentcore:InvokeAgentRuntime"],
        resource_arns=[runtime_arn, f"{runtime_arn}/runtime-endpoint/*"])
