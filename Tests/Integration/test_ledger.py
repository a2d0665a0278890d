"""The ledger's contract, held against the deployed tables."""

from __future__ import annotations

import os
import subprocess

from harness.cloud import REGION, ROOT, Cloud

# The time of the rows that the suite writes (Tests/OrchestrationTests/Ledger/StoreConformanceTests.swift).
CREATED_AT_MILLISECONDS = 1_800_000_000_123


def test_the_deployed_tables_keep_the_contract_of_a_ledger(cloud: Cloud) -> None:
    environment = {
        **os.environ, "ARBITER_LEDGER_ENDPOINT": cloud.endpoint, "AWS_REGION": REGION, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
        "ORCHESTRATION_TABLE": cloud.outputs["OrchestrationTableName"], "WORKER_STATE_TABLE": cloud.outputs["WorkerStateTableName"],
    }
    table = cloud.table("OrchestrationTableName")
    done = subprocess.run(
        ["swift", "test", "--quiet", "--filter", "StoreConformanceTests"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    # Without the endpoint the suite runs on memory alone, and would pass too.
    written = [row for row in table.scan(ConsistentRead=True)["Items"] if row.get("created_at") == CREATED_AT_MILLISECONDS]
    assert len(written) >= 7, "the suite has not been at the tables"
