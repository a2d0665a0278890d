"""Reads a request by botocore's service model and refuses what the model does not know.

The parsers of moto are lenient: what they do not know they drop, and "5" is as good as 5 to them. So a request is read, and
written again by botocore's own serializer; the two must say the same, member by member, header by header.
"""

import base64
import json
import re
import zlib
from urllib.parse import parse_qsl, unquote, urlsplit

from botocore.model import OperationModel
from botocore.serialize import create_serializer
from botocore.validate import ParamValidator
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model
from werkzeug.exceptions import NotFound

from refusal import Refusal

# The name in a signature's scope, where it is not the name of botocore's model.
MODELS = {
    "states": "stepfunctions", "monitoring": "cloudwatch", "bedrock": "bedrock-runtime", "tagging": "resourcegroupstaggingapi",
}  # fmt: skip

# Headers that belong to HTTP, to signing or to the SDKs, and not to an operation.
COMMON_HEADERS = {
    "accept", "accept-encoding", "amz-sdk-invocation-id", "amz-sdk-request", "authorization", "connection", "content-length",
    "content-type", "expect", "host", "user-agent", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token",
    "x-amz-user-agent", "x-amzn-query-mode", "x-amzn-trace-id",
}  # fmt: skip
# Query members of the SDKs.
COMMON_QUERY = {"x-id"}


# Paths of the services whose operations nobody signs; STS, which has some of them, knows its operations by the body.
UNSIGNED_PATHS = {("GET", "/federation/credentials"): "sso", ("POST", "/token"): "sso-oidc"}


def unsigned_service(method: str, target: str, body: bytes) -> str | None:
    """The service that a request without a signature is for; None for one that should have had one."""
    path = urlsplit(target).path
    if path == "/" and dict(parse_qsl(body.decode("utf-8", "replace"))).get("Action") == "AssumeRoleWithWebIdentity":
        return "sts"
    return UNSIGNED_PATHS.get((method, path))


def service_of(signing_name: str, method: str, target: str) -> str:
    """The model's name of the service that a request was signed for."""
    if signing_name == "apigateway" and target.startswith("/v2/"):
        return "apigatewayv2"
    if signing_name == "bedrock-agentcore" and _has(CONTROL_PLANE, method, target):
        return CONTROL_PLANE
    return MODELS.get(signing_name, signing_name)


CONTROL_PLANE = "bedrock-agentcore-control"


def _has(service: str, method: str, target: str) -> bool:
    """Whether a service of the REST kind has an operation at a path."""
    try:
        get_service_router(service).match(Request.from_primitives(method, f"http://any{target}", {}, b""))
    except (NotFound, NotImplementedError):
        return False
    return True


def read(method: str, target: str, headers, body: bytes, signing_name: str) -> tuple[OperationModel, str, dict]:
    """The operation, its protocol and its parameters; refuses a request that breaks the model."""
    service = service_of(signing_name, method, target)
    try:
        model = get_service_model(service)
        request = Request.from_primitives(method, f"http://{headers['Host']}{target}", headers, body)
        operation, labels = get_service_router(service).match(request)
        protocol = determine_request_protocol(model, request.content_type)
    except (NotFound, NotImplementedError):
        what = headers.get("X-Amz-Target") or f"{method} {target}"
        raise Refusal(404, "UnknownOperationException", f"{service} has no operation for {what}") from None
    sent = _json(body) if protocol in ("json", "rest-json") and _has_json_body(operation, protocol) else None
    _check_content_type(model, operation, protocol, headers, body)
    try:
        parameters = PROTOCOL_PARSERS[protocol](operation).parse(
            {
                "method": request.method, "values": request.values, "headers": request.headers, "body": request.data,
                "url_path": request.path, "url_params": labels,
            }  # fmt: skip
        )
    except Exception as error:
        raise Refusal(400, "SerializationException", f"{operation.name} cannot be read: {error!r}") from error
    if operation.input_shape is not None:
        parameters = _without_unsent_lists(parameters, operation.input_shape, target)
        report = ParamValidator().validate(parameters, operation.input_shape)
        if report.has_errors():
            raise Refusal(400, "ValidationException", report.generate_report())
        problems = list(_constraints(parameters, operation.input_shape, operation.name))
        if problems:
            raise Refusal(400, "ValidationException", "; ".join(problems))
    _compare(target, headers, body, sent, protocol, operation, parameters)
    _check_checksum(operation, headers, body)
    return operation, protocol, parameters


