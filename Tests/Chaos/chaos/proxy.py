"""A proxy between the functions and what they call, which breaks what it is told to.

    python -m chaos.proxy --seed 7 --aws http://127.0.0.1:4566 --model http://127.0.0.1:4567 --rates '{"aws": {...}, "model": {...}}'

It prints one line of JSON with the endpoints to use in place of the two, and ends with its standard input. Nothing is broken until
`POST /_chaos/faults` says {"active": true}; `GET /_chaos/statistics` tells what was. Each connection of a caller has one of its own to the service,
and all bytes pass as they came, so that nothing differs from a connection without the proxy but what is meant to.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import dataclasses
import json
import socket
import struct
import sys
import urllib.parse
from collections.abc import Coroutine
from typing import Any

from chaos import http1
from chaos.chance import Chance
from chaos.faults import PARTIAL_OPERATIONS, Fault, Faults, Injection, answer, conflict, lagging, refusal, with_refused, without_refused

SERVICES = {"dynamodb": "dynamodb", "amazonsqs": "sqs", "awsevents": "events"}


@dataclasses.dataclass(frozen=True)
class Request:
    head: http1.Head
    # As it came, chunks included.
    body: bytes
    service: str
    operation: str

    @property
    def content(self) -> bytes:
        return http1.unchunked(self.body) if self.head.is_chunked else self.body

    @property
    def bytes(self) -> bytes:
        return self.head.raw + self.body


def name(head: http1.Head, side: str) -> tuple[str, str]:
    """The service and the operation that a request is for."""
    if side == "model":
        return "bedrock", "ConverseStream" if head.start[1].split("?")[0].endswith("/converse-stream") else "Converse"
    if target := head.headers.get("x-amz-target"):
        prefix, _, operation = target.rpartition(".")
        return SERVICES.get(prefix.split("_")[0].lower(), prefix), operation
    path = urllib.parse.urlsplit(head.start[1]).path.strip("/")
    return "s3", {"GET": "GetObject", "PUT": "PutObject", "HEAD": "HeadObject", "DELETE": "DeleteObject"}.get(head.start[0], head.start[0]) \
        if "/" in path else f"{head.start[0]}Bucket"


# No caller waits longer: a function is ended before.
LONGEST_HANG_SECONDS = 120


class UpstreamLost(Exception):
    """The service ended the connection without an answer, or before the end of one."""


class Upstream:
    """A caller's connection to the service, made when it is needed."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self.reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def send(self, data: bytes) -> None:
        # A service may end a connection that rests; a caller without a proxy would see that too, and make a new one.
        if self.reader is None or self.reader.at_eof() or self._writer.is_closing():
            self.close()
            self.reader, self._writer = await asyncio.open_connection(self._host, self._port, limit=http1.LONGEST_HEAD)
        self._writer.write(data)
        await self._writer.drain()

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self.reader = self._writer = None


