"""What can go wrong with a request, how often, and what a service says then."""

from __future__ import annotations

import dataclasses
import enum
import json
from typing import Any

from chaos.chance import Chance


class Fault(enum.StrEnum):
    """The value is the name of the option that sets its rate."""

    # The service refuses: nothing was done.
    THROTTLE = "throttle"
    # The service fails: nothing was done, but the caller cannot know.
    ERROR = "error"
    # The connection breaks before the request arrives: nothing was done, but the caller cannot know.
    RESET = "reset"
    # The request is done, and the connection breaks before the answer, or in the middle of it.
    LOSE = "lose"
    # The service gets the request twice: right away, or later, when the caller has gone on.
    DUPLICATE = "duplicate"
    # The request arrives late, or its answer does.
    DELAY = "delay"
    # The service takes a part of a batch.
    PARTIAL = "partial"
    # Nothing comes back, and the connection stays: the caller has to give up by itself. The request is done, or it never arrived.
    HANG = "hang"
    # DynamoDB refuses a write because another transaction is at work on the row.
    CONFLICT = "conflict"
    # An index of DynamoDB does not know the latest writes: rows are missing from what it answers.
    LAG = "lag"


# Of a hundred requests. A model call is never duplicated: the client does not repeat one that may have been made, and no network repeats a request.
AWS_RATES = {
    Fault.THROTTLE: 2.0, Fault.ERROR: 2.0, Fault.RESET: 1.0, Fault.LOSE: 3.0, Fault.DUPLICATE: 3.0, Fault.DELAY: 3.0, Fault.HANG: 0.1,
    Fault.PARTIAL: 5.0, Fault.CONFLICT: 2.0, Fault.LAG: 20.0}
MODEL_RATES = {Fault.THROTTLE: 3.0, Fault.ERROR: 2.0, Fault.RESET: 1.0, Fault.LOSE: 3.0, Fault.DELAY: 5.0, Fault.HANG: 0.3}

DELAY_SECONDS = (0.05, 3.0)
LATE_DUPLICATE_SECONDS = (0.05, 2.0)
PARTIAL_OPERATIONS = {"PutEvents": "Entries", "SendMessageBatch": "Entries"}
# What some faults happen to; the others happen to all.
OPERATIONS = {
    Fault.PARTIAL: set(PARTIAL_OPERATIONS), Fault.CONFLICT: {"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"}, Fault.LAG: {"Query"}}


@dataclasses.dataclass(frozen=True)
class Injection:
    """What happens to one request."""

    fault: Fault
    # A lost answer breaks off in its middle; a duplicate comes later; a delay comes after the request; a request that hangs is done.
    second_kind: bool = False
    seconds: float = 0
    # Which entries of a batch are refused, or rows are missing: one bit each, the lowest for the first, and again from the first after ten.
    bits: int = 0

    def strikes(self, index: int) -> bool:
        return bool(self.bits >> index % 10 & 1)


@dataclasses.dataclass
class Faults:
    """Decides the fate of each request: that of the n-th PutItem depends on the seed and on n alone."""

    chance: Chance
    rates: dict[Fault, float]
    active: bool = False
    seen: dict[str, int] = dataclasses.field(default_factory=dict)
    counts: dict[str, dict[str, int]] = dataclasses.field(default_factory=dict)

    def decide(self, operation: str) -> Injection | None:
        if not self.active:
            return None
        number = self.seen[operation] = self.seen.get(operation, 0) + 1
        point = self.chance.fraction("fault", operation, number) * 100
        for fault, rate in self.rates.items():
            if operation not in OPERATIONS.get(fault, {operation}):
                continue
            if point < rate:
                of_operation = self.counts.setdefault(operation, {})
                of_operation[fault] = of_operation.get(fault, 0) + 1
                return self._injection(fault, operation, number)
            point -= rate
        return None

    def _injection(self, fault: Fault, operation: str, number: int) -> Injection:
        second_kind = self.chance.occurs(0.5, "kind", operation, number)
        bounds = LATE_DUPLICATE_SECONDS if fault is Fault.DUPLICATE else DELAY_SECONDS
        # Most are short: a cube root of chance would make most of them long.
        lowest, highest = bounds
        seconds = lowest + self.chance.fraction("seconds", operation, number) ** 3 * (highest - lowest)
        return Injection(fault, second_kind, seconds, self.chance.number(1, 1023, "bits", operation, number))


