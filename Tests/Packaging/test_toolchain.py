"""One clear line where a machine cannot build functions."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess

import pytest
from conftest import ROOT

TOOLS = ("bash", "basename", "dirname", "sed", "head", "find", "sort", "env", "cat", "ls", "clang", "ar", "strip", "readelf", "nm", "uname", "swift")


@pytest.fixture
def path(tmp_path: pathlib.Path) -> pathlib.Path:
    """A PATH of its own with what the script calls before it builds; a test replaces or removes a tool."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found, f"{tool} is missing"
        # By a script: swift finds its libraries beside the place that it was started from.
        say(folder, tool, f'exec {found} "$@"')
    return folder


def say(folder: pathlib.Path, tool: str, script: str) -> None:
    (folder / tool).write_text(f"#!/bin/sh\n{script}\n")
    (folder / tool).chmod(0o755)


def build(path: pathlib.Path, text: str, **variables: str) -> None:
    done = subprocess.run([ROOT / "Scripts" / "build-functions.sh"], capture_output=True, text=True, check=False,
                          env={"PATH": str(path), "HOME": os.environ.get("HOME", "/"), **variables})
    assert done.returncode == 1 and done.stdout == "", done
    assert done.stderr.count("\n") == 1 and done.stderr.startswith("build-functions: ") and text in done.stderr, done.stderr


def target(version: str, resources: str = "/nowhere/lib/swift") -> str:
    return f"""echo '{{ "compilerVersion": "Swift version {version} (swift-{version}-RELEASE)", "paths": {{ "runtimeResourcePath": "{resources}" }} }}'"""


@pytest.mark.parametrize("tool", ["clang", "ar", "strip", "readelf", "nm"])
def test_a_tool_is_missing(path: pathlib.Path, tool: str) -> None:
    (path / tool).unlink()
    build(path, f"{tool} is missing: clang comes with Swift's toolchain, the others with Debian's binutils (Scripts/setup.sh apt)")


def test_swift_is_missing(path: pathlib.Path) -> None:
    (path / "swift").unlink()
    build(path, "swift is missing: install the Swift 6.3 toolchain")


@pytest.mark.parametrize("version", ["6.2.3", "6.30.1", "5.10", "7.0"])
def test_another_version_of_swift(path: pathlib.Path, version: str) -> None:
    say(path, "swift", target(version))
    build(path, f"is {version}, and 6.3 is needed")


def test_another_version_of_swift_that_should_build_for_arm64(path: pathlib.Path) -> None:
    """The compiler for it is another, but the toolchain's tells the targets, compiles the C parts and links."""
    say(path, "uname", "echo x86_64")
    for tool in ("llvm-objcopy", "ld.lld"):
        say(path, tool, "exit 1")
    say(path, "swift", target("6.1.2"))
    build(path, "is 6.1.2, and 6.3 is needed", ARCHITECTURE="arm64")
    (path / "swift").unlink()
    build(path, "swift is missing: install the Swift 6.3 toolchain", ARCHITECTURE="arm64")


def test_a_swift_that_does_not_run(path: pathlib.Path) -> None:
    say(path, "swift", "echo 'libxml2.so.2: cannot open shared object file' >&2; exit 127")
    build(path, "swift does not run")


def test_a_toolchain_without_static_libraries(path: pathlib.Path) -> None:
    say(path, "swift", target("6.3.2"))
    build(path, "Swift's static libraries are missing (/nowhere/lib/swift_static/linux/libswiftCore.a)")


def test_a_machine_that_lambda_does_not_have(path: pathlib.Path) -> None:
    say(path, "uname", "echo riscv64")
    build(path, "this machine is riscv64; Lambda runs x86_64 and arm64")


def test_an_architecture_that_lambda_does_not_have(path: pathlib.Path) -> None:
    build(path, "ARCHITECTURE=mips is not one that Lambda has: set x86_64 or arm64", ARCHITECTURE="mips")


def check(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["bash", "-c", f'set -euo pipefail; fail() {{ echo "$*" >&2; exit 1; }}; source Scripts/toolchain.sh; {script}'],
                          cwd=ROOT, capture_output=True, text=True, check=False)


def test_debians_archives_are_missing(tmp_path: pathlib.Path) -> None:
    done = check(f"check_toolchain {tmp_path}")
    assert (done.returncode, done.stderr) == (1, f"{tmp_path}/libcurl.a is missing: run Scripts/setup.sh apt\n")


