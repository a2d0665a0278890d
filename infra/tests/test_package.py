"""Packaging: what is in the zips, and that the same input gives the same bytes."""

from __future__ import annotations

import hashlib
import os
import pathlib
import re
import ssl
import subprocess
import sys
import zipfile

import pytest

from infra.configuration import ROOT

SCRIPT = ROOT / "Scripts" / "package.py"


def package(built: pathlib.Path, output: pathlib.Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, SCRIPT, "--built", built, "--output", output], capture_output=True, text=True, check=False)


@pytest.fixture
def built(tmp_path: pathlib.Path) -> pathlib.Path:
    for product in ("Supervisor", "WorkerWrapper", "Fabricator", "ConfigSeeder", "AgentInvoker"):
        folder = tmp_path / "built" / product
        folder.mkdir(parents=True)
        (folder / "bootstrap").write_bytes(b"\x7fELF " + product.encode() * 1000)
    return tmp_path / "built"


def test_one_zip_a_function_in_kebab_case(built: pathlib.Path, tmp_path: pathlib.Path) -> None:
    assert package(built, tmp_path / "out").returncode == 0
    assert sorted(path.name for path in (tmp_path / "out").glob("*.zip")) == [
        "agent-invoker.zip", "config-seeder.zip", "fabricator.zip", "supervisor.zip", "worker-wrapper.zip"]


def test_the_zip_holds_an_executable_and_the_roots(built: pathlib.Path, tmp_path: pathlib.Path) -> None:
    package(built, tmp_path / "out")
    with zipfile.ZipFile(tmp_path / "out" / "supervisor.zip") as archive:
        modes = {entry.filename: entry.external_attr >> 16 for entry in archive.infolist()}
        assert modes == {"bootstrap": 0o100755, "cacert.pem": 0o100644}
        assert archive.read("bootstrap") == (built / "Supervisor" / "bootstrap").read_bytes()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=archive.read("cacert.pem").decode())
        assert context.cert_store_stats()["x509_ca"] == 5


def test_the_same_input_gives_the_same_bytes(built: pathlib.Path, tmp_path: pathlib.Path) -> None:
    package(built, tmp_path / "one")
    for path in built.rglob("bootstrap"):
        os.utime(path, (0, 0))
        path.chmod(0o600)
    package(built, tmp_path / "two")
    for path in (tmp_path / "one").glob("*.zip"):
        digests = {hashlib.sha256((tmp_path / folder / path.name).read_bytes()).digest() for folder in ("one", "two")}
        assert len(digests) == 1


def test_a_changed_function_is_packed_again_and_others_are_not(built: pathlib.Path, tmp_path: pathlib.Path) -> None:
    package(built, tmp_path / "out")
    # A zip that is packed again is another file, even within the same tick of the clock.
    kept = [path.open("rb") for path in sorted((tmp_path / "out").glob("*.zip"))]
    (built / "Supervisor" / "bootstrap").write_bytes(b"\x7fELF changed")
    package(built, tmp_path / "out")
    changed = [pathlib.Path(file.name).name for file in kept if not os.path.samestat(os.fstat(file.fileno()), os.stat(file.name))]
    assert changed == ["supervisor.zip"]
    with zipfile.ZipFile(tmp_path / "out" / "supervisor.zip") as archive:
        assert archive.read("bootstrap") == b"\x7fELF changed"


def test_nothing_built_is_an_error_that_says_what_to_do(tmp_path: pathlib.Path) -> None:
    result = package(tmp_path, tmp_path / "out")
    assert result.returncode == 1
    assert "run Scripts/build-functions.sh first" in result.stderr


def test_every_list_of_the_functions_has_all_of_them() -> None:
    """One that is missing is not deployed, or not again when it has changed, or its log cannot be asked for."""
    folders = {re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", path.name).lower() for path in (ROOT / "Sources" / "Functions").iterdir() if path.is_dir()}
    lists = {}
    for file in ("infra/packages.py", "infra/tests/conftest.py", "Scripts/deployment/assembly.py", "Scripts/local_cloud.py"):
        listed, = re.findall(r"^FUNCTIONS = [(\[](.*)[)\]]$", (ROOT / file).read_text(), re.MULTILINE)
        lists[file] = set(re.findall(r'"([^"]+)"', listed))
    assert lists == dict.fromkeys(lists, folders)
