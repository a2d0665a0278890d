"""What the id or the ARN of a Bedrock model says about it."""

from __future__ import annotations

import dataclasses
import re

GLOBAL = "global"

# https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html : a geography, and the model behind it.
PROFILE_ID = re.compile(r"^(us|us-gov|eu|apac|jp|au|ca|sa|me|global)\.(.+)$")
PROFILE_ARN = re.compile(r"^arn:[^:]+:bedrock:[^:]*:[^:]*:inference-profile/(.+)$")
APPLICATION_PROFILE_ARN = re.compile(r"^arn:[^:]+:bedrock:[^:]*:[^:]*:application-inference-profile/.+$")


@dataclasses.dataclass(frozen=True)
class Profile:
    """An inference profile of AWS's own."""

    id: str
    # us, eu, ..., or GLOBAL.
    geography: str
    # The foundation model that it routes to.
    model: str


def profile(model: str) -> Profile | None:
    """The profile that an id or an ARN names; None for a model that is called where it is."""
    arn = PROFILE_ARN.match(model)
    name = arn[1] if arn else model
    found = PROFILE_ID.match(name)
    return Profile(name, found[1], found[2]) if found else None


def is_application_profile(model: str) -> bool:
    """True for a profile that somebody made, whose ARN does not name the model."""
    return APPLICATION_PROFILE_ARN.match(model) is not None
