#!/usr/bin/env python3
"""Stands in for the AWS command line tool where a guide names it: services, operations and parameters are those of botocore's models, as the tool's are.

What a value is follows from the parameter's type: text as it is, lists and structures as JSON. It knows `--query` (JMESPath), `--output text`
and `--endpoint-url` from the environment, `--flag` and `--no-flag` of booleans, `fileb://` for bytes, and the file name after `s3api get-object` and
`lambda invoke`. It takes bytes from files only: in an argument the tool's first version wants them as they are and its second one in base64, and the
option that changes this is unknown to the first.
"""

from __future__ import annotations

import base64
import datetime
import json
import pathlib
import sys
from typing import Any

import botocore.session
import jmespath
from botocore import xform_name

SERVICES = {"s3api": "s3"}


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items() if name != "ResponseMetadata"}
    if isinstance(value, list):
        return [plain(part) for part in value]
    return value.isoformat() if isinstance(value, datetime.datetime) else value


def text(value: Any) -> str:
    """As `--output text` writes it: a line a list of lists, tabs between what is in it."""
    if isinstance(value, list):
        if any(isinstance(part, list) for part in value):
            return "\n".join(text(part) for part in value)
        return "\t".join(text(part) for part in value)
    return "None" if value is None else str(value)


def main(arguments: list[str]) -> int:
    service, operation, *rest = arguments
    session = botocore.session.get_session()
    client = session.create_client(SERVICES.get(service, service))
    method = operation.replace("-", "_")
    model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method])
    shapes = {xform_name(name, "-"): (name, shape) for name, shape in model.input_shape.members.items()}
    query, output, file, parameters = None, "json", None, {}
    while rest:
        word = rest.pop(0)
        if not word.startswith("--"):
            file = word
            continue
        name = word[2:]
        if name in ("query", "output"):
            value = rest.pop(0)
            query, output = (value, output) if name == "query" else (query, value) if name == "output" else (query, output)
            continue
        negative = name.startswith("no-") and name[3:] in shapes
        member, shape = shapes[name[3:] if negative else name]
        if shape.type_name == "boolean":
            parameters[member] = not negative
            continue
        value = rest.pop(0)
        if shape.type_name == "blob":
            if not value.startswith("fileb://"):
                raise SystemExit(f"aws: --{name}: bytes are taken from a file (fileb://PATH), which both versions of the tool understand")
            parameters[member] = pathlib.Path(value.removeprefix("fileb://")).read_bytes()
            continue
        parameters[member] = json.loads(value) if shape.type_name in ("list", "structure", "map") else (
            int(value) if shape.type_name in ("integer", "long") else value)
    answer = getattr(client, method)(**parameters)
    for name, value in list(answer.items()):
        if hasattr(value, "read"):
            pathlib.Path(file).write_bytes(value.read())
            del answer[name]
    if "FunctionError" in answer:
        print(pathlib.Path(file).read_text(), file=sys.stderr)
        return 1
    found = plain(answer)
    if query:
        # The tool pages by itself; nothing here has more than a page.
        found = jmespath.search(query, found)
    print(text(found) if output == "text" else json.dumps(found, indent=2, default=lambda data: base64.b64encode(data).decode()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