def _without_unsent_lists(parameters: dict, shape, target: str) -> dict:
    """The parameters without the empty lists that moto's parser makes of lists that the query does not have."""
    sent = parse_qsl(urlsplit(target).query, keep_blank_values=True)
    names = {name for name, _ in sent}

    def is_unsent(name) -> bool:
        place = shape.members[name].serialization
        return place.get("location") == "querystring" and place.get("name", name) not in names

    return {name: value for name, value in parameters.items() if value != [] or not is_unsent(name)}


def _check_checksum(operation: OperationModel, headers, body: bytes) -> None:
    sent, actual = headers.get("x-amz-checksum-crc32"), base64.b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()
    if sent not in (None, actual):
        raise Refusal(400, "BadDigest", f"{operation.name}: x-amz-checksum-crc32 is {sent!r}, that of the body is {actual!r}")


def _json(body: bytes):
    def once(pairs):
        members = dict(pairs)
        if len(members) != len(pairs):
            raise ValueError(f"a member occurs twice among {[name for name, _ in pairs]}")
        return members

    if not body:
        return {}
    try:
        value = json.loads(body.decode("utf-8"), object_pairs_hook=once)
    except ValueError as error:
        raise Refusal(400, "SerializationException", f"the body is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise Refusal(400, "SerializationException", f"the body is not an object: {body[:80]!r}")
    return value


def _payload(operation: OperationModel):
    """The shape of the member that is the whole body, if there is one."""
    shape = operation.input_shape
    name = shape.serialization.get("payload") if shape is not None else None
    return shape.members[name] if name else None


def _has_json_body(operation: OperationModel, protocol: str) -> bool:
    payload = _payload(operation)
    return protocol == "json" or payload is None or payload.type_name == "structure"


def _check_content_type(model, operation, protocol, headers, body) -> None:
    sent = headers.get("Content-Type")
    if protocol == "json":
        expected = f"application/x-amz-json-{model.metadata['jsonVersion']}"
    elif protocol == "rest-json" and body and _has_json_body(operation, protocol):
        expected = "application/json"
    elif protocol in ("query", "ec2"):
        expected = "application/x-www-form-urlencoded; charset=utf-8"
    else:
        return
    if sent != expected:
        raise Refusal(400, "UnknownOperationException", f"Content-Type is {sent!r}, {operation.name} wants {expected!r}")


def _compare(target, headers, body, sent, protocol, operation, parameters) -> None:
    """Refuses what the request says and the model, writing the same parameters, does not."""
    written = create_serializer(protocol, include_validation=False).serialize_to_request(parameters, operation)
    problems = []
    if sent is not None:
        expected = _json(written["body"] if isinstance(written["body"], bytes) else written["body"].encode())
        problems += _differences(sent, expected, "")
    elif protocol in ("query", "ec2"):
        problems += _differences(dict(parse_qsl(body.decode(), keep_blank_values=True)), _texts(written["body"]), "")
    elif protocol == "rest-xml" and isinstance(written["body"], bytes) and _payload(operation) is None and body != written["body"]:
        problems.append(f"the body is {body[:200]!r}, expected {written['body'][:200]!r}")

    parts = urlsplit(target)
    wanted_path, _, wanted_query = written["url_path"].partition("?")
    if protocol not in ("json", "query", "ec2") and unquote(parts.path) != unquote(wanted_path):
        problems.append(f"the path is {parts.path!r}, expected {wanted_path!r}")
    query = _multiple((name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in COMMON_QUERY)
    wanted = _multiple([*parse_qsl(wanted_query, keep_blank_values=True), *_pairs(written["query_string"])])
    problems += _differences(query, wanted, "query member ")

    known = {name.lower(): str(value) for name, value in written["headers"].items()}
    for name, value in headers.items():
        lower = name.lower()
        if lower in known and lower != "content-type" and known[lower] != value:
            problems.append(f"the header {name} is {value!r}, expected {known[lower]!r}")
        if lower not in known and lower not in COMMON_HEADERS:
            problems.append(f"the header {name} is not known to {operation.name}")
    problems += [f"the header {name} is missing" for name in known if headers.get(name) is None and name != "content-type"]
    if problems:
        raise Refusal(400, "ValidationException", f"{operation.name}: " + "; ".join(problems))


def _pairs(values):
    """The names and texts of a query, of which a list has one for each of its elements."""
    for name, value in values.items() if isinstance(values, dict) else values:
        for element in value if isinstance(value, list) else [value]:
            yield name, str(element)


def _multiple(pairs) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _texts(values) -> dict[str, str]:
    pairs = values.items() if isinstance(values, dict) else values
    return {name: str(value) for name, value in pairs}


def _differences(sent, expected, where: str):
    """What is said in `sent` and not in `expected`, or otherwise; each as a sentence that names the member."""
    if isinstance(sent, dict) and isinstance(expected, dict):
        for name in sent:
            if name not in expected:
                yield f"unknown member or null: {where}{name} = {sent[name]!r}"
            else:
                yield from _differences(sent[name], expected[name], f"{where}{name}.")
        for name in expected:
            if name not in sent:
                yield f"member {where}{name} is read as {expected[name]!r} but was not sent"
    elif isinstance(sent, list) and isinstance(expected, list) and len(sent) == len(expected):
        for index, (left, right) in enumerate(zip(sent, expected)):
            yield from _differences(left, right, f"{where}{index}.")
    elif sent != expected or isinstance(sent, bool) != isinstance(expected, bool):
        yield f"member {where.rstrip('.')} is {sent!r}, expected {expected!r}"


def _constraints(value, shape, path):
    """What botocore's own validator leaves out: enumerations, lengths, patterns, unions."""
    kind = shape.type_name
    if getattr(shape, "is_document_type", False):
        return
    if kind == "structure":
        union = getattr(shape, "is_tagged_union", False) or shape.name == "AttributeValue"
        if union and len(value) != 1:
            yield f"{path} must have exactly one member, not {sorted(value)}"
        for name, member in value.items():
            yield from _constraints(member, shape.members[name], f"{path}.{name}")
    elif kind == "list":
        yield from _length(value, shape, path)
        for index, member in enumerate(value):
            yield from _constraints(member, shape.member, f"{path}[{index}]")
    elif kind == "map":
        yield from _length(value, shape, path)
        for name, member in value.items():
            yield from _constraints(name, shape.key, f"{path} key {name!r}")
            yield from _constraints(member, shape.value, f"{path}.{name}")
    elif kind in ("string", "blob") and hasattr(value, "__len__"):
        yield from _length(value, shape, path)
        if getattr(shape, "enum", None) and value not in shape.enum:
            yield f"{path} is {value!r}, expected one of {shape.enum}"
        pattern = shape.metadata.get("pattern")
        if pattern and isinstance(value, str) and not _fits(pattern, value):
            yield f"{path} is {value!r}, expected to fit {pattern}"


def _length(value, shape, path):
    least, most = shape.metadata.get("min", 0), shape.metadata.get("max")
    if len(value) < least or (most is not None and len(value) > most):
        yield f"{path} has the length {len(value)}, expected {least} to {'any' if most is None else most}"


def _fits(pattern: str, value: str) -> bool:
    # The models leave out the anchors; the services mean the whole text.
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:
        return True  # A pattern of Java's that Python cannot read.
