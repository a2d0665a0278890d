"""HTTP/1.1 as a proxy needs it: where messages end. Bytes stay as they came."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator

# Bytes of a start line with its headers.
LONGEST_HEAD = 256 * 1024
PIECE = 64 * 1024


class ProtocolError(Exception):
    """The other side does not speak HTTP/1.1; the message says in what."""


@dataclasses.dataclass(frozen=True)
class Head:
    """A start line and its headers."""

    raw: bytes
    start: tuple[str, str, str]
    # Lower-case names.
    headers: dict[str, str]

    @classmethod
    def parse(cls, raw: bytes) -> Head:
        lines = raw.decode("latin-1").split("\r\n")
        start = lines[0].split(" ", 2)
        if len(start) == 2:
            # A reason phrase may be missing, also without the space before it.
            start.append("")
        if len(start) != 3:
            raise ProtocolError(f"the start line is {lines[0]!r}")
        headers: dict[str, str] = {}
        for line in lines[1:]:
            if not line:
                continue
            name, colon, value = line.partition(":")
            if not colon or not name or name != name.strip():
                raise ProtocolError(f"a header is {line!r}")
            key, value = name.lower(), value.strip()
            headers[key] = f"{headers[key]}, {value}" if key in headers else value
        return cls(raw, (start[0], start[1], start[2]), headers)

    def without(self, *names: str) -> bytes:
        """The bytes without some headers."""
        lines = self.raw.split(b"\r\n")
        kept = [line for line in lines[1:] if line.split(b":", 1)[0].decode("latin-1").lower() not in names]
        return b"\r\n".join([lines[0], *kept])

    @property
    def length(self) -> int | None:
        text = self.headers.get("content-length")
        if text is None:
            return None
        values = {part.strip() for part in text.split(",")}
        if len(values) != 1 or not text.split(",")[0].strip().isdigit():
            raise ProtocolError(f"the content length is {text!r}")
        return int(values.pop())

    @property
    def is_chunked(self) -> bool:
        return self.headers.get("transfer-encoding", "").lower().split(",")[-1].strip() == "chunked"

    def keeps_alive(self, version: str) -> bool:
        tokens = {token.strip().lower() for token in self.headers.get("connection", "").split(",")}
        return "keep-alive" in tokens if version == "HTTP/1.0" else "close" not in tokens


async def read_head(reader: asyncio.StreamReader) -> Head | None:
    """The next message's head; None when the other side has ended between two messages."""
    while True:
        try:
            raw = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError as error:
            if error.partial.strip():
                raise ProtocolError("the connection ended inside of a head") from error
            return None
        except asyncio.LimitOverrunError as error:
            raise ProtocolError(f"a head has more than {LONGEST_HEAD} bytes") from error
        # RFC 9112, 2.2: empty lines before a start line are to be ignored.
        if stripped := raw.lstrip(b"\r\n"):
            return Head.parse(stripped)


def has_body(request: Head, response: Head) -> bool:
    """RFC 9112, 6.3."""
    status = int(response.start[1])
    return request.start[0] != "HEAD" and status >= 200 and status not in (204, 304)


def body(reader: asyncio.StreamReader, head: Head, *, until_end: bool = False) -> AsyncIterator[bytes]:
    """The bytes of a body as they come, framing included; `until_end` for a response without a length."""
    if head.is_chunked:
        return _chunks(reader)
    length = head.length
    if length is not None:
        return _counted(reader, length)
    return _rest(reader) if until_end else _counted(reader, 0)


async def _counted(reader: asyncio.StreamReader, length: int) -> AsyncIterator[bytes]:
    while length:
        piece = await reader.read(min(length, PIECE))
        if not piece:
            raise ProtocolError(f"the connection ended {length} bytes before the end of a body")
        length -= len(piece)
        yield piece


async def _rest(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while piece := await reader.read(PIECE):
        yield piece


async def _chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    try:
        while True:
            line = await reader.readuntil(b"\r\n")
            text = line.split(b";", 1)[0].strip()
            try:
                size = int(text, 16)
            except ValueError as error:
                raise ProtocolError(f"the size of a chunk is {text!r}") from error
            yield line
            if size == 0:
                break
            async for piece in _counted(reader, size):
                yield piece
            end = await reader.readexactly(2)
            if end != b"\r\n":
                raise ProtocolError("a chunk is longer than it says")
            yield end
        # Trailers, and the empty line after them.
        while True:
            line = await reader.readuntil(b"\r\n")
            yield line
            if line == b"\r\n":
                return
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
        raise ProtocolError("the connection ended inside of a chunk") from error


def unchunked(raw: bytes) -> bytes:
    """What a body in chunks says."""
    found, place = [], 0
    while True:
        end = raw.index(b"\r\n", place)
        size = int(raw[place:end].split(b";", 1)[0], 16)
        if size == 0:
            return b"".join(found)
        found.append(raw[end + 2:end + 2 + size])
        place = end + 2 + size + 2
