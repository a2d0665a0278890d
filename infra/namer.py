"""The names of everything, made in one place: <prefix>-<thing>-<environment>."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Namer:
    prefix: str
    environment: str

    def name(self, thing: str) -> str:
        return f"{self.prefix}-{thing}-{self.environment}"

    def global_name(self, thing: str) -> str:
        """For names that are unique in all of AWS, as those of buckets are."""
        # Whoever asks for the stack's name only need not wait for the construct library.
        from aws_cdk import Aws

        return f"{self.name(thing)}-{Aws.ACCOUNT_ID}-{Aws.REGION}"

    def log_group(self, function: str) -> str:
        """Where Lambda itself would write the logs of a function."""
        return f"/aws/lambda/{self.name(function)}"

    @property
    def stack(self) -> str:
        return f"{self.prefix}-{self.environment}"

    @property
    def assets_bucket(self) -> str:
        """The bucket for function code on its way into a stack; Scripts/deploy.py makes it when it is missing."""
        # The synthesizer's own placeholders, which are filled in when the assets are uploaded.
        return f"{self.prefix}-assets-${{AWS::AccountId}}-${{AWS::Region}}"
