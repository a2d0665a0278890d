"""The functions' zips: whether they are there, and made for the machine they are to run on."""

from __future__ import annotations

import pathlib
import platform
import sys
import zipfile

from infra.configuration import MACHINES, ConfigurationError, load
from infra.settings import Configuration

FUNCTIONS = ("supervisor", "worker-wrapper", "fabricator", "config-seeder", "agent-invoker")

# https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html : e_machine, two bytes at 18.
ELF_MACHINES = {62: "x86_64", 183: "arm64"}


def folder(configuration: Configuration, packages: pathlib.Path) -> pathlib.Path:
    """Where the zips for the configured architecture are: those for another one than this machine's have a folder of their own in `packages`."""
    wanted = configuration.functions.architecture
    if wanted != MACHINES.get(platform.machine().lower()) and (packages / wanted).is_dir():
        return packages / wanted
    return packages


def check(configuration: Configuration, packages: pathlib.Path) -> None:
    """Raises ConfigurationError for a zip that is missing, or whose program cannot run in the configured architecture: deployed, it would
    only time out."""
    wanted = configuration.functions.architecture
    for name in FUNCTIONS:
        file = packages / f"{name}.zip"
        if not file.is_file():
            raise ConfigurationError(f"{file} is missing: run `make package` first")
        try:
            with zipfile.ZipFile(file) as archive, archive.open("bootstrap") as bootstrap:
                head = bootstrap.read(20)
        except (zipfile.BadZipFile, KeyError) as error:
            raise ConfigurationError(f"{file}: expected a zip with `bootstrap` at its root ({error}): run `make package` again") from error
        if head[:4] != b"\x7fELF":
            continue  # A script runs wherever its interpreter does.
        machine = int.from_bytes(head[18:20], "little" if head[5:6] == b"\x01" else "big")
        found = ELF_MACHINES.get(machine, f"machine {machine} of the ELF list")
        if found != wanted:
            raise ConfigurationError(
                f"{file}: bootstrap is built for {found}, but functions.architecture of environment {configuration.environment} is {wanted}: "
                f"run `make package ARCHITECTURE={wanted}`, or set functions.architecture in infra/config/{configuration.environment}.yaml")


def main(environment: str) -> int:
    """Prints the architecture of an environment's functions, for `make deploy` to package them for it."""
    try:
        print(load(environment).functions.architecture)
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
