#!/usr/bin/env python3
"""Writes the tables of Sources/AWSOperations/Catalog/Tables from botocore's service models: the read-only operations of each service, with
what their parameters and answers look like on the wire.

    generate-operations.py [--output FOLDER]

Which operations those are is said by Scripts/operations/rule.py. Runs with the requirements set `contract`:
Scripts/setup.sh contract && .venv/bin/python Scripts/generate-operations.py
"""

import argparse
import pathlib
import re
import sys

import botocore.session

from operations import endpoints, rule, table

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Sources/AWSOperations/Catalog/Tables"
HEAD = "// swift-format-ignore-file\n// Written by Scripts/generate-operations.py from botocore {version}: do not edit.\n\n"


def swift_name(service: str) -> str:
    """"bedrock-agentcore-control" is bedrockAgentcoreControl."""
    first, *rest = service.split("-")
    return first + "".join(part.capitalize() for part in rest)


def files() -> dict[str, str]:
    """The text of each file, by its name."""
    session = botocore.session.Session()
    loader = session.get_component("data_loader")
    head = HEAD.format(version=botocore.__version__)
    written = {}
    for service in rule.SERVICES:
        model = session.get_service_model(service)
        text = table.text(service, model, endpoints.lines(loader, service, model.endpoint_prefix))
        assert re.fullmatch(r"[ -~\n]*", text) and '"' not in text and "\\" not in text, service
        name = swift_name(service)
        written[f"{name[0].upper()}{name[1:]}Table.swift"] = (
            f'{head}extension OperationTables {{\n  static var {name}: StaticString {{\n    #"""\n'
            + "".join(f"    {line}\n" for line in text.splitlines())
            + '    """#\n  }\n}\n'
        )
    cases = "".join(f'    case "{service}": {swift_name(service)}\n' for service in rule.SERVICES)
    names = ", ".join(f'"{service}"' for service in rule.SERVICES)
    written["OperationTables.swift"] = (
        f"{head}/// The tables by botocore's names of services.\nenum OperationTables {{\n  static var services: [String] {{ [{names}] }}\n\n"
        f"  static func text(_ service: String) -> StaticString? {{\n    switch service {{\n{cases}    default: nil\n    }}\n  }}\n}}\n"
    )
    return written


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=pathlib.Path, default=FOLDER, help="the folder to write")
    folder = parser.parse_args().output
    folder.mkdir(parents=True, exist_ok=True)
    written = files()
    for path in folder.glob("*.swift"):
        if path.name not in written:
            path.unlink()
    for name, text in written.items():
        (folder / name).write_text(text)
    print(f"{len(written)} files, {sum(map(len, written.values()))} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
