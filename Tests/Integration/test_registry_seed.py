"""What a deployment writes into the registry, and what it leaves alone."""

from __future__ import annotations

import hashlib
import json
import pathlib
import subprocess
from typing import Any

import pytest
from harness.cloud import ARBITER, ROOT, Cloud
from harness.waiting import wait_until


def fabricator(cloud: Cloud) -> dict[str, Any]:
    return cloud.table("AgentConfigTableName").get_item(Key={"agentId": "fabricator"}, ConsistentRead=True)["Item"]


def deploy_with_seeds(cloud: Cloud, rows: list[dict[str, Any]]) -> None:
    """What the next deployment does when its seeds have changed: the same stack, another property of the custom resource."""
    cloudformation, stack = cloud.client("cloudformation"), "arbiter-local"
    template = cloudformation.get_template(StackName=stack, TemplateStage="Original")["TemplateBody"]
    template = template if isinstance(template, dict) else json.loads(template)
    seed, = [resource for resource in template["Resources"].values() if resource["Type"] == "Custom::AgentRegistrySeed"]
    agents = json.dumps(rows)
    seed["Properties"] |= {"Agents": agents, "ContentHash": hashlib.sha256(agents.encode()).hexdigest()}
    # It is longer than a request may be: by way of the bucket that deployments use.
    bucket = next(found["Name"] for found in cloud.client("s3").list_buckets()["Buckets"] if found["Name"].startswith("arbiter-assets-"))
    cloud.client("s3").put_object(Bucket=bucket, Key="other-seeds.json", Body=json.dumps(template))
    cloudformation.update_stack(
        StackName=stack, TemplateURL=f"https://s3.us-east-1.amazonaws.com/{bucket}/other-seeds.json", Capabilities=["CAPABILITY_NAMED_IAM"])

    def status() -> str:
        now = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
        return "" if now.endswith("IN_PROGRESS") else now

    assert wait_until("the stack is updated", status) == "UPDATE_COMPLETE"


def test_the_fabricator_is_registered_as_the_seed_wants_it(cloud: Cloud) -> None:
    row = fabricator(cloud)
    assert (row["state"], row["categories"]) == ("active", ["built-in", "developer"])
    config = row["config"]
    assert (config["name"], config["version"]) == ("fabricator", "1")
    assert config["action"] == {"type": "sqs", "target": cloud.outputs["FabricatorQueueUrl"]}
    assert config["schema"]["required"] == ["taskDetails"]
    assert config["schema"]["properties"]["taskDetails"]["type"] == "string"
    assert config["description"]


def test_a_second_deployment_changes_nothing(cloud: Cloud) -> None:
    before = fabricator(cloud)
    assert "up to date" in cloud.deploy()
    assert fabricator(cloud) == before


def test_a_deployment_with_other_seeds_keeps_what_an_operator_changed(cloud: Cloud) -> None:
    added = {
        "agentId": "seeded-later", "state": "inactive", "categories": ["test"],
        "config": {"name": "seeded-later", "description": "Comes with a later deployment.", "version": "1", "kind": "prompt",
                   "prompt": "You wait.", "schema": {"type": "object"}, "tools": []},
    }
    deploy_with_seeds(cloud, [added])
    table = cloud.table("AgentConfigTableName")
    table.update_item(
        Key={"agentId": "seeded-later"}, UpdateExpression="SET config.prompt = :prompt, operator_note = :note",
        ExpressionAttributeValues={":prompt": "You wait patiently.", ":note": "reviewed"})
    table.update_item(
        Key={"agentId": "fabricator"}, UpdateExpression="SET #state = :state",
        ExpressionAttributeNames={"#state": "state"}, ExpressionAttributeValues={":state": "maintenance"})

    added["config"] |= {"description": "Came with a later deployment.", "prompt": "You hurry."}
    deploy_with_seeds(cloud, [added])
    row = table.get_item(Key={"agentId": "seeded-later"}, ConsistentRead=True)["Item"]
    assert row["config"]["description"] == "Came with a later deployment."
    assert (row["config"]["prompt"], row["operator_note"]) == ("You wait patiently.", "reviewed")
    assert fabricator(cloud)["state"] == "maintenance"


def test_an_agent_that_an_operator_removed_stays_away_whatever_the_deployment_before_asked_for(cloud: Cloud) -> None:
    row = {
        "agentId": "seeded-once", "state": "inactive", "categories": ["test"],
        "config": {"name": "seeded-once", "description": "Is removed.", "version": "1", "kind": "prompt", "prompt": "You go.",
                   "schema": {"type": "object"}, "tools": []},
    }
    deploy_with_seeds(cloud, [row])
    table = cloud.table("AgentConfigTableName")
    assert "Item" in table.get_item(Key={"agentId": "seeded-once"}, ConsistentRead=True)
    table.delete_item(Key={"agentId": "seeded-once"})
    # As in a roll-back: the deployment before this one did not bring the agent.
    deploy_with_seeds(cloud, [])
    deploy_with_seeds(cloud, [row])
    assert "Item" not in table.get_item(Key={"agentId": "seeded-once"}, ConsistentRead=True)
    remembered = table.get_item(Key={"agentId": "#seeded"}, ConsistentRead=True)["Item"]
    assert {"fabricator", "seeded-once"} <= remembered["seeded_ids"]


@pytest.mark.parametrize("variable", ["FABRICATOR_QUEUE_URL", "AGENT_CONFIG_TABLE"])
def test_a_seeder_without_a_variable_answers_that_it_is_missing(cloud: Cloud, variable: str) -> None:
    done = subprocess.run(
        [ARBITER, "invoke", "ConfigSeeder", "--event", ROOT / "events/custom-resource-create.json", "--set", f"{variable}=", "--json"],
        cwd=ROOT, env=cloud.environment(), capture_output=True, text=True, check=False)
    answer = json.loads(done.stdout)["cloudFormation"]
    assert (done.returncode, answer["Status"]) == (1, "FAILED"), done.stderr
    assert variable in answer["Reason"]
