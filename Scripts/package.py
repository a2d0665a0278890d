#!/usr/bin/env python3
"""Packs the built functions as zips that Lambda takes: dist/supervisor.zip, dist/worker-wrapper.zip, dist/config-seeder.zip.

Each zip holds at its root `bootstrap` and `cacert.pem`, the few root certificates that AWS endpoints chain to (the whole
Debian bundle would cost 16 ms on a function's first connection). The same input gives the same bytes.
"""

import argparse
import hashlib
import pathlib
import re
import sys
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILT = ROOT / ".build" / "functions"
CERTIFICATES = pathlib.Path("/usr/share/ca-certificates/mozilla")

# https://www.amazontrust.com/repository/ : the roots that AWS services' certificates chain to.
ROOT_CERTIFICATES = (
    "Amazon_Root_CA_1.crt",
    "Amazon_Root_CA_2.crt",
    "Amazon_Root_CA_3.crt",
    "Amazon_Root_CA_4.crt",
    "Starfield_Services_Root_Certificate_Authority_-_G2.crt",
)

# Zip times begin here; Lambda does not look at them.
EPOCH = (1980, 1, 1, 0, 0, 0)


class PackagingError(Exception):
    """Something that has to be packed is missing; the message says what and how to get it."""


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


def entry(name: str, mode: int) -> zipfile.ZipInfo:
    """A regular file of a Unix zip, without anything that differs from one machine or minute to the next."""
    info = zipfile.ZipInfo(name, date_time=EPOCH)
    info.create_system = 3
    info.external_attr = (0o100000 | mode) << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def pack(bootstrap: pathlib.Path, roots: bytes, target: pathlib.Path) -> bool:
    """Writes `target`, unless it already holds these bytes; returns whether it was written."""
    if not bootstrap.is_file():
        raise PackagingError(f"{bootstrap} is missing: run Scripts/build-functions.sh first")
    target.parent.mkdir(parents=True, exist_ok=True)
    stamp = target.with_suffix(".sha256-of-input")
    digest = hashlib.sha256(bootstrap.read_bytes() + roots + pathlib.Path(__file__).read_bytes()).hexdigest()
    if target.is_file() and stamp.is_file() and stamp.read_text() == digest:
        return False
    unfinished = target.with_suffix(".zip.unfinished")
    with zipfile.ZipFile(unfinished, "w") as archive:
        archive.writestr(entry("bootstrap", 0o755), bootstrap.read_bytes(), compresslevel=9)
        archive.writestr(entry("cacert.pem", 0o644), roots, compresslevel=9)
    unfinished.replace(target)
    stamp.write_text(digest)
    return True


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--built", type=pathlib.Path, default=BUILT, help="folder with <Product>/bootstrap (default .build/functions)")
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "dist", help="folder for the zips (default dist)")
    options = parser.parse_args(arguments)

    try:
        products = sorted(path.parent.name for path in options.built.glob("*/bootstrap"))
        if not products:
            raise PackagingError(f"{options.built} holds no <Product>/bootstrap: run Scripts/build-functions.sh first")
        roots = certificates()
        for product in products:
            target = options.output / f"{kebab_case(product)}.zip"
            written = pack(options.built / product / "bootstrap", roots, target)
            print(f"{target.name:<22} {target.stat().st_size / 1e6:6.2f} MB {'packed' if written else 'unchanged'}")
    except PackagingError as error:
        print(f"package: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
