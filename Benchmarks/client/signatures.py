"""Checks requests, as they came over the wire, against botocore's own Signature Version 4."""

from __future__ import annotations

import pathlib
import re

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/(?P<day>\d{8})/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request, ?"
    r"SignedHeaders=(?P<headers>[^,]+), ?Signature=(?P<signature>[0-9a-f]{64})")
# What a signature of AWS's must cover beside the body.
ALWAYS_SIGNED = {"host", "x-amz-date", "x-amz-security-token"}


class SignatureError(Exception):
    """A request whose signature is not the one that botocore makes for it; the message says which and why."""


def check(path: pathlib.Path, credentials: Credentials) -> None:
    head, _, body = path.read_bytes().partition(b"\r\n\r\n")
    request_line, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = request_line.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    parts = AUTHORIZATION.fullmatch(headers.get("authorization", ""))
    if not parts:
        raise SignatureError(f"{path.name}: there is no signature")
    signed = set(parts["headers"].split(";"))
    if missing := ALWAYS_SIGNED - signed:
        raise SignatureError(f"{path.name}: the signature does not cover {', '.join(sorted(missing))}")

    request = AWSRequest(method=method, url=f"http://{headers['host']}{target}", data=body,
                         headers={name: value for name, value in headers.items() if name in signed})
    request.context["timestamp"] = headers["x-amz-date"]
    signer = SigV4Auth(credentials, parts["service"], parts["region"])
    expected = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    if (parts["key"], parts["day"], parts["signature"]) != (credentials.access_key, headers["x-amz-date"][:8], expected):
        raise SignatureError(f"{path.name}: the signature is {parts['signature']}, botocore's is {expected}")
