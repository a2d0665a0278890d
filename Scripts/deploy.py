#!/usr/bin/env python3
"""Deploys an environment of infra/config with CloudFormation: synthesizes the CDK app, uploads the functions' zips, creates or
updates the stack through a change set, and writes the stack's outputs to .arbiter/outputs-<environment>.json.

    deploy.py --environment local                     to the running local cloud (make local-up)
    deploy.py --environment dev --profile NAME        to AWS, with the caller's credentials and region
    deploy.py --environment local --seed FILE         with the agents of a JSON file in the registry (Demo/agents.json)
    deploy.py --environment dev --destroy             delete the stack; asks first, unless --yes

Nothing is synthesized again while infra/ and dist/ are unchanged, and nothing is deployed that is already there.
Run it with the Python of .venv: .venv/bin/python Scripts/deploy.py
"""

import argparse
import json
import pathlib
import sys
import time

SCRIPTS = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(SCRIPTS), str(SCRIPTS.parent)]

from deployment.assembly import stack_name, synthesize  # noqa: E402  (a folder beside this file)
from deployment.stack import deploy, destroy  # noqa: E402
from deployment.target import ROOT, DeploymentError, Target, find_target, say  # noqa: E402

STATE = ROOT / ".arbiter"


def write_outputs(target: Target, description: dict, file: pathlib.Path) -> dict[str, str]:
    outputs = {output["OutputKey"]: output["OutputValue"] for output in sorted(description.get("Outputs", []), key=lambda o: o["OutputKey"])}
    content = {
        "environment": target.environment, "stack": description["StackName"], "region": target.region, "endpoint": target.endpoint,
        "outputs": outputs,
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(content, indent=2) + "\n")
    unfinished.replace(file)
    return outputs


def print_table(outputs: dict[str, str]) -> None:
    width = max((len(key) for key in outputs), default=0)
    for key, value in outputs.items():
        print(f"{key:<{width}}  {value}")


def configured_stack_name(environment: str) -> str:
    """The stack's name without synthesizing it."""
    from infra.configuration import ConfigurationError, load
    from infra.namer import Namer

    try:
        return Namer(load(environment).prefix, environment).stack
    except ConfigurationError as error:
        raise DeploymentError(str(error)) from error


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--environment", required=True, help="a file of infra/config without .yaml: local, dev, ...")
    parser.add_argument("--endpoint", help="another CloudFormation than that of AWS or of the running local cloud")
    parser.add_argument("--profile", help="profile of ~/.aws/config (not for local)")
    parser.add_argument("--region", help="default: the profile's or AWS_REGION; for local that of the local cloud")
    parser.add_argument("--seed", type=pathlib.Path, metavar="FILE",
                        help="JSON array of registry rows to bring along, in place of the configuration's seed.agentsFile")
    parser.add_argument("--packages", type=pathlib.Path, default=ROOT / "dist", help="folder with the functions' zips (default dist)")
    parser.add_argument("--local-state", type=pathlib.Path, default=STATE / "local", help="state folder of the local cloud (default .arbiter/local)")
    parser.add_argument("--assembly", type=pathlib.Path, default=STATE / "synth", help="folder for what is synthesized (default .arbiter/synth)")
    parser.add_argument("--outputs", type=pathlib.Path, help="default .arbiter/outputs-<environment>.json")
    parser.add_argument("--quiet", action="store_true", help="print neither the outputs nor what goes well")
    parser.add_argument("--synth-only", action="store_true", help="synthesize, print the folder, deploy nothing")
    parser.add_argument("--destroy", action="store_true", help="delete the stack")
    parser.add_argument("--yes", action="store_true", help="do not ask before deleting")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    options = parse(arguments)
    began = time.monotonic()
    seed = options.seed.resolve() if options.seed else None
    stack = None
    try:
        if options.synth_only:
            print(synthesize(options.environment, options.packages.resolve(), options.assembly.resolve(), seed))
            return 0
        target = find_target(options)
        options.outputs = options.outputs or STATE / f"outputs-{options.environment}.json"
        if options.destroy:
            stack = configured_stack_name(options.environment)
            destroy(target, stack, options.yes)
            options.outputs.unlink(missing_ok=True)
            return 0
        assembly = synthesize(options.environment, options.packages.resolve(), options.assembly.resolve(), seed)
        stack = stack_name(assembly)
        description = deploy(target, assembly, stack)
        outputs = write_outputs(target, description, options.outputs)
        if not options.quiet:
            print_table(outputs)
        say(f"done in {time.monotonic() - began:.1f} s; the outputs are in {options.outputs}")
    except DeploymentError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        if stack:
            say(f"interrupted; what CloudFormation has begun with stack {stack} goes on there")
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
