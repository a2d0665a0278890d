"""What the tests share: the packages, the command line tool, an authority whose certificates a function can be made to trust."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys

import pytest

from authority import Authority, Certificate
from isolation import ROOT

sys.path.insert(0, str(ROOT / "Scripts"))
import package  # noqa: E402  (a script of the repository)

ARBITER = ROOT / ".build" / "debug" / "arbiter"
ARCHITECTURE = os.environ.get("ARCHITECTURE", package.machine())
FOREIGN = ARCHITECTURE != package.machine()
PACKAGES = ROOT / "dist" / ARCHITECTURE if FOREIGN else ROOT / "dist"
# Packages for another architecture run under emulation. The program is static: it needs nothing of the empty root either.
EMULATORS = {"arm64": "qemu-aarch64-static", "x86_64": "qemu-x86_64-static"}


def zip_of(product: str) -> pathlib.Path:
    file = PACKAGES / f"{package.kebab_case(product)}.zip"
    assert file.is_file(), f"{file} is missing: run make package"
    return file


@pytest.fixture(scope="session")
def arbiter() -> pathlib.Path:
    subprocess.run(["swift", "build", "--quiet", "--product", "arbiter"], cwd=ROOT, check=True)
    return ARBITER


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def certificate(authority: Authority) -> Certificate:
    return authority.certificate("server")


def emulator() -> dict[str, str]:
    if not FOREIGN:
        return {}
    program = shutil.which(EMULATORS[ARCHITECTURE])
    assert program, f"{EMULATORS[ARCHITECTURE]} is missing: install the Debian package qemu-user-static"
    return {"emulator": program}


def case(arbiter: pathlib.Path, product: str, event: str, certificate: Certificate, authority: Authority | None, **tls: str) -> dict:
    """One invocation for isolation.run."""
    return {
        "arbiter": str(arbiter), "folder": str(ROOT), "package": str(zip_of(product)), "event": str(ROOT / "events" / event),
        "tls": {"chain": str(certificate.chain), "key": str(certificate.key), **tls},
        **({"authority": str(authority.root)} if authority else {}),
        **emulator(),
    }
