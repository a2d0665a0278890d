"""The functions' zips: whether they are there, and made for the machine they are to run on."""

from __future__ import annotations

import pathlib
import zipfile

from infra.configuration import ConfigurationError
from infra.settings import Configuration

FUNCTIONS = ("supervisor", "worker-wrapper", "config-seeder")

# https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html : e_machine, two bytes at 18.
ELF_MACHINES = {62: "x86_64", 183: "arm64"}


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
                f"build on a machine of {wanted}, or set functions.architecture in infra/config/{configuration.environment}.yaml")
