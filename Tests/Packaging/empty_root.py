#!/usr/bin/env python3
"""Runs packaged functions in an empty root folder, on a network of their own; reads what to do as JSON and writes what happened as JSON.

It is started in new mount, network and process namespaces (isolation.py), so that what it mounts and where it listens is nobody else's. The
root folder has the content of the zip in /var/task, as on Lambda, and besides /proc, a few of /dev, /tmp and /etc/resolv.conf: neither a
shell nor a library. `arbiter invoke` serves the Runtime API; the names of AWS lead to a server here that answers for DynamoDB, EventBridge and AgentCore.
"""

from __future__ import annotations

import contextlib
import fcntl
import http.server
import json
import os
import pathlib
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import zipfile

NAME_SERVER = "127.0.0.53"
DEVICES = ("null", "zero", "full", "random", "urandom")
ANSWERS = {"Query": {"Items": [], "Count": 0, "ScannedCount": 0}, "PutEvents": {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}}


def raise_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        # SIOCSIFFLAGS with IFF_UP.
        fcntl.ioctl(control, 0x8914, struct.pack("16sh14x", b"lo", 1))


class NameServer(threading.Thread):
    """Answers for *.amazonaws.com with an address of this machine, and that there are no others. RFC 1035, section 4."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.asked: list[str] = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((NAME_SERVER, 53))

    def run(self) -> None:
        while True:
            query, client = self.socket.recvfrom(512)
            labels, position = [], 12
            while query[position]:
                labels.append(query[position + 1:position + 1 + query[position]].decode("ascii"))
                position += 1 + query[position]
            name, question = ".".join(labels).lower(), query[12:position + 5]
            kind = struct.unpack_from(">H", query, position + 1)[0]
            known = name.endswith(".amazonaws.com")
            self.asked.append(name)
            answer = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + socket.inet_aton("127.0.0.1") if known and kind == 1 else b""
            header = query[:2] + struct.pack(">HHHHH", 0x8180 if known else 0x8183, 1, 1 if answer else 0, 0, 0)
            self.socket.sendto(header + question + answer, client)


class AWS(http.server.ThreadingHTTPServer):
    """Answers signed requests over TLS, and keeps of each how it came."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, settings: dict) -> None:
        super().__init__(("127.0.0.1", 443), Handler)
        self.seen: list[dict] = []
        self.failed_handshakes: list[str] = []
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(settings["chain"], settings["key"])
        if version := settings.get("version"):
            self.context.minimum_version = self.context.maximum_version = ssl.TLSVersion[version]
        if group := settings.get("group"):
            self.context.set_ecdh_curve(group)
        if cipher := settings.get("cipher"):
            self.context.set_ciphers(cipher)

    def finish_request(self, request: socket.socket, client_address: tuple[str, int]) -> None:
        try:
            with self.context.wrap_socket(request, server_side=True) as connection:
                super().finish_request(connection, client_address)
        except (OSError, ssl.SSLError) as error:
            self.failed_handshakes.append(str(error))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:  # noqa: N802  (the name that http.server wants)
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        operation = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        self.server.seen.append({
            "host": self.headers["Host"], "operation": operation, "signed": self.headers.get("Authorization", "").startswith("AWS4-HMAC-SHA256 "),
            "body": body.decode(errors="replace"), "version": self.connection.version(), "cipher": self.connection.cipher()[0],
        })
        answer = json.dumps(ANSWERS.get(operation, {})).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *arguments: object) -> None:
        pass


def mount(*arguments: str | pathlib.Path) -> None:
    subprocess.run(["mount", *map(str, arguments)], check=True)


@contextlib.contextmanager
def empty_root(package: pathlib.Path, authority: pathlib.Path | None, files: dict[str, str]):
    """A root folder with the zip's content and nothing to lean on; the authority's certificate is added to those that the zip trusts, and the
    files, by their places in the root, are what a test wants there."""
    root = pathlib.Path(tempfile.mkdtemp(prefix="root-"))
    try:
        for folder in ("var/task", "proc", "dev", "tmp", "etc"):
            (root / folder).mkdir(parents=True)
        with zipfile.ZipFile(package) as archive:
            for entry in archive.infolist():
                archive.extract(entry, root / "var/task")
                (root / "var/task" / entry.filename).chmod(entry.external_attr >> 16 & 0o777)
        if authority is not None:
            with open(root / "var/task/cacert.pem", "a", encoding="ascii") as trusted:
                trusted.write(authority.read_text())
        (root / "etc/resolv.conf").write_text(f"nameserver {NAME_SERVER}\n")
        for name, source in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, root / name)
        mount("--rbind", "/proc", root / "proc")
        for device in DEVICES:
            (root / "dev" / device).touch()
            mount("--bind", f"/dev/{device}", root / "dev" / device)
        yield root
    finally:
        for path in [root / "proc", *(root / "dev" / device for device in DEVICES)]:
            subprocess.run(["umount", "--lazy", path], check=False, stderr=subprocess.DEVNULL)
        shutil.rmtree(root)


def invoke(case: dict, root: pathlib.Path) -> dict:
    """One invocation; `arbiter invoke` believes that this script is the bootstrap."""
    with tempfile.TemporaryDirectory() as folder:
        wrapper = pathlib.Path(folder) / "bootstrap"
        emulator = ""
        if "emulator" in case:
            # A program for another processor, and what runs it: static, so it needs nothing in the root either.
            shutil.copy(case["emulator"], root / "tmp/emulator")
            emulator = "/tmp/emulator "
        # The function gets the variables that Lambda sets, and none of the shell's.
        wrapper.write_text(f"#!/bin/sh\nchroot={shutil.which('chroot')}\nunset PATH HOME PWD OLDPWD SHLVL\nexec $chroot '{root}' {emulator}/var/task/bootstrap\n")
        wrapper.chmod(0o755)
        variables = {
            "AWS_ENDPOINT_URL": "", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "", "AWS_ENDPOINT_URL_BEDROCK_AGENTCORE": "", "AWS_REGION": "us-east-1",
            "LAMBDA_TASK_ROOT": "/var/task",
            **case.get("environment", {}),
        }
        settings = [part for name, value in variables.items() for part in ("--set", f"{name}={value}")]
        command = [case["arbiter"], "invoke", str(wrapper), "--event", case["event"], "--json", "--timeout", "60", *settings]
        done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, cwd=case["folder"])
    try:
        return {"told": json.loads(done.stdout), "logs": done.stderr}
    except ValueError:
        return {"told": None, "logs": f"arbiter invoke ended with {done.returncode}\n{done.stdout}{done.stderr}"}


def main() -> int:
    task = json.load(sys.stdin)
    raise_loopback()
    names = NameServer()
    names.start()
    results = []
    for case in task["cases"]:
        server = AWS(case["tls"])
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        names.asked.clear()
        authority = pathlib.Path(case["authority"]) if case.get("authority") else None
        with empty_root(pathlib.Path(case["package"]), authority, case.get("files", {})) as root:
            result = invoke(case, root)
        server.shutdown()
        server.server_close()
        results.append({**result, "requests": server.seen, "failedHandshakes": server.failed_handshakes, "names": sorted(set(names.asked))})
    json.dump(results, sys.stdout)
    return 0


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main())
