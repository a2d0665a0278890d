"""The stack: brought to its template through a change set, followed, and removed."""

import json
import pathlib
import sys
import time

from deployment.assets import upload_assets
from deployment.target import DeploymentError, Target, say

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
