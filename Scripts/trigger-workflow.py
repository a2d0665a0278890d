#!/usr/bin/env python3
"""Publishes the event that starts a cost analysis in an environment, prints the session's id, and says how to follow it.

    trigger-workflow.py --environment local                          on the running local cloud (make local-up, make deploy)
    trigger-workflow.py --environment dev --profile NAME             on AWS, with the caller's credentials and region
    trigger-workflow.py --environment dev --prompt "Only Lambda"     with something to look at in particular
    trigger-workflow.py --environment dev --default-bus              on the account's own bus, as `aws events put-events` without a bus does

The event goes to the bus of the environment's own stack, which no other environment listens to. Standard output has the session's id and
nothing else. Run it with the Python of .venv: .venv/bin/python Scripts/trigger-workflow.py
"""

import argparse
import json
import pathlib
import sys

SCRIPTS = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(SCRIPTS), str(SCRIPTS.parent)]

from deployment.target import ROOT, DeploymentError, Target, find_target  # noqa: E402  (a folder beside this file)

STATE = ROOT / ".arbiter"
SOURCE = "manual-trigger"
DETAIL_TYPE = "execute-agent"
# EventBridge takes 256 KB an event, the function that asks the agent a quarter of that for a prompt.
MAXIMUM_PROMPT_BYTES = 64 << 10


def say(text: str) -> None:
    print(f"trigger-workflow: {text}", file=sys.stderr, flush=True)


def outputs(target: Target) -> dict[str, str]:
    """What the environment's stack says of itself, which no file here can be older than."""
    from botocore.exceptions import ClientError

    from infra.configuration import ConfigurationError, load
    from infra.namer import Namer

    try:
        name = Namer(load(target.environment).prefix, target.environment).stack
    except ConfigurationError as error:
        raise DeploymentError(str(error)) from error
    try:
        stack, = target.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            raise DeploymentError(f"there is no stack {name} in {target.region}: make deploy ENVIRONMENT={target.environment}") from error
        raise
    found = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
    if "CostWorkflowArn" not in found:
        raise DeploymentError(f"the stack {name} has no cost optimizer: set costOptimizer.enabled in infra/config/{target.environment}.yaml "
                              f"(docs/deploying.md), then make deploy ENVIRONMENT={target.environment}")
    return found


def publish(target: Target, bus: str | None, prompt: str | None) -> str:
    """The id of the event, which is the session's."""
    entry = {"Source": SOURCE, "DetailType": DETAIL_TYPE, "Detail": json.dumps({"prompt": prompt} if prompt else {})}
    if bus:
        entry["EventBusName"] = bus
    result, = target.client("events").put_events(Entries=[entry])["Entries"]
    if "EventId" not in result:
        raise DeploymentError(f"EventBridge did not take the event: {result.get('ErrorCode')}: {result.get('ErrorMessage')}")
    return result["EventId"]


def follow(target: Target, found: dict[str, str], session: str) -> str:
    arbiter, at = ".build/debug/arbiter cost", "" if target.local else f" --environment {target.environment}"
    return f"""the session {session} begins within seconds. To see it:
  {arbiter} follow {session}{at}
  {arbiter} report {session}{at}        once it has completed
  its workflow:  {found["CostWorkflowArn"]}
  its journal:   PK = {session} in the table {found["JournalTableName"]}
  its report:    s3://{found["CostBucketName"]}/{session}/"""


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--environment", required=True, help="a file of infra/config without .yaml: local, dev, ...")
    parser.add_argument("--profile", help="profile of ~/.aws/config (not for local)")
    parser.add_argument("--region", help="default: the profile's or AWS_REGION; for local that of the local cloud")
    parser.add_argument("--prompt", help="what the agent is to look at in particular (default: everything that it knows)")
    parser.add_argument("--default-bus", action="store_true", help="publish on the account's own bus instead of the stack's")
    parser.add_argument("--endpoint", help="another AWS than AWS itself or the running local cloud")
    parser.add_argument("--local-state", type=pathlib.Path, default=STATE / "local", help="state folder of the local cloud (default .arbiter/local)")
    options = parser.parse_args(arguments)
    if options.prompt is not None and len(options.prompt.encode()) > MAXIMUM_PROMPT_BYTES:
        parser.error(f"--prompt has {len(options.prompt.encode())} bytes: expected at most {MAXIMUM_PROMPT_BYTES}")
    options.quiet = False
    return options


def main(arguments: list[str]) -> int:
    options = parse(arguments)
    try:
        target = find_target(options)
        found = outputs(target)
        session = publish(target, None if options.default_bus else found["EventBusName"], options.prompt)
        print(session, flush=True)
        say(follow(target, found, session))
    except DeploymentError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        from botocore.exceptions import BotoCoreError, ClientError

        if not isinstance(error, (BotoCoreError, ClientError)):
            raise
        say(f"AWS refuses or does not answer: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
