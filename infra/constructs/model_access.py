"""Which models a function may call."""

from __future__ import annotations

import dataclasses

from aws_cdk import Aws
from aws_cdk import aws_iam as iam

from infra import model_ids
from infra.settings import Model


@dataclasses.dataclass(frozen=True)
class ModelAccess:
    settings: Model

    def resources(self, model: str) -> list[str]:
        """The ARNs that a call of `model` needs: an inference profile needs also the models it routes to.
        https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html"""
        if model_ids.is_application_profile(model):
            return [model, *(arn for behind in self.settings.profileModels for arn in self._foundation_models(behind))]
        if profile := model_ids.profile(model):
            here = f"arn:{Aws.PARTITION}:bedrock:{Aws.REGION}:{Aws.ACCOUNT_ID}:inference-profile/{profile.id}"
            return [model if model.startswith("arn:") else here, *self._foundation_models(model)]
        return [model] if model.startswith("arn:") else self._foundation_models(model)

    def _foundation_models(self, model: str) -> list[str]:
        """The model itself, in each region where it may be asked."""
        profile = model_ids.profile(model)
        name = profile.model if profile else model
        arns = [f"arn:{Aws.PARTITION}:bedrock:{region}::foundation-model/{name}" for region in self.settings.regions or (Aws.REGION,)]
        if profile and profile.geography == model_ids.GLOBAL:
            # A global profile calls the model without a region in its ARN.
            arns.append(f"arn:{Aws.PARTITION}:bedrock:::foundation-model/{name}")
        return arns

    def grant(self, grantee: iam.IGrantable, *models: str, streaming: bool) -> None:
        actions = ["bedrock:InvokeModel", *(["bedrock:InvokeModelWithResponseStream"] if streaming else [])]
        arns = list(dict.fromkeys(arn for model in models for arn in self.resources(model)))
        iam.Grant.add_to_principal(grantee=grantee, actions=actions, resource_arns=arns)
