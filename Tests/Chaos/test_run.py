"""A small run of the chaos, whole: everything is accounted for, and trouble there was."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys

import pytest

from chaos.snapshot import Snapshot

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]


def chaos(*arguments: str, seconds: float) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(HERE), str(HERE.parent / "Integration")])
    return subprocess.run([sys.executable, "-m", "chaos", *arguments], cwd=ROOT, env={**os.environ, "PYTHONPATH": path}, capture_output=True,
                          text=True, check=False, timeout=seconds)


@pytest.fixture(scope="module")
def built() -> None:
    for name in ("supervisor", "worker-wrapper", "fabricator", "config-seeder", "agent-invoker"):
        assert (ROOT / "dist" / f"{name}.zip").is_file(), f"dist/{name}.zip is missing: run make package"
    subprocess.run(["swift", "build", "--quiet", "--product", "arbiter"], cwd=ROOT, check=True)


def test_nothing_is_lost_doubled_stuck_or_overspent(built: None, tmp_path: pathlib.Path) -> None:
    snapshot = tmp_path / "snapshot.json"
    done = chaos("--orchestrations", "20", "--seed", "4", "--minutes", "2", "--rate", "lose=3", "--json", "--snapshot", str(snapshot), seconds=180)
    assert done.stdout, done.stderr
    report = json.loads(done.stdout)
    assert (done.returncode, report["accounted"], report["findings"]) == (0, 20, []), done.stderr
    assert set(report["counts"].values()) == {0} and report["rested"]
    # It was no calm day: otherwise this would show nothing.
    expected = {f"aws.{fault}" for fault in ("throttle", "error", "reset", "lose", "duplicate", "delay", "partial", "conflict")}
    assert expected <= set(report["faults"]), report["faults"]
    assert report["killed"] > 0 and report["deliveries"]["delivered twice"] > 0
    assert report["modelCalls"] > 100 and report["spentMicroUSD"] >= report["modelMicroUSD"]

    # The same, were a result missing: the run would not have passed.
    assert chaos("--audit", str(snapshot), seconds=20).returncode == 0
    doctored = Snapshot.read(snapshot)
    lost = doctored.feedback.pop()["orchestration_id"]
    doctored.feedback = [detail for detail in doctored.feedback if detail["orchestration_id"] != lost]
    doctored.write(snapshot)
    judged = chaos("--audit", str(snapshot), seconds=20)
    assert judged.returncode == 1 and f"lost: {lost}" in judged.stdout


def test_options_that_make_no_sense_are_refused() -> None:
    for arguments, words in ((["--rate", "earthquake=1"], "there is no rate 'earthquake'"), (["--orchestrations", "0"], "must be at least 1")):
        done = chaos(*arguments, seconds=20)
        assert done.returncode == 2 and words in done.stderr