# What services say --------------------------------------------------------------------------------------------------------


def answer(status: int, body: bytes, content_type: str, headers: dict[str, str] | None = None) -> bytes:
    """A whole response."""
    reason = {200: "OK", 400: "Bad Request", 429: "Too Many Requests", 500: "Internal Server Error", 503: "Service Unavailable"}[status]
    lines = [f"HTTP/1.1 {status} {reason}", f"Content-Type: {content_type}", f"Content-Length: {len(body)}", "x-amzn-RequestId: chaos",
             *(f"{name}: {value}" for name, value in (headers or {}).items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def refusal(service: str, fault: Fault, unavailable: bool) -> bytes:
    """How a service says that it is too busy, or that it failed; `unavailable` chooses between the two ways that some fail in."""
    throttled = fault is Fault.THROTTLE
    if service == "s3":
        code, status = ("SlowDown", 503) if throttled else ("ServiceUnavailable", 503) if unavailable else ("InternalError", 500)
        body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>chaos</Message><RequestId>chaos</RequestId></Error>'
        return answer(status, body.encode(), "application/xml")
    if service == "bedrock":
        code, status = (("ThrottlingException", 429) if throttled else ("ServiceUnavailableException", 503) if unavailable
                        else ("InternalServerException", 500))
        return answer(status, b'{"message":"chaos"}', "application/json", {"x-amzn-ErrorType": code})
    if throttled:
        code, status = {"dynamodb": "ProvisionedThroughputExceededException", "sqs": "RequestThrottled"}.get(service, "ThrottlingException"), 400
    elif unavailable:
        code, status = "ServiceUnavailable", 503
    else:
        code, status = {"dynamodb": "InternalServerError", "events": "InternalException"}.get(service, "InternalFailure"), 500
    return answer(status, json.dumps({"__type": code, "message": "chaos"}).encode(), "application/x-amz-json-1.0")


def conflict(operation: str, body: dict[str, Any]) -> bytes:
    """How DynamoDB says that another transaction is at work on a row; of a transaction, on one of its rows."""
    said = {"__type": "com.amazonaws.dynamodb.v20120810#TransactionConflictException", "message": "Transaction is ongoing for the item"}
    if operation == "TransactWriteItems":
        reasons = [{"Code": "None"} for _ in body["TransactItems"]]
        reasons[0] = {"Code": "TransactionConflict", "Message": said["message"]}
        codes = ", ".join(reason["Code"] for reason in reasons)
        said = {"__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException", "CancellationReasons": reasons,
                "Message": f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"}
    return answer(400, json.dumps(said).encode(), "application/x-amz-json-1.0")


def lagging(body: dict[str, Any], injection: Injection) -> dict[str, Any]:
    """The answer of an index that does not know all rows yet."""
    known = [item for index, item in enumerate(body.get("Items", [])) if not injection.strikes(index)]
    return {**body, "Items": known, "Count": len(known)}


def without_refused(operation: str, body: dict[str, Any], injection: Injection) -> tuple[dict[str, Any], list[int]]:
    """A batch without the entries that are refused, and which those are; at least one is."""
    entries = body[PARTIAL_OPERATIONS[operation]]
    out = [index for index in range(len(entries)) if injection.strikes(index)] or [0]
    return {**body, PARTIAL_OPERATIONS[operation]: [entry for index, entry in enumerate(entries) if index not in out]}, out


def with_refused(operation: str, body: dict[str, Any], taken: dict[str, Any], out: list[int]) -> dict[str, Any]:
    """The answer to the whole batch, from the answer to what was taken of it."""
    entries = body[PARTIAL_OPERATIONS[operation]]
    if operation == "PutEvents":
        accepted = iter(taken.get("Entries", []))
        return {
            "FailedEntryCount": taken.get("FailedEntryCount", 0) + len(out),
            "Entries": [{"ErrorCode": "ThrottlingException", "ErrorMessage": "chaos"} if index in out else next(accepted)
                        for index in range(len(entries))],
        }
    failed = [{"Id": entries[index]["Id"], "Code": "InternalError", "Message": "chaos", "SenderFault": False} for index in out]
    return {"Successful": taken.get("Successful", []), "Failed": taken.get("Failed", []) + failed}
