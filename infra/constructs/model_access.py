"""Which models a function may call."""

from __future__ import annotations

import dataclasses
import re

from aws_cdk import Aws
from aws_cdk import aws_iam as iam

from infra.configuration import Model

# us.anthropic..., eu., apac., global., us-gov.: a model behind an inference profile.
PROFILE = re.compile(r"^(us|us-gov|eu|apac|jp|au|ca|sa|me|global)\.(?P<model>.+)$")


@dataclasses.dataclass(frozen=True)
class ModelAccess:
    settings: Model

    def resources(self, model: str) -> list[str]:
        """The ARNs that a call of `model` needs: an inference profile needs also the models it routes to."""
        if model.startswith("arn:"):
            return [model]
        profile = PROFILE.match(model)
        regions = list(self.settings.regions) or [Aws.REGION]
        name = profile["model"] if profile else model
        arns = [f"arn:{Aws.PARTITION}:bedrock:{region}::foundation-model/{name}" for region in regions]
        if profile:
            arns.append(f"arn:{Aws.PARTITION}:bedrock:{Aws.REGION}:{Aws.ACCOUNT_ID}:inference-profile/{model}")
            if profile[1] == "global":
                # A global profile calls the model without a region in its ARN.
                arns.append(f"arn:{Aws.PARTITION}:bedrock:::foundation-model/{name}")
        return arns

    def grant(self, grantee: iam.IGrantable, *models: str, streaming: bool) -> None:
        actions = ["bedrock:InvokeModel", *(["bedrock:InvokeModelWithResponseStream"] if streaming else [])]
        arns = list(dict.fromkeys(arn for model in models for arn in self.resources(model)))
        iam.Grant.add_to_principal(grantee=grantee, actions=actions, resource_arns=arns)
