"""The cost agent's image as a container: an empty root, no shell, no init, another user; it answers, works, and ends when it is told to."""

from __future__ import annotations

import json
import pathlib

import isolation
import pytest
from authority import Authority, Certificate
from conftest import FOREIGN, PACKAGES, emulator

import image as command
from container import oci

SESSION = "0f3b2c1d-7a65-4e43-9b21-0123456789ab"
ENVIRONMENT = {
    "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "never-logged", "MODEL_ID": "none",
    "JOURNAL_TABLE_NAME": "journal", "S3_BUCKET_NAME": "reports",
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, authority: Authority, certificate: Certificate) -> dict:
    """One life of the agent: pings, invocations, a session that is under way, SIGTERM."""
    file = PACKAGES / "cost-agent.oci.tar"
    assert file.is_file(), f"{file} is missing: run Scripts/image.py build"
    built = oci.check(file)
    layer = tmp_path_factory.mktemp("image") / "layer.tar.gz"
    layer.write_bytes(built.layer)
    settings = json.loads(built.configuration)["config"]
    task = {
        "layer": str(layer), "entrypoint": settings["Entrypoint"], "user": settings["User"],
        "environment": {**dict(variable.split("=", 1) for variable in settings["Env"]), **ENVIRONMENT},
        "bodies": [json.dumps({"session_id": SESSION}), json.dumps({"session_id": SESSION}), "{", json.dumps({"session_id": "a/b"})],
        "tls": {"chain": str(certificate.chain), "key": str(certificate.key)}, "authority": str(authority.root), **emulator(),
    }
    told = isolation.call("agent_root.py", task)
    assert "problem" not in told, told
    print(f"\nfirst /ping after {told['milliseconds']:.1f} ms, {told['process']['resident'] / 1000:.1f} MB, {told['drain'] * 1000:.0f} ms from SIGTERM to the end"
          f"{', under emulation' if FOREIGN else ''}")
    return told


def test_the_image_has_the_files_of_its_dockerfile_and_no_other(told: dict) -> None:
    assert told["files"] == sorted(copy.target.removeprefix("/") for copy in command.instructions("CostAgent").copies)


def test_it_is_the_first_process_and_nobody(told: dict) -> None:
    assert told["process"]["number"] == "1"
    # An ordinary user's namespace has no other users.
    assert told["process"]["user"] in ("65532", "0") and (told["process"]["user"] == "65532" or isolation.UNSHARE != isolation.unshare())


def test_it_answers_pings_and_invocations_at_once(told: dict) -> None:
    status, health = told["ping"]
    assert status == 200 and health["status"] == "Healthy" and isinstance(health["time_of_last_update"], int)
    started, again, broken, wrong = told["answers"]
    assert started == [200, {"status": "started", "session_id": SESSION}]
    assert again == [200, {"status": "already_running", "session_id": SESSION}]
    assert broken[0] == 400 and broken[1]["error"] == "Invalid JSON"
    assert wrong[0] == 400 and wrong[1]["error"] == "Invalid payload" and "session_id" in wrong[1]["details"]
    assert told["busy"][0] == 200 and told["busy"][1]["status"] == "HealthyBusy"


def test_it_finds_aws_and_trusts_it_by_the_images_certificates(told: dict) -> None:
    assert told["held"], told
    assert "dynamodb.us-east-1.amazonaws.com" in told["names"]
    assert told["requests"] and all(request["signed"] and request["version"] == "TLSv1.3" for request in told["requests"])


def test_sigterm_marks_the_session_as_failed_and_ends_it_with_zero(told: dict) -> None:
    assert told["status"] == 0, told["output"]
    written = [request["body"] for request in told["requests"] if SESSION in request["body"] and "FAILED" in request["body"]]
    assert any("SIGTERM" in body for body in written), told


def test_its_log_is_json_without_secrets(told: dict) -> None:
    lines = [json.loads(line) for line in told["output"].splitlines()]
    assert {line["level"] for line in lines} <= {"INFO", "WARN", "ERROR"} and lines[0]["message"] == "the agent serves" and lines[0]["port"] == 8080
    assert lines[-1]["message"] == "the agent ends" and "never-logged" not in told["output"]
