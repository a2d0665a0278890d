#!/usr/bin/env python3
"""An AWS that knows botocore's service models by heart: it answers a request that is right and refuses one that is not.

    oracle.py [--port PORT]        prints its URL as the first line and serves on 127.0.0.1 until it is ended

Each request is parsed, checked member by member against the model (unknown members are refused), and its Signature Version 4 is
recomputed with the secret of the access key AKIATEST, with or without a session token. Errors look like the service's own.
GET /_oracle/log is what was asked so far, as JSON: service, operation, parameters, and the reason of a refusal. DELETE empties it.
"""

import argparse
import http.server
import json
import socket
import sys
import threading
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

import answers
import contract
import signature
from refusal import Refusal

LOG_PATH = "/_oracle/log"


class Log:
    """What was asked, in the order of arrival."""

    def __init__(self):
        self._entries = []
        self._lock = threading.Lock()

    def add(self, entry: dict) -> None:
        with self._lock:
            self._entries.append(entry)

    def entries(self) -> list[dict]:
        with self._lock:
            return list(self._entries)

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "Oracle"

    def setup(self):
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def log_message(self, *arguments):
        pass

    def handle_request(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if urlsplit(self.path).path == LOG_PATH:
            return self._serve_log()
        entry = {"service": None, "operation": None, "parameters": None, "refused": None, "provoked": False}
        try:
            status, headers, answer = self._serve(body, entry)
        except Refusal as refusal:
            # What the service itself refuses (no such key, a condition that fails) is an answer, not a fault of the request.
            if entry["parameters"] is None:
                entry["refused"] = f"{refusal.code}: {refusal.message}"
            status, headers, answer = self._error(refusal, entry["service"])
        except Exception as error:  # A fault of the oracle must look like one.
            entry["refused"] = f"oracle: {error!r}"
            status, headers, answer = self._error(Refusal(500, "InternalFailure", repr(error)), entry["service"])
        self.server.log.add(entry)
        self._send(status, headers, answer)

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = do_PATCH = handle_request

    def _serve(self, body: bytes, entry: dict):
        if self.headers.get("Transfer-Encoding"):
            raise Refusal(411, "MissingContentLength", "AWS wants a Content-Length, not a Transfer-Encoding")
        unsigned = contract.unsigned_service(self.command, self.path, body) if self.headers.get("Authorization") is None else None
        if unsigned:
            entry["service"] = unsigned
            operation, protocol, parameters = contract.read(self.command, self.path, self.headers, body, unsigned)
        else:
            scope = signature.scope_of(self.headers)
            entry["service"] = contract.service_of(scope.service, self.command, self.path)
            entry["provoked"] = scope.key == signature.REFUSED_KEY
            entry["session_token"] = self.headers.get("X-Amz-Security-Token") is not None
            signature.verify(self.command, self.path, self.headers, body, scope)
            operation, protocol, parameters = contract.read(self.command, self.path, self.headers, body, scope.service)
        entry["operation"] = operation.name
        if unsigned and operation.auth_type != "none":
            raise Refusal(403, "MissingAuthenticationToken", f"{operation.name} must be signed")
        if not unsigned and operation.auth_type == "none":
            raise Refusal(403, "SignatureDoesNotMatch", f"{operation.name} is not signed by anybody: it brings credentials about")
        entry["parameters"] = json.loads(json.dumps(parameters, default=str))
        return self.server.answers.answer(operation, protocol, parameters)

    def _error(self, refusal: Refusal, service: str | None):
        if service == "s3":
            text = f"<Code>{refusal.code}</Code><Message>{escape(refusal.message)}</Message><RequestId>oracle</RequestId>"
            body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{text}</Error>'
            return refusal.status, {"Content-Type": "application/xml"}, body.encode()
        if service in ("sts", "sns", "cloudfront"):
            text = f"<Type>Sender</Type><Code>{refusal.code}</Code><Message>{escape(refusal.message)}</Message>"
            body = f"<ErrorResponse><Error>{text}</Error><RequestId>oracle</RequestId></ErrorResponse>"
            return refusal.status, {"Content-Type": "text/xml"}, body.encode()
        body = json.dumps({"__type": refusal.code, "message": refusal.message}).encode()
        return refusal.status, {"Content-Type": "application/json", "x-amzn-ErrorType": refusal.code}, body

    def _serve_log(self):
        if self.command == "DELETE":
            self.server.log.clear()
        self._send(200, {"Content-Type": "application/json"}, json.dumps(self.server.log.entries()).encode())

    def _send(self, status: int, headers: dict[str, str], body: bytes):
        self.send_response(status)
        self.send_header("x-amzn-RequestId", "oracle")
        for name, value in headers.items():
            if name.lower() not in ("content-length", "x-amzn-requestid"):
                self.send_header(name, str(value))
        bodiless = status in (204, 304)
        if not bodiless:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and not bodiless:
            self.wfile.write(body)


class Oracle(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int = 0):
        super().__init__(("127.0.0.1", port), Handler)
        self.log = Log()
        self.answers = answers.Answers()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    oracle = Oracle(parser.parse_args().port)
    print(oracle.url, flush=True)
    try:
        oracle.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
