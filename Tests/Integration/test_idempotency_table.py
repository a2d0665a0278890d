"""The contract of the idempotency store (Tests/IdempotencyTests) on a table of the local cloud, whose conditions are another's work than ours."""

from __future__ import annotations

import os
import subprocess

from harness.cloud import REGION, ROOT, Cloud

TABLE = "idempotency-contract"


def test_the_contract_holds_on_a_real_table(cloud: Cloud) -> None:
    cloud.client("dynamodb").create_table(
        TableName=TABLE, KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}], BillingMode="PAY_PER_REQUEST")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | {
        "AWS_ENDPOINT_URL": cloud.endpoint, "AWS_REGION": REGION, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
        "IDEMPOTENCY_TABLE": TABLE}
    done = subprocess.run(
        ["swift", "test", "--filter", "StoreContractTests"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]
    assert cloud.client("dynamodb").scan(TableName=TABLE, Select="COUNT")["Count"] > 0
