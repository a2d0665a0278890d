"""Agents that are code, as somebody would write them by hand and put with the command line tool."""

from __future__ import annotations

import hashlib
import json
import pathlib
import subprocess
from typing import Any

from harness.cloud import ARBITER, ROOT, Cloud

MODULES = ROOT / "Tests" / "Integration" / "modules"
HOSTILE = ROOT / "Tests" / "SandboxTests" / "Hostile"

# How faulty.js fails, and what the task's answer calls it.
FAULTS = {
    "throws": "threw", "spins": "cpu_limit", "hoards": "memory_limit", "recurses": "recursion_limit", "shouts": "output_limit",
    "floods": "host_call_limit", "waits": "never_settles", "mumbles": "invalid_result",
}
# What can be wrong before anything runs.
UNUSABLE = {"absent": "code_not_found", "altered": "code_hash_mismatch", "garbled": "compile_error"}
# Modules of the corpus that are worth a real function: whatever they try, their own task is all that fails.
ATTACKS = ("loop-plain", "loop-regexp-nested-quantifier", "loop-promise-swallows", "memory-caught-hoard", "memory-job-explosion", "recursion-proxy-chain",
           "frames-forged-code", "import-std")


def header(attack: str) -> dict[str, Any]:
    """What a module of the corpus says of itself: what it attempts, under which limits, and what must come of it."""
    text = (HOSTILE / f"{attack}.js").read_text()
    return json.loads(text[text.index("/*") + 2:text.index("*/")])


LIMITS = {"cpuMilliseconds": 300, "memoryBytes": 16 << 20, "outputBytes": 100_000, "hostCalls": 20, "timeoutSeconds": 60}


def code_agent(name: str, schema: dict[str, Any], tools: list[str] = [], capabilities: list[str] = [], **members: Any) -> dict[str, Any]:  # noqa: B006
    """A row without its module."""
    return {
        "agentId": name, "state": "active", "categories": ["test"],
        "config": {"name": name, "description": f"The agent {name} of the tests.", "version": "1", "kind": "code",
                   "schema": {"type": "object", "properties": schema, "required": list(schema), "additionalProperties": False},
                   "tools": tools, "capabilities": capabilities, "limits": LIMITS, **members}}


def arbiter(cloud: Cloud, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([ARBITER, *arguments], cwd=ROOT, env=cloud.environment(), capture_output=True, text=True, check=False, timeout=60)


def objects(cloud: Cloud, prefix: str) -> list[str]:
    """The keys of the code bucket that begin so, sorted."""
    pages = cloud.client("s3").get_paginator("list_objects_v2").paginate(Bucket=cloud.outputs["CodeBucketName"], Prefix=prefix)
    return sorted(entry["Key"] for page in pages for entry in page.get("Contents", []))


def read(cloud: Cloud, key: str) -> bytes:
    return cloud.client("s3").get_object(Bucket=cloud.outputs["CodeBucketName"], Key=key)["Body"].read()


def agent(cloud: Cloud, name: str) -> dict[str, Any]:
    """The row as it is now."""
    return cloud.table("AgentConfigTableName").get_item(Key={"agentId": name}, ConsistentRead=True)["Item"]


def put(cloud: Cloud, row: dict[str, Any], module: pathlib.Path) -> None:
    """Puts a row and its module, as a person would."""
    file = cloud.project / f"{row['agentId']}.json"
    file.write_text(json.dumps(row))
    done = arbiter(cloud, "agents", "put", str(file), "--module", str(module))
    assert done.returncode == 0, done.stderr


def put_past_the_command_line(cloud: Cloud, row: dict[str, Any], code: bytes | None, sha256: str | None = None) -> None:
    """A row and an object as only somebody with rights of their own can make them."""
    digest = sha256 or hashlib.sha256(code or b"").hexdigest()
    filename = f"{row['agentId']}/{digest}.js"
    if code is not None:
        cloud.client("s3").put_object(Bucket=cloud.outputs["CodeBucketName"], Key=f"agents/{filename}", Body=code)
    row["config"] |= {"filename": filename, "sha256": digest}
    cloud.table("AgentConfigTableName").put_item(Item=row)


def write_code_agents(cloud: Cloud) -> None:
    """Puts every agent of code that the tests ask for, before the Supervisor has read the registry."""
    text = {"type": "string"}
    put(cloud, code_agent("tally", {"path": text, "column": text}, ["query_table"], ["log", "now", "random"]), MODULES / "tally.js")
    for way in FAULTS:
        put(cloud, code_agent(f"faulty-{way}", {"way": text}, ["calculate"]), MODULES / "faulty.js")
    put(cloud, code_agent("unlucky", {"way": text}, ["calculate"]), MODULES / "faulty.js")
    put_past_the_command_line(cloud, code_agent("faulty-absent", {"way": text}), None, "0" * 64)
    put_past_the_command_line(cloud, code_agent("faulty-altered", {"way": text}), b"export default () => 'another module';\n", "1" * 64)
    put_past_the_command_line(cloud, code_agent("faulty-garbled", {"way": text}), b"export default async function handler(input, host) {\n  return (\n}\n")
    for attack in ATTACKS:
        row = code_agent(f"attack-{attack}", {"subject": text})
        row["config"]["limits"] = LIMITS | header(attack).get("limits", {})
        put_past_the_command_line(cloud, row, (HOSTILE / f"{attack}.js").read_bytes())
