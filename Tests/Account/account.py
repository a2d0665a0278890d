#!/usr/bin/env python3
"""An AWS account for tests: it answers read-only requests of any service from a description, and nothing else.

    account.py FOLDER [--port PORT]              recorded answers (description.py says how they look)
    account.py --functions N [--port PORT]       an account of N functions, made up (generated.py)

It prints its URL as the first line and serves on 127.0.0.1 until it is ended. Each request is read by the oracle of Tests/Contract: it must be what
botocore's model says and signed with the secret of AKIATEST. A request that is wrong, that changes something, or for which nothing is recorded, is
answered with an error and kept as a problem.

    GET /_account/calls         {"lambda.ListFunctions": 21, ...}
    GET /_account/problems      sentences; a test expects none
    DELETE /_account/calls      forgets both
    PUT /_account/throttles     {"lambda.ListFunctions": 2, ...}: so many next calls are throttled, as the service does it; they count as calls

--writes allows what an agent needs for its journal and report: objects, of which the names and sizes are kept, and items of DynamoDB, which are
accepted and forgotten. A model is refused with AccessDeniedException then.
"""

import argparse
import base64
import datetime
import http.server
import json
import pathlib
import socket
import sys
import threading
from collections import Counter
from email.utils import format_datetime
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "Contract"), str(pathlib.Path(__file__).resolve().parents[2] / "Scripts")]

import contract  # noqa: E402
import signature  # noqa: E402
from moto.core.serialize import get_serializer_class  # noqa: E402
from operations import rule  # noqa: E402
from refusal import Refusal  # noqa: E402

from description import Description, Entry  # noqa: E402
from insights import Insights  # noqa: E402
from metrics import Metrics  # noqa: E402

CONTROL = "/_account/"
# What an agent writes beside what it reads.
WRITES = {"dynamodb.PutItem", "dynamodb.UpdateItem", "dynamodb.GetItem", "dynamodb.Query"}
# What a service answers that is asked too often; others say ThrottlingException.
THROTTLED = {
    "lambda": Refusal(429, "TooManyRequestsException", "Rate exceeded"), "apigateway": Refusal(429, "TooManyRequestsException", "Too Many Requests"),
    "s3": Refusal(503, "SlowDown", "Please reduce your request rate."),
}  # fmt: skip
MODEL_CALLS = {"bedrock-runtime.Converse", "bedrock-runtime.ConverseStream"}


class Account:
    """Answers requests, counts them, and keeps what was wrong."""

    def __init__(self, description: Description, allows_writes: bool = False):
        self.description = description
        self.allows_writes = allows_writes
        self.metrics = Metrics(description.metrics)
        self.insights = Insights(description.queries)
        self.calls: Counter[str] = Counter()
        self.problems: list[str] = []
        self.throttles: Counter[str] = Counter()
        # Sizes of what an agent wrote, by bucket and key.
        self.objects: dict[tuple[str, str], int] = {}
        self.lock = threading.Lock()

    def answer(self, operation, protocol: str, parameters: dict) -> tuple[int, dict, bytes]:
        service = operation.service_model.service_name
        name = f"{service}.{operation.name}"
        with self.lock:
            self.calls[name] += 1
            is_throttled = self.throttles[name] > 0
            self.throttles[name] -= is_throttled
        if is_throttled:
            raise THROTTLED.get(service, Refusal(400, "ThrottlingException", "Rate exceeded"))
        if self.allows_writes and name in MODEL_CALLS:
            raise Refusal(403, "AccessDeniedException", "this account has no model")
        if self.allows_writes and name in WRITES:
            return written(operation, protocol, {})
        if self.allows_writes and name == "s3.PutObject":
            self.objects[parameters["Bucket"], parameters["Key"]] = len(parameters.get("Body", b""))
            return 200, {"ETag": '"1"'}, b""
        if self.allows_writes and name == "s3.ListObjectsV2":
            return self._objects(parameters)
        if rule.why_refused(service, operation) is not None:
            return self._problem(f"{name} is not read-only, or may not be called: {rule.why_refused(service, operation)}")
        with self.lock:
            entry = self.description.operations[name].find(parameters) if name in self.description.operations else None
        if entry is not None:
            return self._recorded(entry, operation, protocol, parameters)
        if name == "cloudwatch.GetMetricData":
            # Written without moto, whose serializer takes seconds for half a million data points.
            body = json.dumps(self.metrics.answer(parameters), separators=(",", ":")).encode()
            return 200, {"Content-Type": "application/x-amz-json-1.0"}, body
        insights = {"logs.StartQuery": self.insights.start, "logs.GetQueryResults": self.insights.results, "logs.StopQuery": self.insights.stop}
        if name in insights:
            return written(operation, protocol, insights[name](parameters))
        return self._problem(f"nothing is recorded for {name} with {json.dumps(parameters, default=str)[:300]}")

    def _objects(self, parameters: dict) -> tuple[int, dict, bytes]:
        found = sorted((key, size) for (bucket, key), size in self.objects.items() if bucket == parameters["Bucket"])
        rows = "".join(
            f"<Contents><Key>{escape(key)}</Key><Size>{size}</Size></Contents>"
            for key, size in found
            if key.startswith(parameters.get("Prefix", ""))
        )
        body = f"<ListBucketResult><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>"
        return 200, {"Content-Type": "application/xml"}, body.encode()

    def _recorded(self, entry: Entry, operation, protocol: str, parameters: dict) -> tuple[int, dict, bytes]:
        if entry.error is not None:
            raise Refusal(entry.error.get("status", 400), entry.error["code"], entry.error.get("message", ""))
        page = 0
        if entry.pages is not None:
            token = parameters.get(entry.token[0])
            page = int(str(token).removeprefix("page-")) if token is not None else 0
        if page not in entry.written:
            answer = entry.answer
            if entry.pages is not None:
                answer = entry.pages[page] | ({entry.token[1]: f"page-{page + 1}"} if page + 1 < len(entry.pages) else {})
            entry.written[page] = written(operation, protocol, typed(answer, operation.output_shape))
        return entry.written[page]

    def _problem(self, text: str):
        self.note(text)
        raise Refusal(400, "ValidationException", f"account of a test: {text}")

    def note(self, text: str) -> None:
        with self.lock:
            self.problems.append(text)