@pytest.mark.parametrize(("found", "text"), [("8.14.1", "libcurl is 8.14.1, and"), ("", "libcurl is of an unknown version, and"), ("7.880.1", "is 7.880.1, and")])
def test_another_version_of_a_library(found: str, text: str) -> None:
    done = check(f"check_version libcurl 7.88 '{found}'")
    assert done.returncode == 1 and text in done.stderr and "linked with 7.88, that of Debian 12" in done.stderr
    assert check("check_version libcurl 7.88 7.88.1").returncode == 0


# --- what building for arm64 fetches


def fetch(path: pathlib.Path, folder: pathlib.Path) -> subprocess.CompletedProcess[str]:
    for tool in ("mkdir", "sha256sum", "cut", "paste", "grep", "rm", "touch", "cat", "dpkg-deb", "tar"):
        if not (path / tool).is_file():
            say(path, tool, f'exec {shutil.which(tool)} "$@"')
    return subprocess.run([ROOT / "Scripts" / "cross" / "fetch.sh", folder], capture_output=True, text=True, check=False, env={"PATH": str(path)})


def test_a_compiler_that_the_mirror_no_longer_has(path: pathlib.Path, tmp_path: pathlib.Path) -> None:
    """It is told from other failures, for the tests of everything else to go on."""
    say(path, "apt-get", 'test "$1" != indextargets || echo "bookworm http://mirror.invalid/debian"')
    say(path, "apt-cache", 'printf "Version: 7.0-1\\nSHA256: 0123abcd\\n"')
    done = fetch(path, tmp_path / "cross")
    assert done.returncode == 3, done
    assert "the mirror does not have libswiftlang 6." in done.stderr and "swift.txt; it has: 7.0-1 0123abcd" in done.stderr, done.stderr
    assert not (tmp_path / "cross" / "fetched").exists()


def test_a_compiler_that_could_not_be_unpacked_whole(path: pathlib.Path, tmp_path: pathlib.Path) -> None:
    """A full disk, say: what is there of it must not pass for all."""
    pinned = [line.split() for line in (ROOT / "Scripts/cross/swift.txt").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    cases = "\n".join(f'{name}:{machine}) printf "Version: {version}\\nSHA256: {digest}\\n" ;;' for name, machine, version, digest in pinned)
    say(path, "apt-cache", f'case "$2" in {cases} esac')
    files = [f"{name}_1_{machine}.deb" for name, machine, _, _ in pinned] + [f"{name}_1_amd64.deb" for name in (
        "libc6", "libstdc++6", "libgcc-s1", "libuuid1", "zlib1g", "libzstd1")] + [f"{name}_1_arm64.deb" for name in (
            "libc6-dev", "linux-libc-dev", "libgcc-14-dev", "libstdc++-14-dev", "libcurl4-openssl-dev", "libssl-dev", "zlib1g-dev", "libmicrohttpd-dev")]
    say(path, "apt-get", f'case "$*" in *indextargets*) echo "bookworm http://mirror.invalid/debian" ;; *download*) touch {" ".join(files)} ;; esac')
    say(path, "dpkg-deb", "exit 0")
    frontend = tmp_path / "cross/compiler/usr/libexec/swift/bin/swift-frontend"
    say(path, "tar", f'case "$*" in *swift-plugin-server*) mkdir -p {frontend.parent}; touch {frontend}; chmod +x {frontend}; exit 2 ;; esac')
    say(path, "chmod", f'exec {shutil.which("chmod")} "$@"')
    done = fetch(path, tmp_path / "cross")
    assert done.returncode == 2 and frontend.is_file() and not (tmp_path / "cross" / "fetched").exists(), done


def test_a_machine_without_a_source_of_packages(path: pathlib.Path, tmp_path: pathlib.Path) -> None:
    say(path, "apt-get", 'test "$1" != indextargets || echo "trixie http://mirror.invalid/debian"')
    say(path, "apt-cache", "exit 1")
    done = fetch(path, tmp_path / "cross")
    assert (done.returncode, done.stderr) == (1, "cross: this machine's apt has no source for Debian bookworm: building for arm64 needs one\n")


def test_a_machine_without_debians_packages(path: pathlib.Path, tmp_path: pathlib.Path) -> None:
    done = fetch(path, tmp_path / "cross")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1) and "apt-get is missing" in done.stderr, done.stderr


def test_an_architecture_that_only_its_own_machines_build(path: pathlib.Path) -> None:
    say(path, "uname", "echo aarch64")
    build(path, "functions for x86_64 can be built on machines of that architecture only (this one is arm64)", ARCHITECTURE="x86_64")
