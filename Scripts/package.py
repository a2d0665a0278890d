#!/usr/bin/env python3
"""Packs the built functions as zips that Lambda takes, dist/<name>.zip, and prints how large they are.

  Scripts/package.py [PRODUCT ...]      all functions, the folders of Sources/Functions, without arguments

Each zip holds at its root `bootstrap` and `cacert.pem`, the few root certificates that AWS endpoints chain to (the whole
Debian bundle would cost 16 ms on a function's first connection). The same input gives the same bytes.

ARCHITECTURE (x86_64, arm64) other than this machine's packs .build/functions-<architecture> into dist/<architecture>.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import pathlib
import platform
import re
import shutil
import ssl
import struct
import subprocess
import sys
import time
import zlib

import sizes

ROOT = pathlib.Path(__file__).resolve().parent.parent
CERTIFICATES = pathlib.Path("/usr/share/ca-certificates/mozilla")
MACHINES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}

# https://www.amazontrust.com/repository/ : the roots that AWS services' certificates chain to.
ROOT_CERTIFICATES = (
    "Amazon_Root_CA_1.crt",
    "Amazon_Root_CA_2.crt",
    "Amazon_Root_CA_3.crt",
    "Amazon_Root_CA_4.crt",
    "Starfield_Services_Root_Certificate_Authority_-_G2.crt",
)
# A function may run for that long without being packed again.
MINIMUM_VALIDITY_DAYS = 365

# Debian's libdeflate-tools: the format of zlib, a twentieth smaller, in a second.
COMPRESSOR = ("libdeflate-gzip", "-12", "-c")


class PackagingError(Exception):
    """Something that has to be packed is missing or unfit; the message says what and how to get it."""


def functions() -> list[str]:
    """The functions that are deployed: one folder of Sources/Functions each."""
    return sorted(path.name for path in (ROOT / "Sources" / "Functions").iterdir() if path.is_dir())


def machine() -> str:
    return MACHINES.get(platform.machine().lower(), platform.machine())


def kebab_case(product: str) -> str:
    """The zip's name for a product: WorkerWrapper becomes worker-wrapper."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", product).lower()


def certificates(folder: pathlib.Path = CERTIFICATES) -> bytes:
    """The root certificates as one PEM file, each under its name."""
    parts = []
    for name in ROOT_CERTIFICATES:
        path = folder / name
        if not path.is_file():
            raise PackagingError(f"{path} is missing: install the Debian package ca-certificates (Scripts/setup.sh apt)")
        parts.append(f"# {path.stem.replace('_', ' ')}\n{path.read_text(encoding='ascii').strip()}\n")
    return "".join(parts).encode("ascii")


