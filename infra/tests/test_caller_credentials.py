"""The caller's credentials: found, or an error in a sentence."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

from infra.configuration import ROOT


def credentials(home: pathlib.Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "AWS_EC2_METADATA_DISABLED": "true", **variables}
    return subprocess.run([sys.executable, ROOT / "Scripts" / "caller_credentials.py"], env=environment, capture_output=True, text=True, check=False)


def test_a_profile_becomes_lines_for_a_shell(tmp_path: pathlib.Path) -> None:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text(
        "[profile work]\nregion = eu-west-1\naws_access_key_id = AKIA\naws_secret_access_key = it's secret\n")
    done = credentials(tmp_path, AWS_PROFILE="work")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "export AWS_ACCESS_KEY_ID=AKIA", "export AWS_SECRET_ACCESS_KEY='it'\"'\"'s secret'", "export AWS_REGION=eu-west-1",
        "unset AWS_SESSION_TOKEN"]


def test_no_credentials_are_a_sentence(tmp_path: pathlib.Path) -> None:
    done = credentials(tmp_path, AWS_REGION="eu-west-1")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("no AWS credentials: set AWS_PROFILE")


def test_a_denied_role_is_a_sentence(tmp_path: pathlib.Path, denying_sts: str) -> None:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text(
        "[profile base]\naws_access_key_id = AKIA\naws_secret_access_key = secret\n"
        "[profile work]\nregion = eu-west-1\nrole_arn = arn:aws:iam::123456789012:role/work\nsource_profile = base\n")
    done = credentials(tmp_path, AWS_PROFILE="work", AWS_ENDPOINT_URL_STS=denying_sts)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("no AWS credentials: ") and "AccessDenied" in done.stderr and "Traceback" not in done.stderr
