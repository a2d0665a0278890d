"""A program linked as the functions are, without unwind tables and parts of the libraries: what the language promises still holds."""

from __future__ import annotations

import pathlib
import signal
import subprocess

import pytest
from conftest import ROOT, package

STATIC = ROOT / ".build" / "static"
LIBRARIES = {"x86_64": "/usr/lib/x86_64-linux-gnu", "arm64": "/usr/lib/aarch64-linux-gnu"}


@pytest.fixture(scope="module")
def ordinary(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The same program as the toolchain builds it."""
    program = tmp_path_factory.mktemp("ordinary") / "probe"
    subprocess.run(["swiftc", "-swift-version", "6", "-o", program, ROOT / "Tests/Packaging/Probe/main.swift"], check=True)
    return program


@pytest.fixture(scope="module")
def probe(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    assert (STATIC / "libraries" / "runtime-stubs.o").is_file(), "the functions are not built: run Scripts/build-functions.sh"
    folder = tmp_path_factory.mktemp("probe")
    flags = subprocess.run([ROOT / "Scripts/static-link/link-flags.sh", STATIC / "libraries", LIBRARIES[package.machine()]],
                           capture_output=True, text=True, check=True).stdout.splitlines()
    built = subprocess.run(
        ["swiftc", "-swift-version", "6", "-O", "-static-executable", "-resource-dir", STATIC / "swift", "-use-ld=lld", "-Xclang-linker", "-nostartfiles",
         *(part for flag in flags for part in ("-Xlinker", flag)), "-o", folder / "probe", ROOT / "Tests/Packaging/Probe/main.swift"],
        capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    subprocess.run(["strip", "--strip-all", folder / "probe"], check=True)
    return folder / "probe"


def run(probe: pathlib.Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([probe, *words], capture_output=True, text=True, check=False, env={}, timeout=60)


def lines(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    assert done.returncode == 0, done
    return dict(line.split(": ", 1) for line in done.stdout.splitlines())


def test_texts(probe: pathlib.Path, ordinary: pathlib.Path) -> None:
    expected = lines(run(ordinary, "unicode"))
    # The one thing that is left out.
    assert expected.pop("name") == "LATIN SMALL LETTER E WITH ACUTE"
    told = lines(run(probe, "unicode"))
    assert told.pop("name") == "none"
    assert told == expected and len(told) == 6


def test_tasks_and_threads(probe: pathlib.Path) -> None:
    assert lines(run(probe, "concurrency")) == {"cancelled": "true", "sum": "5050"}
    assert lines(run(probe, "threads")) == {"threads": "32"}
    assert lines(run(probe)) == {"arguments": "1"}


@pytest.mark.parametrize(("word", "reason"), [
    ("fatal", "Fatal error: the reason of the end"),
    ("cast", "Could not cast value of type 'Swift.Array<Swift.String>'"),
    ("throw", 'Fatal error: Error raised at top level: '),
])
def test_a_crash_leaves_its_reason(probe: pathlib.Path, word: str, reason: str) -> None:
    done = run(probe, word)
    assert done.returncode in (-signal.SIGABRT, -signal.SIGILL, -signal.SIGTRAP) and reason in done.stderr, done


def test_memory_that_is_not_there(probe: pathlib.Path) -> None:
    """The end without memory is an exception of C++ in some libraries; without tables it is an end all the same, and no endless loop."""
    done = run(probe, "memory")
    assert done.returncode in (-signal.SIGABRT, -signal.SIGILL, -signal.SIGTRAP, -signal.SIGSEGV), done
