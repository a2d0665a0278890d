"""What the tests share: the packages, the command line tool, an authority whose certificates a function can be made to trust."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

import pytest

from authority import Authority, Certificate
from isolation import ROOT

sys.path.insert(0, str(ROOT / "Scripts"))
import package  # noqa: E402  (a script of the repository)

ARBITER = ROOT / ".build" / "debug" / "arbiter"
# Those of another architecture run under an emulator: Scripts/test.sh sets both.
EMULATOR = os.environ.get("PACKAGING_EMULATOR")
PACKAGES = pathlib.Path(os.environ.get("PACKAGING_FOLDER", ROOT / "dist"))


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


def case(arbiter: pathlib.Path, product: str, event: str, certificate: Certificate, authority: Authority | None, **tls: str) -> dict:
    """One invocation for isolation.run."""
    return {
        "arbiter": str(arbiter), "folder": str(ROOT), "package": str(zip_of(product)), "event": str(ROOT / "events" / event),
        "tls": {"chain": str(certificate.chain), "key": str(certificate.key), **tls},
        **({"authority": str(authority.root)} if authority else {}),
        **({"emulator": EMULATOR} if EMULATOR else {}),
    }
