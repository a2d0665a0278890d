"""Starts empty_root.py in namespaces of its own: as root, or as an ordinary user who may make user namespaces."""

from __future__ import annotations

import functools
import json
import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
UNSHARE = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]


def unshare() -> list[str]:
    return UNSHARE if os.geteuid() == 0 else [*UNSHARE, "--user", "--map-root-user"]


@functools.cache
def obstacle() -> str | None:
    """Why a root folder cannot be isolated here; nil when it can."""
    done = subprocess.run([*unshare(), "true"], capture_output=True, text=True, check=False)
    return None if done.returncode == 0 else done.stderr.strip() or f"unshare ended with {done.returncode}"


def run(cases: list[dict], **variables: str) -> list[dict]:
    """What happened in each case; the variables are the server's."""
    return call("empty_root.py", {"cases": cases}, **variables)


def call(script: str, task: dict, **variables: str) -> object:
    """What a script says of a task. Where namespaces cannot be made the test is skipped, except in CI, where it has to run."""
    if reason := obstacle():
        message = f"an empty root needs namespaces, and they cannot be made here ({reason}): run as root, or allow user namespaces"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    command = [*unshare(), sys.executable, str(pathlib.Path(__file__).with_name(script))]
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TMPDIR": os.environ.get("TMPDIR", "/tmp"), **variables}
    done = subprocess.run(command, input=json.dumps(task), capture_output=True, text=True, check=False, env=environment, timeout=300)
    assert done.returncode == 0, f"{script} failed:\n{done.stdout}{done.stderr}"
    return json.loads(done.stdout)
