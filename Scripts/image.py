#!/usr/bin/env python3
"""Builds, checks and pushes the images of the agents that run in containers, without Docker.

  Scripts/image.py build [NAME ...]      dist/NAME.oci.tar of each folder of Sources/Containers, with the context for `docker build` beside it
  Scripts/image.py check FILE ...        whether an image is whole: digests, sizes, what its configuration and its layer say of each other
  Scripts/image.py push FILE REPOSITORY  to a repository of Amazon ECR (--tag, --region, --profile); what is there already is not sent again

What goes into an image is what its Dockerfile says (Scripts/container). ARCHITECTURE (x86_64, arm64) other than this machine's takes
.build/functions-<architecture> and writes into dist/<architecture>. The same input gives the same bytes.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import sys
import time

import package
from container import dockerfile, oci, registry

CONTAINERS = package.ROOT / "Sources" / "Containers"
# The number of nobody in images without a shell; the agent writes no file.
PASSWD = "root:x:0:0:root:/:/none\nagent:x:65532:65532:agent:/:/none\n"


def containers() -> list[str]:
    """The agents that run in containers: one folder of Sources/Containers each."""
    return sorted(path.name for path in CONTAINERS.iterdir() if path.is_dir())


def instructions(product: str) -> dockerfile.Dockerfile:
    """What the product's Dockerfile says."""
    return dockerfile.parse((CONTAINERS / product / "Dockerfile").read_text(encoding="utf-8"))


def stage(product: str, built: pathlib.Path, context: pathlib.Path) -> None:
    """Puts the files that the Dockerfile copies into the folder that `docker build` gets."""
    program = built / product / "bootstrap"
    if not program.is_file():
        raise package.PackagingError(f"{program} is missing: run Scripts/build-functions.sh {product} first")
    roots = package.certificates()
    package.check_certificates(roots, time.time())
    files = {package.kebab_case(product): program.read_bytes(), "cacert.pem": roots, "passwd": PASSWD.encode("ascii")}
    context.mkdir(parents=True, exist_ok=True)
    for old in context.iterdir():
        if old.name not in files:
            old.unlink()
    for name, content in files.items():
        target = context / name
        if not target.is_file() or target.read_bytes() != content:
            target.write_bytes(content)
        target.chmod(0o755 if content == files[package.kebab_case(product)] else 0o644)


def build(product: str, built: pathlib.Path, output: pathlib.Path, architecture: str) -> dict:
    """Writes the image of a product; returns a row of the table, sizes in bytes."""
    name = package.kebab_case(product)
    stage(product, built, output / name)
    image = oci.image(instructions(product), output / name, architecture, name)
    target = output / f"{name}.oci.tar"
    content = oci.archive(image)
    if not target.is_file() or target.read_bytes() != content:
        unfinished = target.with_suffix(".tar.unfinished")
        unfinished.write_bytes(content)
        unfinished.replace(target)
    return {"image": name, "architecture": architecture, "program": (built / product / "bootstrap").stat().st_size, "layer": len(image.layer),
            "archive": len(content), "digest": image.digest, "file": str(target)}


def build_all(options: argparse.Namespace) -> None:
    architecture = os.environ.get("ARCHITECTURE") or package.machine()
    if architecture not in oci.ARCHITECTURES:
        raise package.PackagingError(f"the architecture {architecture} is not one that AgentCore or Lambda has: set ARCHITECTURE to arm64 or x86_64")
    foreign = architecture != package.machine()
    built = options.built or package.ROOT / ".build" / (f"functions-{architecture}" if foreign else "functions")
    output = options.output or (package.ROOT / "dist" / architecture if foreign else package.ROOT / "dist")
    unknown = [name for name in options.products if name not in containers()]
    if unknown:
        raise package.PackagingError(f"there is no container {unknown[0]}; there are: {', '.join(containers())}")
    rows = [build(product, built, output, architecture) for product in options.products or containers()]
    for row in rows:
        oci.check(pathlib.Path(row["file"]))
    if options.json:
        print(json.dumps(rows, indent=2))
        return
    for row in rows:
        print(f"{row['image']} ({row['architecture']}): program {row['program'] / 1e6:.2f} MB, layer {row['layer'] / 1e6:.2f} MB, {row['file']}\n  {row['digest']}")


def push(options: argparse.Namespace) -> None:
    image = oci.check(options.file)
    address, token = registry.amazon(options.region, options.profile)
    pushed = registry.Registry(address, token).push(image, options.repository, options.tag)
    # What a deployment names: a tag may be another image's tomorrow.
    print(pushed.reference)
    print(f"{pushed.repository}:{options.tag}: {pushed.sent} bytes sent, {pushed.there} there already", file=sys.stderr)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    building = commands.add_parser("build", help="build images")
    building.add_argument("products", nargs="*", metavar="NAME", help="a folder of Sources/Containers (default all)")
    building.add_argument("--built", type=pathlib.Path, help="folder with <Name>/bootstrap (default .build/functions)")
    building.add_argument("--output", type=pathlib.Path, help="folder for the images (default dist)")
    building.add_argument("--json", action="store_true", help="print what was built as JSON")
    checking = commands.add_parser("check", help="check images")
    checking.add_argument("files", nargs="+", type=pathlib.Path, metavar="FILE")
    pushing = commands.add_parser("push", help="push an image to Amazon ECR")
    pushing.add_argument("file", type=pathlib.Path, metavar="FILE", help="an image that `build` wrote")
    pushing.add_argument("repository", metavar="REPOSITORY", help="the repository's name, such as arbiter/cost-agent")
    pushing.add_argument("--tag", default="latest", help="the image's tag there (default latest)")
    pushing.add_argument("--region", help="the region of the registry (default that of the environment or profile)")
    pushing.add_argument("--profile", help="the profile whose credentials are used")
    options = parser.parse_args(arguments)
    try:
        if options.command == "build":
            build_all(options)
        elif options.command == "check":
            for file in options.files:
                print(f"{file} is whole: {oci.check(file).digest}")
        else:
            push(options)
    except (package.PackagingError, dockerfile.DockerfileError, oci.ImageError, registry.RegistryError, OSError) as error:
        print(f"image: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
