"""What the commands of the checkout tell: their targets, their stages, and which bars of a benchmark's run were missed."""

from __future__ import annotations

import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest
from conftest import ROOT


def run(*command: str | pathlib.Path, folder: pathlib.Path = ROOT, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(part) for part in command], cwd=folder, capture_output=True, text=True, check=False, env={**os.environ, **variables})


def stages() -> list[str]:
    return re.search(r"stages: ([a-z0-9 ]+);", run("Scripts/test.sh", "--help").stdout)[1].split()


def test_make_lists_every_target_that_has_a_text() -> None:
    told = re.findall(r"^  make (\S+) +\S", run("make", "--silent", "help").stdout, re.MULTILINE)
    assert told == re.findall(r"^(\S+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE) and "test-arm64" in told


def test_every_stage_of_the_tests_has_a_target() -> None:
    assert stages() == run("bash", "-c", "source <(grep '^all=' Scripts/test.sh); echo \"${all[*]}\"").stdout.split()
    targets = run("make", "--silent", "help").stdout
    assert all(f"make test-{stage} " in targets for stage in stages())
    # And the first page tells of them in the order in which they run.
    told = re.findall(r"`(?:make )?test-([a-z0-9]+)`", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert told[:len(stages())] == stages()


def test_a_stage_that_tested_nothing_does_not_pass_as_ok(tmp_path: pathlib.Path) -> None:
    (tmp_path / "uname").write_text("#!/bin/sh\necho aarch64\n")
    (tmp_path / "uname").chmod(0o755)
    done = run("Scripts/test.sh", "arm64", PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert done.returncode == 0 and "\n== skipped: packages for arm64" in done.stdout and "== ok" not in done.stdout, done
    assert "but for what was skipped: arm64" in done.stdout


@pytest.mark.parametrize("script", ["Scripts/test.sh", "Scripts/bench.sh", "Scripts/build-functions.sh", "Scripts/fuzz.sh"])
def test_a_script_tells_what_it_takes(script: str) -> None:
    done = run(script, "--help")
    assert done.returncode == 0 and done.stderr == "" and f"{script} [" in done.stdout, done


def test_a_function_that_is_not_there() -> None:
    done = run("Scripts/build-functions.sh", "supervisor")
    assert (done.returncode, done.stdout) == (1, ""), done
    assert done.stderr == "build-functions: there is no function supervisor; there are: AgentInvoker ConfigSeeder CostAgent Fabricator Supervisor WorkerWrapper\n", done


# --- the closing table of `make bench`


@pytest.fixture
def checkout(tmp_path: pathlib.Path) -> pathlib.Path:
    """A checkout whose benchmarks are those of the test."""
    (tmp_path / "Scripts").mkdir()
    (tmp_path / "Benchmarks").mkdir()
    shutil.copy(ROOT / "Scripts/bench.sh", tmp_path / "Scripts")
    for name in ("bars.py", "closing_table.py", "merge_results.py"):
        shutil.copy(ROOT / "Benchmarks" / name, tmp_path / "Benchmarks")
    return tmp_path


def benchmark(checkout: pathlib.Path, name: str, script: str) -> None:
    (checkout / "Benchmarks" / name).mkdir()
    program = checkout / "Benchmarks" / name / "run.sh"
    program.write_text(f"#!/usr/bin/env python3\nimport sys\nsys.path.append('Benchmarks')\n"
                       f"from bars import Bar, as_results, show\nfrom merge_results import RESULTS, merge\n{script}\n")
    program.chmod(0o755)


def figure(name: str, value: str, limit: float) -> str:
    return (f"bars = [Bar('{name} figure', {value}, {limit}, 'x the floor')]\nmissed = show(bars)\nmerge(RESULTS, '{name}-bars', as_results(bars))\n"
            "sys.exit(1 if missed else 0)")


def closing(done: subprocess.CompletedProcess[str]) -> str:
    return done.stdout.partition("== All bars")[2]


def test_a_run_that_meets_its_bars(checkout: pathlib.Path) -> None:
    benchmark(checkout, "one", figure("one", "1.5", 1.5))
    done = run("Scripts/bench.sh", folder=checkout)
    assert done.returncode == 0 and "met  one figure" in closing(done) and "1 met, 0 missed" in closing(done), done


@pytest.mark.parametrize("value", ["1.5004", "float('nan')", "float('inf')"])
def test_a_miss_is_printed_as_a_miss_and_fails_the_run(checkout: pathlib.Path, value: str) -> None:
    benchmark(checkout, "one", figure("one", value, 1.5))
    benchmark(checkout, "two", figure("two", "1.0", 1.5))
    done = run("Scripts/bench.sh", folder=checkout)
    assert done.returncode == 1 and "MISSED  one figure" in closing(done) and "met     two figure" in closing(done), done
    # A bar just missed does not look like one just met.
    assert "1.5004" in closing(done) or value != "1.5004", closing(done)


def test_a_benchmark_that_breaks_is_a_miss_and_the_others_still_run(checkout: pathlib.Path) -> None:
    benchmark(checkout, "one", "sys.exit('there is no compiler')")
    benchmark(checkout, "two", figure("two", "1.0", 1.5))
    # What an earlier run has met does not count for this one.
    (checkout / "Benchmarks/results.json").write_text(json.dumps(
        {"one-bars": {"one figure": {"value": 1, "limit": 2, "unit": "", "verdict": "met"}}}))
    done = run("Scripts/bench.sh", folder=checkout)
    assert done.returncode == 1 and "MISSED  one: ended with status 1" in closing(done) and "1 met, 1 missed" in closing(done), done
    assert "one figure" not in closing(done)
