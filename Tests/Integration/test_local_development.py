"""docs/LOCAL_DEVELOPMENT.md: its commands are run as they stand there, and what it names exists."""

from __future__ import annotations

import json
import pathlib
import re
import stat
import subprocess
import sys

from harness import guide
from harness.checkout import Checkout, free_ports
from harness.cloud import ROOT
from harness.demos import environment

GUIDE = ROOT / "docs" / "LOCAL_DEVELOPMENT.md"


def adapted(script: str, checkout: Checkout) -> str:
    """With this checkout's ports in place of the standard ones, which may be in use."""
    alone, = free_ports(1)
    return (script.replace("arbiter local up ", f"arbiter local up --port {checkout.port} --model-port {checkout.model_port} ")
            .replace("127.0.0.1:4566", f"127.0.0.1:{checkout.port}").replace("8099", str(alone)))


def test_its_commands_run_as_they_stand(checkout: Checkout, tmp_path: pathlib.Path) -> None:
    subprocess.run([ROOT / "Scripts" / "build-functions.sh", "CostAgent"], cwd=ROOT, check=True)
    for name in (".build", "infra", "events", "docs"):
        (checkout.folder / name).symlink_to(ROOT / name)
    tools = tmp_path / "tools"
    tools.mkdir()
    aws = tools / "aws"
    aws.write_text(f"#!/bin/sh\nexec {sys.executable} {ROOT / 'Tests' / 'Integration' / 'harness' / 'aws.py'} \"$@\"\n")
    aws.chmod(aws.stat().st_mode | stat.S_IXUSR)
    variables = environment(checkout)
    variables["PATH"] = f"{tools}:{variables['PATH']}"
    # deploy.py keeps what it makes beside itself unless it is told where.
    script = adapted(guide.script(GUIDE), checkout).replace(
        "--environment local --seed", f"--environment local --local-state {checkout.state}/local --outputs {checkout.state}/outputs-local.json --seed").replace(
        "local_cloud.py --logs", f"local_cloud.py --state {checkout.state}/local --logs")
    done = subprocess.run(["bash", "-c", script], cwd=checkout.folder, env=variables, capture_output=True, text=True, check=False, timeout=180)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-6000:]
    # What a reader is to see of it.
    assert re.search(r'"status": "(RUNNING|SUCCEEDED)"', done.stdout)
    assert done.stdout.count("Cost Optimization Report") >= 2
    assert '"HealthyBusy"' in done.stdout or '"Healthy"' in done.stdout
    for name in ("cost_report.txt", "evidence.txt", "report.json", "report.html"):
        assert f"/{name}\t" in done.stdout
    assert (checkout.state / "report.html").read_text().lstrip().lower().startswith("<!doctype html")
    assert not checkout.left_running(), checkout.left_running()


def test_the_event_that_it_shows_is_one() -> None:
    found = re.search(r"^```json\n(.*?)^```$", GUIDE.read_text(), re.DOTALL | re.MULTILINE)[1]
    event = json.loads(found)
    assert (event["Source"], event["DetailType"]) == ("manual-trigger", "execute-agent")
    assert set(json.loads(event["Detail"])) == {"prompt"}


def test_the_places_that_it_names_exist() -> None:
    table = GUIDE.read_text().split("## Where things are")[1]
    named = re.findall(r"`([\w./-]+)`", table)
    paths = [name for name in named if "/" in name]
    assert len(paths) > 15
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_every_make_target_that_it_names_exists() -> None:
    targets = set(re.findall(r"^([a-z][a-z0-9-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z][a-z-]*)", GUIDE.read_text()))
    assert named and named <= targets