class Side:
    """One endpoint: where its callers come in, and the service behind it."""

    def __init__(self, side: str, upstream: str, faults: Faults) -> None:
        address = urllib.parse.urlsplit(upstream)
        self.side, self.host, self.port, self.faults = side, address.hostname or "127.0.0.1", address.port or 80, faults
        self.forwarded: dict[str, int] = {}
        self.lost: list[str] = []
        self._late: set[asyncio.Task[None]] = set()
        self._serving: set[asyncio.Task[None]] = set()

    async def listen(self) -> str:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=http1.LONGEST_HEAD, backlog=512)
        self._server = server
        return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    # A caller's connection -------------------------------------------------------------------------------------------------

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream = Upstream(self.host, self.port)
        # When a caller has died nobody else holds the task, and its request must be done all the same.
        self._serving.add(asyncio.current_task())
        try:
            while (head := await http1.read_head(reader)) is not None:
                if head.start[1].startswith("/_chaos/"):
                    writer.write(await self.control(head, reader))
                    await writer.drain()
                    break
                if head.headers.get("expect", "").lower() == "100-continue":
                    writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                    head = http1.Head.parse(head.without("expect"))
                content = b"".join([piece async for piece in http1.body(reader, head)])
                request = Request(head, content, *name(head, self.side))
                if not await self._handle(request, upstream, reader, writer) or not head.keeps_alive(head.start[2]):
                    break
        except http1.ProtocolError as error:
            with contextlib.suppress(OSError):
                writer.write(answer(400, f"{error}\n".encode(), "text/plain", {"Connection": "close"}))
        except (ConnectionError, UpstreamLost, TimeoutError) as error:
            if isinstance(error, UpstreamLost):
                self.lost.append(str(error))
            reset(writer)
        except asyncio.CancelledError:
            # The proxy is at its end. A task that is told to be cancelled would be reported as a failure of the callback that this is.
            pass
        finally:
            self._serving.discard(asyncio.current_task())
            upstream.close()
            with contextlib.suppress(OSError):
                writer.close()

    async def _handle(self, request: Request, upstream: Upstream, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answers a request, or not; false when the connection is at its end."""
        injection = self.faults.decide(request.operation)
        fault = injection.fault if injection else None
        if injection is None:
            return await self._relay(request, upstream, writer)
        if fault in (Fault.THROTTLE, Fault.ERROR):
            refused = refusal(request.service, fault, injection.second_kind)
            if request.head.start[0] == "HEAD":
                refused = refused[:refused.index(b"\r\n\r\n") + 4]
            writer.write(refused)
            await writer.drain()
            return True
        if fault is Fault.RESET:
            reset(writer)
            return False
        if fault is Fault.CONFLICT:
            writer.write(conflict(request.operation, json.loads(request.content)))
            await writer.drain()
            return True
        if fault is Fault.HANG:
            if injection.second_kind:
                await self._whole(request, upstream)
            # Nothing more is said to the caller, who gives up at some time.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(reader.read(1), LONGEST_HANG_SECONDS)
            return False
        if fault is Fault.LAG:
            return await self._lag(request, injection, upstream, writer)
        if fault is Fault.LOSE:
            await self._lose(request, upstream, writer, cut=injection.second_kind)
            return False
        if fault is Fault.PARTIAL:
            return await self._partial(request, injection, upstream, writer)
        if fault is Fault.DUPLICATE:
            if not injection.second_kind:
                await self._copy(request)
                return await self._relay(request, upstream, writer)
            kept = await self._relay(request, upstream, writer)
            self._later(self._copy(request, injection.seconds))
            return kept
        if not injection.second_kind:
            await asyncio.sleep(injection.seconds)
        return await self._relay(request, upstream, writer, hold=injection.seconds if injection.second_kind else 0)

    # To the service, and back ----------------------------------------------------------------------------------------------

    async def _forward(self, request: Request, upstream: Upstream, data: bytes | None = None) -> None:
        self.forwarded[request.operation] = self.forwarded.get(request.operation, 0) + 1
        await upstream.send(data or request.bytes)

    async def _head(self, request: Request, upstream: Upstream) -> http1.Head:
        try:
            head = await http1.read_head(upstream.reader)
        except (http1.ProtocolError, ConnectionError) as error:
            raise UpstreamLost(f"{request.operation}: {error}") from error
        if head is None:
            raise UpstreamLost(f"{request.operation}: the service ended the connection without an answer")
        return head

    async def _relay(self, request: Request, upstream: Upstream, writer: asyncio.StreamWriter, hold: float = 0) -> bool:
        await self._forward(request, upstream)
        while True:
            response = await self._head(request, upstream)
            if response.start[1].startswith("1") and response.start[1] != "101":
                writer.write(response.raw)
                continue
            break
        if hold:
            await asyncio.sleep(hold)
        writer.write(response.raw)
        ends = False
        if http1.has_body(request.head, response):
            ends = not response.is_chunked and response.length is None
            try:
                # Piece by piece: a stream is one for the caller too.
                async for piece in http1.body(upstream.reader, response, until_end=True):
                    writer.write(piece)
                    await writer.drain()
            except http1.ProtocolError as error:
                raise UpstreamLost(f"{request.operation}: {error}") from error
        await writer.drain()
        if ends or not response.keeps_alive(response.start[0]):
            upstream.close()
            return False
        return True

    async def _whole(self, request: Request, upstream: Upstream, data: bytes | None = None) -> tuple[http1.Head, bytes]:
        await self._forward(request, upstream, data)
        response = await self._head(request, upstream)
        while response.start[1] == "100":
            response = await self._head(request, upstream)
        if not http1.has_body(request.head, response):
            return response, b""
        try:
            return response, b"".join([piece async for piece in http1.body(upstream.reader, response, until_end=True)])
        except http1.ProtocolError as error:
            raise UpstreamLost(f"{request.operation}: {error}") from error

    async def _lose(self, request: Request, upstream: Upstream, writer: asyncio.StreamWriter, cut: bool) -> None:
        response, content = await self._whole(request, upstream)
        if cut and content:
            writer.write(response.raw + content[:len(content) // 2])
            with contextlib.suppress(ConnectionError):
                await writer.drain()
            # What was written has to leave before the reset, which would take it along.
            await asyncio.sleep(0.01)
        reset(writer)

    async def _copy(self, request: Request, after_seconds: float = 0) -> None:
        """Sends the request on a connection of its own; nobody hears the answer."""
        if after_seconds:
            await asyncio.sleep(after_seconds)
        upstream = Upstream(self.host, self.port)
        try:
            await self._whole(request, upstream)
        except (OSError, UpstreamLost) as error:
            self.lost.append(f"a duplicate: {error}")
        finally:
            upstream.close()

    async def _partial(self, request: Request, injection: Injection, upstream: Upstream, writer: asyncio.StreamWriter) -> bool:
        whole = json.loads(request.content)
        rest, out = without_refused(request.operation, whole, injection)
        taken: dict[str, Any] = {}
        if rest[PARTIAL_OPERATIONS[request.operation]]:
            data = json.dumps(rest).encode()
            head = request.head.without("content-length", "transfer-encoding")
            head = head[:-2] + f"Content-Length: {len(data)}\r\n\r\n".encode()
            response, content = await self._whole(request, upstream, head + data)
            if response.start[1] != "200":
                writer.write(response.raw + content)
                return True
            taken = json.loads(http1.unchunked(content) if response.is_chunked else content)
        writer.write(answer(200, json.dumps(with_refused(request.operation, whole, taken, out)).encode(), "application/x-amz-json-1.0"))
        await writer.drain()
        return True

    async def _lag(self, request: Request, injection: Injection, upstream: Upstream, writer: asyncio.StreamWriter) -> bool:
        response, content = await self._whole(request, upstream)
        if response.start[1] != "200":
            writer.write(response.raw + content)
            return True
        body = json.loads(http1.unchunked(content) if response.is_chunked else content)
        writer.write(answer(200, json.dumps(lagging(body, injection)).encode(), "application/x-amz-json-1.0"))
        await writer.drain()
        return True

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._late.add(task)
        task.add_done_callback(self._late.discard)

    # For who runs the chaos ------------------------------------------------------------------------------------------------

    async def control(self, head: http1.Head, reader: asyncio.StreamReader) -> bytes:
        content = b"".join([piece async for piece in http1.body(reader, head)])
        if head.start[:2] == ("POST", "/_chaos/faults"):
            self.faults.active = bool(json.loads(content)["active"])
        statistics = {
            "active": self.faults.active, "forwarded": self.forwarded, "faults": self.faults.counts, "lost": self.lost, "late": len(self._late)}
        return answer(200, json.dumps(statistics).encode(), "application/json", {"Connection": "close"})


def reset(writer: asyncio.StreamWriter) -> None:
    """Ends a connection so that the other side gets "connection reset by peer", and nothing that was not sent yet."""
    with contextlib.suppress(OSError, AttributeError):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def run(options: argparse.Namespace) -> None:
    sides = {}
    for side, upstream in (("aws", options.aws), ("model", options.model)):
        rates = {Fault(fault): rate for fault, rate in options.rates.get(side, {}).items()}
        sides[side] = Side(side, upstream, Faults(Chance(options.seed), rates))
    print(json.dumps({side: await served.listen() for side, served in sides.items()}), flush=True)
    # Whoever started this holds the other end.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--aws", required=True, metavar="URL")
    parser.add_argument("--model", required=True, metavar="URL")
    parser.add_argument("--rates", type=json.loads, default={}, help='JSON: {"aws": {"reset": 1.0}, "model": {}}, of a hundred requests')
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
