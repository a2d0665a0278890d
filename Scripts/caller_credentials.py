#!/usr/bin/env python3
"""Prints the caller's AWS credentials and region: as `export` lines for a shell to evaluate, or with --json as one JSON object.

They are found as every AWS tool finds them: environment, profile (AWS_PROFILE), sign-on session, credential process, instance role.
The object may lack a region; for a shell that is an error.
"""

import json
import os
import shlex
import sys


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--json"]):
        print(f"unknown arguments {' '.join(arguments)}: use --json, or none", file=sys.stderr)
        return 2
    try:
        import botocore.exceptions
        import botocore.session
    except ModuleNotFoundError:
        print("botocore is not installed: run Scripts/setup.sh local, then use .venv/bin/python", file=sys.stderr)
        return 1

    try:
        session = botocore.session.get_session()
        credentials = session.get_credentials()
        # botocore knows AWS_DEFAULT_REGION only.
        region = os.environ.get("AWS_REGION") or session.get_config_variable("region")
        frozen = credentials.get_frozen_credentials() if credentials else None
    except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
        # A service's refusal, such as that of a role, is no BotoCoreError.
        print(f"no AWS credentials: {error}", file=sys.stderr)
        return 1
    if frozen is None:
        print("no AWS credentials: set AWS_PROFILE, or sign in with a tool of your choice", file=sys.stderr)
        return 1
    values = {"AWS_ACCESS_KEY_ID": frozen.access_key, "AWS_SECRET_ACCESS_KEY": frozen.secret_key, "AWS_REGION": region,
              "AWS_SESSION_TOKEN": frozen.token}
    if arguments == ["--json"]:
        print(json.dumps(values))
        return 0
    if region is None:
        print("no AWS region: set AWS_REGION, or one in the profile", file=sys.stderr)
        return 1
    for name, value in values.items():
        print(f"export {name}={shlex.quote(value)}" if value else f"unset {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
