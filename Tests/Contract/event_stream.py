"""Frames of application/vnd.amazon.eventstream, written from the format's description and not by a library under test."""

import json
import struct
import zlib

STRING = 7


def frame(headers: dict[str, str], payload: bytes) -> bytes:
    """One message: lengths, their CRC, headers, payload, the CRC of all before it."""
    block = b"".join(
        struct.pack(">B", len(name)) + name.encode() + struct.pack(">BH", STRING, len(value.encode())) + value.encode()
        for name, value in headers.items()
    )
    prelude = struct.pack(">II", 16 + len(block) + len(payload), len(block))
    message = prelude + struct.pack(">I", zlib.crc32(prelude)) + block + payload
    return message + struct.pack(">I", zlib.crc32(message))


def event(kind: str, payload: dict) -> bytes:
    return frame(
        {":event-type": kind, ":content-type": "application/json", ":message-type": "event"}, json.dumps(payload).encode()
    )
