"""The same sources give the same program in any folder: no path, no time and no order of the machine is in it."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess

from conftest import ROOT


def test_a_build_in_another_folder_gives_the_same_bytes(tmp_path: pathlib.Path) -> None:
    checkout = tmp_path / "a folder of another name"
    checkout.mkdir()
    for name in ("Benchmarks", "Scripts", "Sources", "Tests"):
        shutil.copytree(ROOT / name, checkout / name, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
    shutil.copy(ROOT / "Package.swift", checkout)
    # One function has all modules but the others' mains in it.
    done = subprocess.run(["Scripts/build-functions.sh", "Supervisor"], cwd=checkout, capture_output=True, text=True, check=False,
                          env={name: value for name, value in os.environ.items() if name != "FUNCTIONS_OUTPUT"})
    assert done.returncode == 0, done.stderr
    built = pathlib.Path(".build/functions/Supervisor/bootstrap")
    assert (checkout / built).read_bytes() == (ROOT / built).read_bytes()
