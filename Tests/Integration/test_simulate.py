"""arbiter simulate, as a user runs it: worlds, stories, files and exit codes. Needs no local cloud."""

from __future__ import annotations

import json
import pathlib
import signal
import subprocess

import pytest

from harness.cloud import ARBITER, ROOT
from harness.waiting import wait_until


@pytest.fixture(scope="module", autouse=True)
def built() -> None:
    subprocess.run(["swift", "build", "--quiet", "--product", "arbiter"], cwd=ROOT, check=True)


def simulate(folder: pathlib.Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([ARBITER, "simulate", *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=120)


def test_worlds_keep_their_promises(tmp_path: pathlib.Path) -> None:
    done = simulate(tmp_path, "--seeds", "1..12", "--check-replay")
    assert done.returncode == 0, done
    assert "12 worlds" in done.stdout and "every promise was kept" in done.stdout
    assert "crash" in done.stdout, "the summary tells how often each fault happened"
    assert "\x1b" not in done.stdout + done.stderr, "colours are for terminals"
    assert not (tmp_path / ".arbiter").exists(), "nothing is written while nothing is broken"


def test_the_summary_as_json(tmp_path: pathlib.Path) -> None:
    done = simulate(tmp_path, "--seeds", "3..8", "--json", "--jobs", "2")
    summary = json.loads(done.stdout)
    assert (done.returncode, summary["worlds"], summary["violations"], summary["notReplayed"]) == (0, 6, [], [])
    assert summary["orchestrations"] >= 6 and summary["faults"] and summary["virtualMilliseconds"] > 0


def test_a_world_is_told_the_same_way_every_time(tmp_path: pathlib.Path) -> None:
    first, second = (simulate(tmp_path, "--seed", "12", "--trace") for _ in range(2))
    assert first.returncode == 0 and first.stdout == second.stdout
    lines = first.stdout.splitlines()
    assert all(line.lstrip().startswith("+") for line in lines), first.stdout
    assert any("asks for run-1" in line for line in lines)
    assert len(simulate(tmp_path, "--seed", "12", "--trace", "--verbose").stdout.splitlines()) > len(lines)


def test_a_story_of_one_run(tmp_path: pathlib.Path) -> None:
    story = simulate(tmp_path, "--seed", "12", "--trace", "--only", "run-2").stdout
    assert "asks for run-2" in story and "asks for run-1" not in story


def test_nothing_goes_wrong_without_faults(tmp_path: pathlib.Path) -> None:
    done = simulate(tmp_path, "--seed", "12", "--trace", "--faults", "none")
    assert done.returncode == 0 and "fault" not in done.stdout, done.stdout
    # Suppressed faults are as if they had not been.
    assert "fault 1:" not in simulate(tmp_path, "--seed", "12", "--trace", "--suppress", "1").stdout


def test_a_world_of_a_file(tmp_path: pathlib.Path) -> None:
    world = {
        "seed": "5", "faults": {"duplicateDelivery": 0.5}, "suppressedFaults": [],
        "scenario": {
            "agents": [{"id": "poet", "kind": "prompt"}], "actions": [],
            "runs": [{"id": "mine", "atMilliseconds": 10, "rounds": [[{"toolUseID": "t1", "agent": "poet"}]]}],
        },
    }
    path = tmp_path / "world.json"
    path.write_text(json.dumps(world))
    story = simulate(tmp_path, "--world", "world.json", "--trace")
    assert story.returncode == 0 and "asks for mine" in story.stdout and "t1 (poet)" in story.stdout, story
    world["scenario"]["runs"][0]["atMilliseconds"] = "soon"
    path.write_text(json.dumps(world))
    refused = simulate(tmp_path, "--world", "world.json")
    assert refused.returncode == 1 and "scenario.runs[0].atMilliseconds" in refused.stderr, refused


@pytest.mark.parametrize(("arguments", "problem"), [
    (["--seeds", "9..1"], "is no range such as 1..1000"),
    (["--faults", "earthquake"], "'earthquake' is no fault; there are"),
    (["--trace"], "--trace tells one world"),
])
def test_wrong_usage(tmp_path: pathlib.Path, arguments: list[str], problem: str) -> None:
    done = simulate(tmp_path, *arguments)
    assert (done.returncode, done.stdout) == (2, "") and problem in done.stderr, done


def test_an_interrupted_run_tells_what_it_has(tmp_path: pathlib.Path) -> None:
    process = subprocess.Popen(
        [ARBITER, "simulate", "--seeds", "1..100000000"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    # From when it takes signals itself: before that they would just end it.
    status = pathlib.Path(f"/proc/{process.pid}/status")
    wait_until("the command takes signals", lambda: "SigBlk:\t0000000000000000" not in status.read_text())
    process.send_signal(signal.SIGINT)
    out, error = process.communicate(timeout=60)
    assert process.returncode == 130, (out, error)
    assert "stopped before the last" in out and "every promise was kept" in out
