"""A program at a terminal of its own, where keys can be pressed."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

INTERRUPT = b"\x03"


class Terminal:
    """Runs a program with a terminal as all three of its streams. `text` is what it has written so far."""

    def __init__(self, command: list[str], cwd: str, environment: dict[str, str], columns: int = 100, rows: int = 40) -> None:
        self.process, self._master = pty.fork()
        if self.process == 0:
            try:
                os.chdir(cwd)
                os.execvpe(command[0], command, environment)
            finally:
                os._exit(127)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.text = ""

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            os.killpg(self.process, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
        os.close(self._master)

    def press(self, key: bytes) -> None:
        os.write(self._master, key)

    def read_until(self, pattern: str, seconds: float = 60) -> re.Match[str]:
        """Reads until the whole text matches."""
        deadline = time.monotonic() + seconds
        while True:
            if found := re.search(pattern, self.text):
                return found
            assert self._read(deadline), f"never came: {pattern}\n{self.text}"

    def end(self, seconds: float = 60) -> int:
        """Reads until the program has ended and closed the terminal; its exit status, negative for a signal."""
        deadline = time.monotonic() + seconds
        while self._read(deadline):
            pass
        assert time.monotonic() < deadline, f"it goes on:\n{self.text}"
        return os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])

    def _read(self, deadline: float) -> bool:
        ready, _, _ = select.select([self._master], [], [], max(0, deadline - time.monotonic()))
        if not ready:
            return False
        try:
            read = os.read(self._master, 65536)
        except OSError:
            # How Linux says that nobody has the other end open any more.
            return False
        self.text += read.decode(errors="replace")
        return bool(read)
