#!/usr/bin/env python3
"""Writes the cases of the operations that our table allows, a JSON object a line, for a Swift test to run against the oracle.

    operation_cases.py FILE

{"kind": "call", "service", "operation", "parameters", "answer"}    the answer as the oracle gives it, with what is secret blotted out; a time
                                                                    is "time", however it is written
{"kind": "endpoint", "service", "region", "fips", "dualStack", "url", "signingRegion"}     botocore's; no URL where it knows none
"""

import base64
import datetime
import json
import pathlib
import sys

import botocore.session
from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import BotoCoreError, EndpointProviderError

import answers
import samples

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "Scripts"))
from operations import rule  # noqa: E402

REDACTED = "(redacted)"


def allowed(session) -> list[tuple[str, object]]:
    """The service and the model of each operation that may be called."""
    found = []
    for service in rule.SERVICES:
        model = session.get_service_model(service)
        for name in model.operation_names:
            operation = model.operation_model(name)
            if rule.why_refused(service, operation) is None:
                found.append((service, operation))
    return found


def calls(session):
    for service, operation in allowed(session):
        seen = set()
        for optional in (False, True):
            given = samples.parameters(operation.input_shape, optional)
            answer = answers.result(operation, given)
            expected = visible(answer, operation.output_shape, service) if operation.output_shape is not None else {}
            parameters = as_json(given, is_number=optional)
            text = json.dumps(parameters, sort_keys=True)
            if text not in seen:
                yield {"kind": "call", "service": service, "operation": operation.name, "parameters": parameters, "answer": expected}
            seen.add(text)


def as_json(value, is_number: bool):
    """Parameters as a caller writes them: a time as a number or as text."""
    if isinstance(value, dict):
        return {name: as_json(member, is_number) for name, member in value.items()}
    if isinstance(value, list):
        return [as_json(element, is_number) for element in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime.datetime):
        return int(value.timestamp()) if is_number else value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return value


def visible(value, shape, service: str, name: str = ""):
    """An answer as our callers see it."""
    if name not in rule.NOT_SECRET and (shape.metadata.get("sensitive") or (service, name) in rule.SECRET_MEMBERS):
        if isinstance(value, dict):
            return {key: redacted(member) for key, member in value.items()}
        return REDACTED
    kind = shape.type_name
    if getattr(shape, "is_document_type", False):
        return value
    if kind == "structure":
        return {key: visible(member, shape.members[key], service, key) for key, member in value.items()}
    if kind == "list":
        return [visible(element, shape.member, service) for element in value]
    if kind == "map":
        return {key: visible(member, shape.value, service) for key, member in value.items()}
    if kind == "timestamp":
        return "time"
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def redacted(value):
    return {key: redacted(member) for key, member in value.items()} if isinstance(value, dict) else REDACTED


def endpoints(session):
    loader = session.get_component("data_loader")
    partitions = loader.load_data("partitions")
    for service in rule.SERVICES:
        if service == "s3":
            continue
        provider = EndpointProvider(loader.load_service_model(service, "endpoint-rule-set-1"), partitions)
        for partition in partitions["partitions"]:
            for region in partition["regions"]:
                if region.endswith("-global"):
                    continue
                for fips in (False, True):
                    for dual_stack in (False, True):
                        case = {"kind": "endpoint", "service": service, "region": region, "fips": fips, "dualStack": dual_stack}
                        try:
                            endpoint = provider.resolve_endpoint(Region=region, UseFIPS=fips, UseDualStack=dual_stack)
                        except (EndpointProviderError, BotoCoreError):
                            yield case
                            continue
                        schemes = endpoint.properties.get("authSchemes", [{}])
                        yield case | {"url": endpoint.url, "signingRegion": schemes[0].get("signingRegion", region)}


def main() -> None:
    session = botocore.session.Session()
    with open(sys.argv[1], "w") as file:
        for cases in (calls(session), endpoints(session)):
            for case in cases:
                file.write(json.dumps(case) + "\n")


if __name__ == "__main__":
    main()
