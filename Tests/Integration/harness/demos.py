"""Running a demo script as a person does: in a checkout with a state and ports of its own."""

from __future__ import annotations

import decimal
import pathlib
import re
import subprocess

from harness.checkout import Checkout
from harness.cloud import ROOT
from harness.waiting import wait_until

# The most that a whole demo may take, once it is built.
DEMO_SECONDS = 60
FOREIGN = {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1", "AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_PROFILE": "no-such-profile"}


def environment(checkout: Checkout, **variables: str) -> dict[str, str]:
    # Swift's build tool keeps its caches below HOME, and finds its modules there.
    home = {"HOME": str(pathlib.Path.home()), "TERM": "xterm-256color"}
    return checkout.environment(PORT=str(checkout.port), MODEL_PORT=str(checkout.model_port), **home, **variables)


def run_demo(script: pathlib.Path, checkout: Checkout, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([script], cwd=ROOT, env=environment(checkout, **variables), capture_output=True, text=True, check=False, timeout=180)


def runs_of(output: str) -> list[str]:
    """The ids of the runs, as the progress names them."""
    return re.findall(r"orchestration ([a-z]+-\d\S+)", output)


def numbers(text: str) -> set[decimal.Decimal]:
    return {decimal.Decimal(found.replace(",", "")) for found in re.findall(r"\d[\d,]*(?:\.\d+)?", text)}


def assert_nothing_is_left(checkout: Checkout) -> None:
    wait_until("nothing runs any more", lambda: not checkout.left_running() and not checkout.listening(),
               seen=lambda: (checkout.left_running(), checkout.listening()))