def check_certificates(roots: bytes, now: float) -> None:
    """Raises PackagingError for a file that OpenSSL does not read whole, or in which a certificate expires soon."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cadata=roots.decode("ascii"))
    except (ssl.SSLError, ValueError) as error:
        raise PackagingError(f"the root certificates of {CERTIFICATES} cannot be read ({error}): reinstall the Debian package ca-certificates") from error
    read = context.get_ca_certs()
    if len(read) != len(ROOT_CERTIFICATES):
        raise PackagingError(f"{len(read)} of {len(ROOT_CERTIFICATES)} root certificates could be read: reinstall the Debian package ca-certificates")
    for certificate in read:
        days = (ssl.cert_time_to_seconds(certificate["notAfter"]) - now) / 86_400
        if days < MINIMUM_VALIDITY_DAYS:
            name = next(value for part in certificate["subject"] for key, value in part if key == "commonName")
            raise PackagingError(f"the root certificate {name} expires on {certificate['notAfter']}: update the Debian package ca-certificates, "
                                 "and the list in Scripts/package.py by https://www.amazontrust.com/repository/")


def deflate(data: bytes) -> bytes:
    """The data as a raw deflate stream."""
    if not shutil.which(COMPRESSOR[0]):
        raise PackagingError(f"{COMPRESSOR[0]} is missing: install the Debian package libdeflate-tools (Scripts/setup.sh apt)")
    done = subprocess.run(COMPRESSOR, input=data, capture_output=True, check=False)
    if done.returncode:
        raise PackagingError(f"{' '.join(COMPRESSOR)} failed: {done.stderr.decode(errors='replace').strip()}")
    # RFC 1952: a header of ten bytes when no flag is set, the stream, CRC-32 and length.
    header, stream, (checksum, length) = done.stdout[:10], done.stdout[10:-8], struct.unpack("<II", done.stdout[-8:])
    if header[:4] != b"\x1f\x8b\x08\x00" or checksum != zlib.crc32(data) or length != len(data) % 2**32:
        raise PackagingError(f"{' '.join(COMPRESSOR)} did not write the gzip file of its input")
    return stream


def zip_of(files: list[tuple[str, int, bytes]]) -> bytes:
    """A zip of regular files (name, Unix mode, content), without anything that differs from one machine or minute to the next.

    Written here, since zipfile takes no streams that others have compressed. PKWARE's APPNOTE, sections 4.3.7, 4.3.12 and 4.3.16; the time is
    the first that a zip knows, 1 January 1980, Lambda does not look at it.
    """
    body, directory = b"", b""
    for name, mode, content in files:
        stream, encoded = deflate(content), name.encode("ascii")
        common = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0x21, zlib.crc32(content), len(stream), len(content), len(encoded), 0)
        # Made on Unix (3), so that the mode in the upper half of the attributes counts.
        directory += (b"PK\x01\x02" + struct.pack("<H", 3 << 8 | 20) + common
                      + struct.pack("<HHHII", 0, 0, 0, (0o100000 | mode) << 16, len(body)) + encoded)
        body += b"PK\x03\x04" + common + encoded + stream
    end = struct.pack("<HHHHIIH", 0, 0, len(files), len(files), len(directory), len(body), 0)
    return body + directory + b"PK\x05\x06" + end


def pack(bootstrap: pathlib.Path, roots: bytes, target: pathlib.Path) -> bool:
    """Writes `target`, unless it already holds these bytes; returns whether it was written."""
    if not bootstrap.is_file():
        if bootstrap.parent.name not in functions():
            raise PackagingError(f"there is no function {bootstrap.parent.name}; there are: {', '.join(functions())}")
        raise PackagingError(f"{bootstrap} is missing: run Scripts/build-functions.sh first")
    program = bootstrap.read_bytes()
    target.parent.mkdir(parents=True, exist_ok=True)
    stamp = target.with_suffix(".sha256-of-input")
    digest = hashlib.sha256(program + roots + pathlib.Path(__file__).read_bytes()).hexdigest()
    # With the zip's own digest: one that came from elsewhere, or whose stamp was not written any more, must not pass for this program's.
    if target.is_file() and stamp.is_file() and stamp.read_text() == f"{digest} {hashlib.sha256(target.read_bytes()).hexdigest()}":
        return False
    packed = zip_of([("bootstrap", 0o755, program), ("cacert.pem", 0o644, roots)])
    unfinished = target.with_suffix(".zip.unfinished")
    unfinished.write_bytes(packed)
    unfinished.replace(target)
    stamp.write_text(f"{digest} {hashlib.sha256(packed).hexdigest()}")
    return True


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("products", nargs="*", metavar="PRODUCT", help="what to pack (default all functions)")
    parser.add_argument("--built", type=pathlib.Path, help="folder with <Product>/bootstrap (default .build/functions)")
    parser.add_argument("--output", type=pathlib.Path, help="folder for the zips (default dist)")
    parser.add_argument("--json", action="store_true", help="print the sizes as JSON")
    options = parser.parse_args(arguments)

    try:
        architecture = os.environ.get("ARCHITECTURE") or machine()
        if architecture not in MACHINES.values():
            raise PackagingError(f"the architecture {architecture} is not one that Lambda has: set ARCHITECTURE to x86_64 or arm64")
        foreign = architecture != machine()
        built = options.built or ROOT / ".build" / (f"functions-{architecture}" if foreign else "functions")
        output = options.output or (ROOT / "dist" / architecture if foreign else ROOT / "dist")
        roots = certificates()
        check_certificates(roots, time.time())
        rows = []
        for product in options.products or functions():
            target = output / f"{kebab_case(product)}.zip"
            pack(built / product / "bootstrap", roots, target)
            rows.append(sizes.measure(product, built / product, target, architecture))
        print(json.dumps(rows, indent=2) if options.json else sizes.table(rows), flush=True)
    except BrokenPipeError:
        # Whoever reads the sizes has read enough; Python would complain again when it closes the output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (PackagingError, sizes.SizeError, OSError) as error:
        print(f"package: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
