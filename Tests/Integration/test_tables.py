"""The simulated tables and those of the local cloud: one suite on both, and random operations whose answers are compared."""

from __future__ import annotations

import os
import subprocess

from harness.cloud import REGION, ROOT, Cloud

# The tables of Tests/SimulatedAWSTests/Tables/ConformanceTables.swift.
SINGLE = "conformance-single"
RANGED = "conformance-ranged"


def _key(partition: str, sort: str | None = None) -> list[dict[str, str]]:
    keys = [{"AttributeName": partition, "KeyType": "HASH"}]
    return keys + ([{"AttributeName": sort, "KeyType": "RANGE"}] if sort else [])


def _attributes(**types: str) -> list[dict[str, str]]:
    return [{"AttributeName": name, "AttributeType": type} for name, type in types.items()]


def test_the_simulated_tables_do_what_the_clouds_do(cloud: Cloud) -> None:
    client = cloud.client("dynamodb")
    client.create_table(TableName=SINGLE, KeySchema=_key("id"), AttributeDefinitions=_attributes(id="S"), BillingMode="PAY_PER_REQUEST")
    client.update_time_to_live(TableName=SINGLE, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"})
    client.create_table(
        TableName=RANGED, KeySchema=_key("pk", "sk"), AttributeDefinitions=_attributes(pk="S", sk="N", color="S", rank="N", kind="S"),
        BillingMode="PAY_PER_REQUEST", GlobalSecondaryIndexes=[
            {"IndexName": "by-color", "KeySchema": _key("color", "rank"), "Projection": {"ProjectionType": "ALL"}},
            {"IndexName": "by-kind", "KeySchema": _key("kind"), "Projection": {"ProjectionType": "KEYS_ONLY"}},
        ])
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | {
        "ARBITER_TABLES_ENDPOINT": cloud.endpoint, "AWS_REGION": REGION, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    done = subprocess.run(
        ["swift", "test", "--quiet", "--filter", "SimulatedAWSTests.*(ConformanceTests|DifferentialTests)"], cwd=ROOT, env=environment,
        capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-5_000:]
    # Without the endpoint the suite runs on the simulated tables alone, and would pass too.
    assert client.scan(TableName=SINGLE, Select="COUNT")["Count"] > 100, "the suite has not been at the tables"
