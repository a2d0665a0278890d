#!/usr/bin/env python3
"""Runs the image of an agent as a container would, and tells what it did; reads what to do as JSON and writes what happened as JSON.

It is started in new mount, network and process namespaces (isolation.py). The root folder has the files of the image's layer, and besides them what
every container runtime adds: /proc, a few of /dev, /etc/resolv.conf. The agent is the first process of a namespace of its own, as the image's user
where this machine lets it be. The names of AWS lead to a server here, which keeps the agent's first question about its account waiting.
"""

from __future__ import annotations

import contextlib
import gzip
import http.client
import io
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import threading
import time

import empty_root


class Handler(empty_root.Handler):
    """Holds what a session asks about the account, until the process ends."""

    def do_GET(self) -> None:  # noqa: N802  (the name that http.server wants)
        self.server.held.set()
        self.server.released.wait(60)
        self.close_connection = True


class AWS(empty_root.AWS):
    def __init__(self, settings: dict) -> None:
        super().__init__(settings)
        self.RequestHandlerClass = Handler
        self.held, self.released = threading.Event(), threading.Event()


@contextlib.contextmanager
def container_root(layer: pathlib.Path, authority: pathlib.Path | None):
    root = pathlib.Path(tempfile.mkdtemp(prefix="root-"))
    try:
        with tarfile.open(fileobj=io.BytesIO(gzip.decompress(layer.read_bytes()))) as archive:
            archive.extractall(root, filter="fully_trusted") if hasattr(tarfile, "fully_trusted_filter") else archive.extractall(root)
        root.chmod(0o755)
        files = sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())
        for folder in ("proc", "dev"):
            (root / folder).mkdir()
        if authority is not None:
            with open(root / "etc/ssl/certs/ca-certificates.crt", "a", encoding="ascii") as trusted:
                trusted.write(authority.read_text())
        (root / "etc/resolv.conf").write_text(f"nameserver {empty_root.NAME_SERVER}\n")
        for device in empty_root.DEVICES:
            (root / "dev" / device).touch()
            empty_root.mount("--bind", f"/dev/{device}", root / "dev" / device)
        yield root, files
    finally:
        for path in [root / "dev" / device for device in empty_root.DEVICES]:
            subprocess.run(["umount", "--lazy", path], check=False, stderr=subprocess.DEVNULL)
        shutil.rmtree(root)


def ask(method: str, path: str, body: bytes = b"") -> tuple[int, object]:
    connection = http.client.HTTPConnection("127.0.0.1", 8080, timeout=30)
    try:
        connection.request(method, path, body)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def first_ping(agent: subprocess.Popen) -> tuple[int, object]:
    for _ in range(60_000):
        try:
            return ask("GET", "/ping")
        except OSError:
            if agent.poll() is not None:
                raise RuntimeError(f"the agent ended with {agent.returncode} before it answered") from None
            time.sleep(0.001)
    raise RuntimeError("the agent does not answer")


def has_users() -> bool:
    """Whether other users than the own one are in this namespace."""
    return sum(int(line.split()[2]) for line in pathlib.Path("/proc/self/uid_map").read_text().splitlines()) > 65_532


def run(case: dict, root: pathlib.Path, server: AWS) -> dict:
    program = list(case["entrypoint"])
    if "emulator" in case:
        shutil.copy(case["emulator"], root / "emulator")
        program = ["/emulator", *program]
    user = [f"--userspec={case['user']}"] if has_users() else []
    # With the processes of its own namespace under /proc, as a container has them: the library of Swift's tasks looks its threads up there once
    # work has waited for a second, and ends a process whose threads it does not find.
    isolated = ["unshare", "--pid", "--fork", "--kill-child", f"--mount-proc={root / 'proc'}"]
    command = [*isolated, shutil.which("chroot"), *user, str(root), *program]
    with tempfile.TemporaryFile() as output:
        began = time.monotonic()
        agent = subprocess.Popen(command, env=case["environment"], stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/")
        try:
            told: dict = {"ping": first_ping(agent), "milliseconds": (time.monotonic() - began) * 1000}
            process = int(pathlib.Path(f"/proc/{agent.pid}/task/{agent.pid}/children").read_text().split()[0])
            status = dict(line.split(":\t", 1) for line in pathlib.Path(f"/proc/{process}/status").read_text().splitlines() if ":\t" in line)
            told["process"] = {"number": status["NSpid"].split()[-1], "user": status["Uid"].split()[0], "resident": int(status["VmRSS"].split()[0])}
            told["answers"] = [ask("POST", "/invocations", body.encode()) for body in case["bodies"]]
            told["busy"] = ask("GET", "/ping")
            told["held"] = server.held.wait(60)
            began = time.monotonic()
            os.kill(process, signal.SIGTERM)
            told["status"] = agent.wait(timeout=30)
            told["drain"] = time.monotonic() - began
        except (RuntimeError, OSError, subprocess.SubprocessError) as error:
            told = {"problem": f"{type(error).__name__}: {error}"}
        finally:
            server.released.set()
            agent.kill()
            agent.wait()
        output.seek(0)
        return {**told, "output": output.read().decode(errors="replace")}


def main() -> int:
    case = json.load(sys.stdin)
    empty_root.raise_loopback()
    names = empty_root.NameServer()
    names.start()
    server = AWS(case["tls"])
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    with container_root(pathlib.Path(case["layer"]), pathlib.Path(case["authority"])) as (root, files):
        result = run(case, root, server)
    json.dump({**result, "files": files, "requests": server.seen, "names": sorted(set(names.asked))}, sys.stdout)
    return 0


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main())
