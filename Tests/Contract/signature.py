"""Signature Version 4, recomputed from the request as it came over the wire."""

import datetime
import hashlib
import hmac
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from refusal import Refusal

KEYS = {"AKIATEST": "secret+/x"}
# A request signed with this key is always refused: clients use it to show what they do then.
REFUSED_KEY = "AKIAREFUSED"
LARGEST_SKEW = datetime.timedelta(minutes=5)

AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/(?P<day>\d{8})/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request, ?"
    r"SignedHeaders=(?P<signed>[^,]+), ?Signature=(?P<signature>[0-9a-f]{64})"
)


@dataclass
class Scope:
    """Who signed, and for which service and region."""

    key: str
    region: str
    service: str
    signature: str
    signed_headers: list[str]
    day: str


def scope_of(headers) -> Scope:
    """Reads the Authorization header; refuses one that is missing or malformed."""
    text = headers.get("Authorization")
    if text is None:
        raise Refusal(403, "MissingAuthenticationTokenException", "there is no Authorization header")
    match = AUTHORIZATION.fullmatch(text)
    if not match:
        raise Refusal(403, "IncompleteSignatureException", f"the Authorization header is malformed: {text!r}")
    return Scope(
        match["key"], match["region"], match["service"], match["signature"], match["signed"].split(";"), match["day"]
    )


def verify(method: str, target: str, headers, body: bytes, scope: Scope) -> None:
    """Refuses a request whose signature, signed headers, date or body hash are not right."""
    names = {name.lower() for name in headers}
    if scope.key not in KEYS:
        # As AWS's refusals of signatures do, this one says again all that was signed.
        signed = "".join(f"\n{name}:{headers.get(name)}" for name in scope.signed_headers)
        raise Refusal(403, "UnrecognizedClientException", f"the access key {scope.key!r} is not known; signed was:{signed}")
    if scope.signed_headers != sorted(scope.signed_headers):
        raise Refusal(403, "IncompleteSignatureException", f"SignedHeaders are not sorted: {scope.signed_headers}")
    if missing := [name for name in scope.signed_headers if name not in names]:
        raise Refusal(403, "SignatureDoesNotMatch", f"signed headers that were not sent: {missing}")
    must = {"host"} | {name for name in names if name.startswith("x-amz-")}
    if unsigned := sorted(must - set(scope.signed_headers)):
        raise Refusal(403, "IncompleteSignatureException", f"headers that must be signed and are not: {unsigned}")
    _verify_date(headers, scope)

    sent_hash = headers.get("X-Amz-Content-SHA256")
    true_hash = hashlib.sha256(body).hexdigest()
    if sent_hash is None and scope.service == "s3":
        raise Refusal(400, "InvalidRequest", "S3 wants the header x-amz-content-sha256")
    if sent_hash not in (None, "UNSIGNED-PAYLOAD", true_hash):
        raise Refusal(400, "XAmzContentSHA256Mismatch", f"x-amz-content-sha256 is {sent_hash}, the body's hash is {true_hash}")

    canonical = canonical_request(method, target, headers, scope, sent_hash or true_hash)
    request = AWSRequest(method=method, url="http://oracle/")
    request.context["timestamp"] = headers["X-Amz-Date"]
    signer_class = S3SigV4Auth if scope.service == "s3" else SigV4Auth
    signer = signer_class(Credentials(scope.key, KEYS[scope.key]), scope.service, scope.region)
    expected = signer.signature(signer.string_to_sign(request, canonical), request)
    if not hmac.compare_digest(expected, scope.signature):
        raise Refusal(403, "SignatureDoesNotMatch", f"the canonical request should have been:\n{canonical}")


def canonical_request(method: str, target: str, headers, scope: Scope, payload_hash: str) -> str:
    parts = urlsplit(target)
    path = parts.path or "/"
    if scope.service != "s3":
        path = quote(path, safe="/-_.~")  # All services but S3 encode the path once more.
    pairs = [part.partition("=")[::2] for part in parts.query.split("&") if part]
    encoded = sorted((quote(unquote(name), safe="-_.~"), quote(unquote(value), safe="-_.~")) for name, value in pairs)
    lines = [
        method,
        path,
        "&".join(f"{name}={value}" for name, value in encoded),
        *(f"{name}:{' '.join(','.join(headers.get_all(name)).split())}" for name in scope.signed_headers),
        "",
        ";".join(scope.signed_headers),
        payload_hash,
    ]
    return "\n".join(lines)


def _verify_date(headers, scope: Scope) -> None:
    text = headers.get("X-Amz-Date") or ""
    try:
        date = datetime.datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
    except ValueError:
        raise Refusal(403, "IncompleteSignatureException", f"X-Amz-Date is not like 20260101T000000Z: {text!r}") from None
    if not text.startswith(scope.day):
        raise Refusal(403, "SignatureDoesNotMatch", f"the day of the credential scope is {scope.day}, that of X-Amz-Date {text}")
    now = datetime.datetime.now(datetime.timezone.utc)
    if abs(now - date) > LARGEST_SKEW:
        code = "RequestTimeTooSkewed" if scope.service == "s3" else "InvalidSignatureException"
        raise Refusal(403, code, f"X-Amz-Date is {text}, the time is {now:%Y%m%dT%H%M%SZ}")
