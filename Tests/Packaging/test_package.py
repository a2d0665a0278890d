"""What is in a zip, and that the same input gives the same bytes."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import pathlib
import ssl
import stat
import subprocess
import sys
import zipfile

import pytest
from conftest import ARCHITECTURE, PACKAGES, ROOT, package, zip_of

import sizes

# Any day before the certificates expire will do; the check of a real packaging reads the clock.
TODAY = datetime.datetime(2026, 11, 1, tzinfo=datetime.timezone.utc).timestamp()


@pytest.mark.parametrize("product", package.functions())
def test_a_zip_holds_a_program_and_its_certificates(product: str) -> None:
    with zipfile.ZipFile(zip_of(product)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["bootstrap", "cacert.pem"]
        program, certificates = archive.infolist()
        assert stat.filemode(program.external_attr >> 16) == "-rwxr-xr-x" and stat.filemode(certificates.external_attr >> 16) == "-rw-r--r--"
        assert (program.create_system, program.compress_type, program.flag_bits, program.extra) == (3, zipfile.ZIP_DEFLATED, 0, b"")
        # https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html : e_machine, two bytes at 18.
        head = archive.read("bootstrap")[:20]
        assert head[:4] == b"\x7fELF" and int.from_bytes(head[18:20], "little") == {"x86_64": 62, "arm64": 183}[ARCHITECTURE]
        assert archive.read("cacert.pem") == package.certificates()


@pytest.mark.parametrize("product", package.functions())
def test_a_zip_keeps_below_its_bar(product: str) -> None:
    bar = sizes.MODULE_ZIP_BAR if product in sizes.RUN_MODULES else sizes.ZIP_BAR
    assert zip_of(product).stat().st_size <= bar


def test_others_unpack_a_zip(tmp_path: pathlib.Path) -> None:
    """Lambda does not say what it unpacks with; Info-ZIP keeps to the letter of the format."""
    unpacked = subprocess.run(["unzip", "-q", zip_of("Supervisor"), "-d", tmp_path], capture_output=True, text=True, check=False)
    assert unpacked.returncode == 0 and unpacked.stderr == "", unpacked.stderr
    assert os.access(tmp_path / "bootstrap", os.X_OK)


def test_the_same_input_gives_the_same_bytes(tmp_path: pathlib.Path) -> None:
    program = tmp_path / "bootstrap"
    program.write_bytes(os.urandom(100_000) + bytes(100_000))
    roots = package.certificates()
    written = []
    for name, when in (("first", 1_000_000_000), ("second", 1_700_000_000)):
        os.utime(program, (when, when))
        target = tmp_path / name / "function.zip"
        assert package.pack(program, roots, target) and not package.pack(program, roots, target)
        written.append(target.read_bytes())
    assert written[0] == written[1]
    with zipfile.ZipFile(tmp_path / "first" / "function.zip") as archive:
        assert archive.read("bootstrap") == program.read_bytes()


def test_a_zip_is_written_again_when_the_program_has_changed(tmp_path: pathlib.Path) -> None:
    program, target = tmp_path / "bootstrap", tmp_path / "function.zip"
    for content in (b"one", b"two"):
        program.write_bytes(content)
        assert package.pack(program, b"roots", target)
        with zipfile.ZipFile(target) as archive:
            assert archive.read("bootstrap") == content


# --- the certificates


def test_the_packed_roots_are_debians_and_of_age() -> None:
    roots = package.certificates()
    package.check_certificates(roots, TODAY)
    blocks = [block + "-----END CERTIFICATE-----" for block in roots.decode("ascii").split("-----END CERTIFICATE-----")[:-1]]
    own = {hashlib.sha256(ssl.PEM_cert_to_DER_cert(block[block.index("-----BEGIN"):])).hexdigest() for block in blocks}
    bundle = pathlib.Path("/etc/ssl/certs/ca-certificates.crt").read_text(encoding="ascii")
    debians = {
        hashlib.sha256(ssl.PEM_cert_to_DER_cert(block + "-----END CERTIFICATE-----")).hexdigest()
        for block in bundle.replace("\n-----BEGIN", "-----BEGIN").split("-----END CERTIFICATE-----")[:-1] if block
    }
    assert len(own) == len(package.ROOT_CERTIFICATES) and own <= debians
    # https://www.amazontrust.com/repository/ : the fingerprint of Amazon Root CA 1, from another source than Debian's.
    assert "8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e" in own


def test_a_root_that_expires_soon_is_not_packed() -> None:
    roots = package.certificates()
    soon = datetime.datetime(2037, 1, 10, tzinfo=datetime.timezone.utc).timestamp()
    with pytest.raises(package.PackagingError, match=r"Starfield Services Root Certificate Authority - G2 expires on Dec 31 .* 2037 GMT: update"):
        package.check_certificates(roots, soon)


@pytest.mark.parametrize("damage", [lambda text: text[:-200], lambda text: text.replace("MII", "MIX", 1), lambda text: ""])
def test_a_damaged_file_of_roots_is_not_packed(damage) -> None:
    with pytest.raises(package.PackagingError, match="ca-certificates"):
        package.check_certificates(damage(package.certificates().decode("ascii")).encode("ascii"), TODAY)


def test_a_root_that_is_missing(tmp_path: pathlib.Path) -> None:
    with pytest.raises(package.PackagingError, match=r"Amazon_Root_CA_1\.crt is missing: install the Debian package ca-certificates"):
        package.certificates(tmp_path)


def test_a_zip_that_is_not_the_one_that_was_packed_is_packed_again(tmp_path: pathlib.Path) -> None:
    program, target, roots = tmp_path / "bootstrap", tmp_path / "function.zip", package.certificates()
    program.write_bytes(b"first")
    package.pack(program, roots, target)
    packed = target.read_bytes()
    target.write_bytes(b"from elsewhere")
    assert package.pack(program, roots, target) and target.read_bytes() == packed and not package.pack(program, roots, target)


# --- the command


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, ROOT / "Scripts" / "package.py", *arguments], capture_output=True, text=True, check=False,
                          env={**os.environ, **variables})


def one_line(done: subprocess.CompletedProcess[str], text: str) -> None:
    assert done.returncode == 1 and done.stdout == "", done
    assert done.stderr.count("\n") == 1 and text in done.stderr, done.stderr


def test_sizes_as_a_table_and_as_json(tmp_path: pathlib.Path) -> None:
    arguments = ("--output", str(tmp_path), *package.functions())
    told = run("--json", *arguments)
    rows = json.loads(told.stdout)
    assert [row["function"] for row in rows] == package.functions()
    for row in rows:
        file = tmp_path / f"{package.kebab_case(row['function'])}.zip"
        assert row["zip"] == file.stat().st_size and row["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
        assert row["zip"] < row["stripped"] < row["linked"]
        # Both are the same bytes counted twice, short of what the linker puts between them.
        libraries, sections = sum(row["libraries"].values()), sum(row["sections"].values())
        assert row["libraries"]["OpenSSL"] > 0 and row["libraries"]["AWSClient"] > 0 and row["sections"][".text"] > 0
        assert 0.9 * row["stripped"] < sections <= row["stripped"] and 0.9 * sections < libraries <= 1.05 * sections, (libraries, sections)
    table = run(*arguments).stdout
    for name in (*package.functions(), "OpenSSL", "Swift standard library", ".text", "A zip of a function that uses AWS is at most 5.5 MB"):
        assert name in table
    # What has been packed twice, from two folders, is the same.
    assert all((tmp_path / file.name).read_bytes() == file.read_bytes() for file in PACKAGES.glob("*.zip"))


def test_a_function_that_was_not_built(tmp_path: pathlib.Path) -> None:
    one_line(run("--built", str(tmp_path), "--output", str(tmp_path)), "is missing: run Scripts/build-functions.sh first")


def test_a_name_that_is_no_function() -> None:
    one_line(run("supervisor"), f"there is no function supervisor; there are: {', '.join(package.functions())}")


def test_a_folder_that_cannot_be_written(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").touch()
    one_line(run("--output", str(tmp_path / "file" / "dist")), f"Not a directory: '{tmp_path}/file/dist'")


def test_a_reader_that_has_read_enough() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([sys.executable, ROOT / "Scripts" / "package.py", "--json"], stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert done.stderr == "", done


def test_an_architecture_that_lambda_does_not_have() -> None:
    one_line(run(ARCHITECTURE="riscv64"), "the architecture riscv64 is not one that Lambda has: set ARCHITECTURE to x86_64 or arm64")


def test_a_machine_without_the_compressor(tmp_path: pathlib.Path) -> None:
    one_line(run("--output", str(tmp_path), PATH=str(tmp_path)), "libdeflate-gzip is missing: install the Debian package libdeflate-tools")
