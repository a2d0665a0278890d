"""The fault proxy as a process of its own, from the side of who runs the chaos."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from typing import Any

HERE = pathlib.Path(__file__).resolve().parent


@dataclasses.dataclass
class Proxies:
    """One process, two endpoints: in front of the AWS services, and of the model."""

    process: subprocess.Popen[str]
    aws: str
    model: str

    @classmethod
    def start(cls, seed: int, aws: str, model: str, rates: Mapping[str, Mapping[str, float]]) -> Proxies:
        """`aws` and `model` are the endpoints behind; `rates` those of faults by side, of a hundred requests."""
        process = subprocess.Popen(
            [sys.executable, "-m", "chaos.proxy", "--seed", str(seed), "--aws", aws, "--model", model, "--rates", json.dumps(rates)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=HERE.parent)
        line = process.stdout.readline()
        if not line:
            raise RuntimeError("the fault proxy did not start; it said why above")
        return cls(process, **json.loads(line))

    def stop(self) -> None:
        self.process.stdin.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def activate(self, active: bool) -> None:
        for endpoint in (self.aws, self.model):
            self._control(endpoint, "/_chaos/faults", {"active": active})

    def statistics(self, side: str) -> dict[str, Any]:
        return self._control({"aws": self.aws, "model": self.model}[side], "/_chaos/statistics")

    @staticmethod
    def _control(endpoint: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(endpoint + path, data), timeout=10) as answered:
            return json.loads(answered.read())
