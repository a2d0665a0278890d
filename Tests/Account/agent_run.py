"""Runs the cost agent on an account that is made up, and measures what it took. For the tests of growth and for Benchmarks/cost."""

import dataclasses
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
SESSION = "00000000-0000-0000-0000-{:012d}"
DEADLINE_SECONDS = 300


@dataclasses.dataclass(frozen=True)
class Run:
    functions: int
    # By "service.Operation".
    calls: dict[str, int]
    seconds: float
    # The agent's, in MB of 1,000,000 bytes: its peak, and before the session.
    peak_megabytes: float
    idle_megabytes: float
    # Of the C library, beside the one that grows from the end of the program.
    heaps: int
    problems: list[str]

    @property
    def call_count(self) -> int:
        return sum(self.calls.values())


class RunFailed(Exception):
    """The agent did not come to an end; the message has its log."""


def run(program: pathlib.Path, functions: int) -> Run:
    """One session over an account of so many functions, without a model."""
    with tempfile.TemporaryDirectory() as folder, _server(functions) as account_url, open(f"{folder}/log", "w+") as log:
        port = _free_port()
        agent = subprocess.Popen([program], env=_environment(account_url, port), stdout=log, stderr=subprocess.STDOUT, preexec_fn=_interruptible)
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(agent, log, lambda: _status(url) is not None)
            idle = _peak(agent.pid)
            began = time.monotonic()
            payload = {"session_id": SESSION.format(functions), "s3_bucket_name": "reports-bucket", "ddb_table_name": "Journal"}
            _fetch(f"{url}/invocations", json.dumps(payload).encode())
            _wait(agent, log, lambda: _status(url) == "Healthy" and _is_written(account_url))
            seconds = time.monotonic() - began
            return Run(
                functions, _fetch(f"{account_url}/_account/calls"), seconds, _peak(agent.pid), idle, _heaps(agent.pid),
                _fetch(f"{account_url}/_account/problems"),
            )  # fmt: skip
        finally:
            agent.terminate()
            try:
                agent.wait(20)
            except subprocess.TimeoutExpired:
                agent.kill()
                agent.wait()


class _server:
    """The account, as a process of its own: the agent's time must not be the account's."""

    def __init__(self, functions: int):
        self._functions = functions

    def __enter__(self) -> str:
        self._process = subprocess.Popen(
            [sys.executable, HERE / "account.py", "--functions", str(self._functions), "--writes"], stdout=subprocess.PIPE, text=True,
            preexec_fn=_interruptible,
        )  # fmt: skip
        url = self._process.stdout.readline().strip()
        if not url:
            raise RunFailed("the account did not start")
        return url

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait()
        self._process.stdout.close()


def _interruptible() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _environment(account_url: str, port: int) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | {
        "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "AKIATEST", "AWS_SECRET_ACCESS_KEY": "secret+/x", "AWS_ENDPOINT_URL": account_url,
        "MODEL_ID": "none", "PORT": str(port),
    }  # fmt: skip


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _fetch(url: str, body: bytes | None = None):
    headers = {"Content-Type": "application/json"} if body else {}
    with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=30) as answer:
        return json.load(answer)


def _status(url: str) -> str | None:
    try:
        return _fetch(f"{url}/ping")["status"]
    except OSError:
        return None


def _is_written(account_url: str) -> bool:
    return _fetch(f"{account_url}/_account/calls").get("s3.PutObject", 0) > 0


def _wait(agent: subprocess.Popen, log, is_done) -> None:
    until = time.monotonic() + DEADLINE_SECONDS
    while not is_done():
        if agent.poll() is not None or time.monotonic() > until:
            log.seek(0)
            raise RunFailed(f"the agent ended or did not end in time; its log:\n{log.read()[-4000:]}")
        time.sleep(0.02)


def _peak(pid: int) -> float:
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"^VmHWM:\s+(\d+) kB", text, re.MULTILINE).group(1)) * 1024 / 1e6


def _heaps(pid: int) -> int:
    """glibc reserves 64 MB for each, at a multiple of 64 MB, and makes the beginning of it usable."""
    size = 64 << 20
    pattern = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) (\S{4}) 00000000 00:00 0 *$", re.MULTILINE)
    regions = [(int(begin, 16), int(end, 16), mode) for begin, end, mode in pattern.findall(pathlib.Path(f"/proc/{pid}/maps").read_text())]
    reserved = {begin: end for begin, end, mode in regions if mode == "---p"}
    return sum(mode == "rw-p" and begin % size == 0 and reserved.get(end) == begin + size for begin, end, mode in regions)
