"""A folder that looks like a checkout, for commands that start and stop things: its own state and ports, and a way to see what is left running."""

from __future__ import annotations

import os
import pathlib
import socket
import subprocess

from harness.cloud import ARBITER, ROOT


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on, all different."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


class Checkout:
    """The programs are the real checkout's, the state is its own. `close` ends what a failed test has left."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder.resolve()
        for name in ("Scripts", "Demo", ".venv", "dist"):
            (self.folder / name).symlink_to(ROOT / name)
        self.port, self.model_port = free_ports(2)
        self.state = self.folder / ".arbiter"

    def environment(self, **variables: str) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), "ARBITER_PROJECT": str(self.folder), **variables}

    def arbiter(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([ARBITER, *arguments], cwd=ROOT, env=self.environment(**variables), capture_output=True, text=True, check=False,
                              timeout=60)

    def up(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return self.arbiter("local", "up", "--port", str(self.port), "--model-port", str(self.model_port), *arguments, **variables)

    def left_running(self) -> list[str]:
        """Every process that has to do with this folder, as its number and its command: in its arguments, its environment or an open file."""
        return [f"{process} {command}" for process, command in self._traces()]

    def listening(self) -> list[int]:
        """Those of its ports that somebody listens on."""
        found = []
        for port in (self.port, self.model_port):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    found.append(port)
        return found

    def close(self) -> None:
        self.arbiter("local", "down")
        for process, _ in self._traces():
            try:
                os.kill(process, 9)
            except ProcessLookupError:
                pass

    def _traces(self) -> list[tuple[int, str]]:
        mark, found = str(self.folder).encode(), []
        for entry in pathlib.Path("/proc").iterdir():
            if not entry.name.isdigit() or int(entry.name) == os.getpid():
                continue
            try:
                command = (entry / "cmdline").read_bytes()
                # A process that has ended and waits to be asked for its status has no arguments any more.
                if command and (mark in command or mark in (entry / "environ").read_bytes() or self._has_open(entry, mark)):
                    found.append((int(entry.name), command.replace(b"\0", b" ").decode(errors="replace")))
            except OSError:
                continue
        return found

    @staticmethod
    def _has_open(process: pathlib.Path, mark: bytes) -> bool:
        for descriptor in (process / "fd").iterdir():
            try:
                if mark in os.fsencode(os.readlink(descriptor)):
                    return True
            except OSError:
                continue
        return False
