"""Where a deployment goes, and how it talks to whoever runs it."""

import argparse
import dataclasses
import json
import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


class DeploymentError(Exception):
    """What went wrong, where, and what to do about it."""


@dataclasses.dataclass(frozen=True)
class Target:
    """Where to: the clients share one session and, for the local cloud, one endpoint."""

    environment: str
    local: bool
    session: object
    endpoint: str | None
    quiet: bool

    def client(self, service: str):
        # The stack is small: signing with the session's credentials is all that differs between AWS and the local cloud.
        return self.session.client(service, endpoint_url=self.endpoint)

    @property
    def region(self) -> str:
        return self.session.region_name


def say(text: str) -> None:
    print(f"deploy: {text}", file=sys.stderr, flush=True)


def find_target(options: argparse.Namespace) -> Target:
    try:
        import boto3
    except ModuleNotFoundError:
        raise DeploymentError("boto3 is not installed: run Scripts/setup.sh local infra, then use .venv/bin/python") from None
    if not (ROOT / "infra" / "config" / f"{options.environment}.yaml").is_file() or options.environment == "base":
        known = sorted(path.stem for path in (ROOT / "infra" / "config").glob("*.yaml") if path.stem != "base")
        raise DeploymentError(f"there is no environment '{options.environment}': infra/config has {', '.join(known)}")
    if options.environment != "local":
        session = boto3.Session(profile_name=options.profile, region_name=options.region)
        if session.region_name is None:
            raise DeploymentError("no region: give --region, set AWS_REGION, or set one in the profile")
        return Target(options.environment, False, session, options.endpoint, options.quiet)

    running = {}
    try:
        running = json.loads((options.local_state / "local-cloud.json").read_text())
    except (OSError, ValueError):
        pass
    endpoint = options.endpoint or running.get("endpoint")
    if endpoint is None:
        raise DeploymentError("the local cloud is not running: start it with `make local-up`, or give --endpoint")
    # The caller's credentials and profile have no business here.
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test",
                            region_name=options.region or running.get("region", "us-east-1"))
    return Target("local", True, session, endpoint, options.quiet)