def written(operation, protocol: str, answer: dict) -> tuple[int, dict, bytes]:
    response = get_serializer_class(operation.service_model.service_name, protocol)(operation).serialize(answer)
    body = response["body"]
    return response["status_code"], dict(response["headers"]), body if isinstance(body, bytes) else body.encode()


def typed(value, shape):
    """A recorded value as botocore has it: times and bytes are text in JSON. Refuses members that the model does not know."""
    if shape is None or getattr(shape, "is_document_type", False) or value is None:
        return value
    kind = shape.type_name
    if kind == "structure":
        if unknown := set(value) - set(shape.members):
            raise ValueError(f"{shape.name} has no members {sorted(unknown)}; it has {sorted(shape.members)}")
        return {name: typed(member, shape.members[name]) for name, member in value.items()}
    if kind == "list":
        return [typed(element, shape.member) for element in value]
    if kind == "map":
        return {name: typed(member, shape.value) for name, member in value.items()}
    if kind == "timestamp":
        if isinstance(value, (int, float)):
            return datetime.datetime.fromtimestamp(value, datetime.timezone.utc)
        return datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
    return base64.b64decode(value) if kind == "blob" else value


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "AccountServer"

    def setup(self):
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def log_message(self, *arguments):
        pass

    def handle_request(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.startswith(CONTROL):
            return self._control(body)
        account = self.server.account
        service, is_xml = None, False
        try:
            scope = signature.scope_of(self.headers)
            service = contract.service_of(scope.service, self.command, self.path)
            is_xml = service in ("s3", "sns", "sts", "cloudfront")
            signature.verify(self.command, self.path, self.headers, body, scope)
            try:
                operation, protocol, parameters = contract.read(self.command, self.path, self.headers, body, scope.service)
            except Refusal as refusal:
                account.note(f"{service} {self.command} {self.path}: {refusal}")
                raise
            answer = account.answer(operation, protocol, parameters)
        except Refusal as refusal:
            answer = error_answer(refusal, service, is_xml)
        except Exception as error:  # A fault of this program, or of a description, must look like one.
            account.note(f"{service} {self.command} {self.path}: {error!r}")
            answer = error_answer(Refusal(400, "ValidationException", f"account of a test: {error!r}"), service, is_xml)
        self._send(*answer)

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = do_PATCH = handle_request

    def _control(self, body: bytes):
        account = self.server.account
        with account.lock:
            found = account.problems if urlsplit(self.path).path == CONTROL + "problems" else account.calls
            content = json.dumps(found).encode()
            if self.command == "DELETE":
                account.calls.clear()
                account.problems.clear()
            elif self.command == "PUT" and urlsplit(self.path).path == CONTROL + "throttles":
                account.throttles.update(json.loads(body))
        self._send(200, {"Content-Type": "application/json"}, content)

    def _send(self, status: int, headers: dict, body: bytes):
        self.send_response(status)
        self.send_header("x-amzn-RequestId", "account")
        for name, value in headers.items():
            if name.lower() not in ("content-length", "x-amzn-requestid"):
                text = format_datetime(value, usegmt=True) if isinstance(value, datetime.datetime) else str(value)
                self.send_header(name, text)
        if status not in (204, 304):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and status not in (204, 304):
            self.wfile.write(body)


def error_answer(refusal: Refusal, service: str | None, is_xml: bool) -> tuple[int, dict, bytes]:
    if is_xml:
        error = f"<Error><Code>{refusal.code}</Code><Message>{escape(refusal.message)}</Message></Error>"
        text = error if service == "s3" else f"<ErrorResponse>{error}<RequestId>account</RequestId></ErrorResponse>"
        return refusal.status, {"Content-Type": "application/xml"}, f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode()
    body = json.dumps({"__type": refusal.code, "message": refusal.message}).encode()
    return refusal.status, {"Content-Type": "application/json", "x-amzn-ErrorType": refusal.code}, body


class AccountServer(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, description: Description, port: int = 0, allows_writes: bool = False):
        super().__init__(("127.0.0.1", port), Handler)
        self.account = Account(description, allows_writes)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=pathlib.Path)
    parser.add_argument("--functions", type=int, help="make up an account of so many functions")
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    parser.add_argument("--writes", action="store_true", help="accept what an agent writes")
    arguments = parser.parse_args()
    if (arguments.folder is None) == (arguments.functions is None):
        parser.error("give either a folder or --functions")
    if arguments.functions is not None:
        import generated

        description = generated.account(arguments.functions)
    else:
        description = Description.read(arguments.folder)
    server = AccountServer(description, arguments.port, arguments.writes)
    print(server.url, flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
