"""The functions' processes: children of the local cloud."""

from __future__ import annotations

import os
import pathlib
import signal
import time

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def _statistics(process: int) -> list[str] | None:
    """The fields of /proc/PID/stat from the third on; None for a process that is gone."""
    try:
        return pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return None


def children(parent: int) -> list[int]:
    """Processes that `parent` started and that run."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            fields = _statistics(int(entry))
            if fields is not None and int(fields[1]) == parent and fields[0] != "Z":
                found.append(int(entry))
    return found


def processor_milliseconds(parent: int) -> float:
    """What the children of `parent` have used of the processor, user and system, those that have ended included."""
    fields = _statistics(parent) or []
    ended = (int(fields[13]) + int(fields[14])) * 1000 / TICKS_A_SECOND if fields else 0
    return ended + sum(used_milliseconds(child) for child in children(parent))


def used_milliseconds(process: int) -> float:
    """A running process's time, threads that have ended included. From its processor clock (clock_getcpuclockid(3)), because /proc/PID/stat is cut to
    ticks of 10 ms, more than most of these processes ever use."""
    try:
        return time.clock_gettime((~process << 3) | 2) * 1000
    except OSError:
        return 0


def kill(processes: list[int]) -> int:
    """Ends processes without a chance to tidy up; how many there still were."""
    count = 0
    for process in processes:
        try:
            os.kill(process, signal.SIGKILL)
            count += 1
        except ProcessLookupError:
            pass
    return count
