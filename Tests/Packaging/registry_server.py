"""A registry for tests: it keeps blobs and manifests in memory, wants its token, and can fail as a network does."""

from __future__ import annotations

import hashlib
import http.server
import json
import re
import threading
import urllib.parse

TOKEN = "QVdTOnNlY3JldA=="


class RegistryServer(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, repository: str = "arbiter/cost-agent") -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.repository = repository
        self.blobs: dict[str, bytes] = {}
        self.manifests: dict[str, bytes] = {}
        self.uploads: dict[str, bytearray] = {}
        self.requests: list[str] = []
        # Bytes after which the next upload breaks off, one entry an upload.
        self.breaks: list[int] = []
        # Statuses that the next requests get instead of an answer.
        self.failures: list[int] = []
        self.elsewhere = ""
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: RegistryServer

    def log_message(self, *arguments: object) -> None:
        pass

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def refuse(self, status: int, code: str) -> None:
        self.answer(status, json.dumps({"errors": [{"code": code, "message": "no"}]}).encode())

    def handle_request(self) -> None:
        registry, length = self.server, int(self.headers.get("Content-Length", "0"))
        registry.requests.append(f"{self.command} {self.path}")
        url = urllib.parse.urlsplit(self.path)
        if self.command == "PATCH" and registry.breaks:
            upload = registry.uploads[url.path.rpartition("/")[2]]
            upload += self.rfile.read(min(length, registry.breaks.pop(0)))
            self.close_connection = True
            self.connection.close()
            return
        body = self.rfile.read(length)
        if registry.failures:
            self.refuse(registry.failures.pop(0), "UNAVAILABLE")
        elif self.headers.get("Authorization") != f"Basic {TOKEN}":
            self.refuse(401, "UNAUTHORIZED")
        elif not (match := re.fullmatch(rf"/v2/{re.escape(registry.repository)}/(blobs/uploads|blobs|manifests)/(.*)", url.path)):
            self.refuse(404, "NAME_UNKNOWN")
        else:
            self.serve(match[1], match[2], urllib.parse.parse_qs(url.query), body)

    do_HEAD = do_GET = do_POST = do_PATCH = do_PUT = handle_request  # noqa: N815  (the names that http.server wants)

    def serve(self, kind: str, name: str, query: dict[str, list[str]], body: bytes) -> None:
        registry, here = self.server, self.path.partition("?")[0]
        if kind == "blobs/uploads":
            if self.command == "POST":
                name = str(len(registry.uploads))
                registry.uploads[name] = bytearray()
                self.answer(202, Location=f"{registry.elsewhere}{here}{name}?state=1")
                return
            upload = registry.uploads[name]
            if self.command == "PATCH":
                if int(self.headers["Content-Range"].partition("-")[0]) != len(upload):
                    self.refuse(416, "RANGE_INVALID")
                    return
                upload += body
            if self.command == "PUT":
                upload += body
                digest = f"sha256:{hashlib.sha256(upload).hexdigest()}"
                if query["digest"] != [digest] or query["state"] != ["1"]:
                    self.refuse(400, "DIGEST_INVALID")
                    return
                registry.blobs[digest] = bytes(upload)
                self.answer(201)
                return
            self.answer(204 if self.command == "GET" else 202, Location=f"{here}?state=1", Range=f"0-{max(0, len(upload) - 1)}")
            return
        kept = registry.blobs if kind == "blobs" else registry.manifests
        if self.command == "PUT":
            named = json.loads(body)
            missing = [part["digest"] for part in [named["config"], *named["layers"]] if part["digest"] not in registry.blobs]
            if missing or self.headers["Content-Type"] != named["mediaType"]:
                self.refuse(400, "MANIFEST_BLOB_UNKNOWN")
                return
            digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
            kept[name] = kept[digest] = body
            self.answer(201, Docker_Content_Digest=digest)
        elif name in kept:
            self.answer(200, kept[name])
        else:
            self.refuse(404, "UNKNOWN")
