"""The packaged worker as its own sandbox's child, and the filter of its system calls, instruction by instruction."""

from __future__ import annotations

import collections.abc
import json
import pathlib
import signal
import struct
import subprocess

import pytest
from conftest import ARCHITECTURE, FOREIGN, ROOT, emulator

BUILT = ROOT / ".build" / (f"functions-{ARCHITECTURE}" if FOREIGN else "functions")
LOCKS = {"environment", "descriptors", "resources", "privileges", "dumpable", "system_calls"}


def frame(kind: str, payload: bytes, call: int = 0) -> bytes:
    return struct.pack("<IBI", len(payload), ord(kind), call) + payload


def run(source: str, **limits: int) -> tuple[dict[str, object], str, object, int]:
    """What the child says of its locks, the kind and the content of its last frame, and its exit status."""
    begin = {
        # Emulation has neither the filter nor every limit, and says so.
        "task": "run", "lockPolicy": "available" if FOREIGN else "required", "moduleName": "m.js", "hasTools": True, "functions": ["log", "now", "random"],
        "limits": limits, "nowMilliseconds": 1_700_000_000_123, "randomSeed": "0123" * 16,
    }
    child = subprocess.Popen(
        [*emulator().values(), BUILT / "WorkerWrapper" / "bootstrap", "--run-sandboxed-module"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={})
    child.stdin.write(frame("B", json.dumps(begin).encode()) + frame("M", source.encode()) + frame("I", b'{"n": 2}'))
    child.stdin.flush()
    frames: list[tuple[str, object]] = []
    while header := child.stdout.read(9):
        length, kind, call = struct.unpack("<IBI", header)
        frames.append((chr(kind), json.loads(child.stdout.read(length))))
        if frames[-1][0] == "C":
            child.stdin.write(frame("A", b'{"rows": 3}', call))
            child.stdin.flush()
        if frames[-1][0] in "RF":
            break
    child.stdin.close()
    child.stdout.close()
    return frames[0][1], *frames[-1], child.wait(timeout=60)


def test_the_worker_is_its_own_child() -> None:
    locked, kind, result, status = run("export default async (input, host) => ({n: input.n, ...await host.callTool('t', {}), at: Date.now()})")
    assert (kind, result, status) == ("R", {"n": 2, "rows": 3, "at": 1_700_000_000_123}, 0)
    assert set(locked["held"]) | {missing["lock"] for missing in locked["missing"]} == LOCKS
    assert FOREIGN or locked["missing"] == []


@pytest.mark.parametrize(("source", "code"), [
    ("export default () => { for (;;); }", "cpu_limit"),
    ("export default () => { const a = []; for (;;) a.push(new Array(1000).fill(1)) }", "memory_limit"),
    ("export default function f() { return f() + 1 }", "recursion_limit"),
    ("export default () => new Promise(() => {})", "never_settles"),
    ("export default () => (() => {}).constructor('return 1')()", "threw"),
    ("import 'std'; export default () => 1", "compile_error"),
    ("export default () => 1n", "invalid_result"),
])
def test_limits_hold_without_unwind_tables(source: str, code: str) -> None:
    _, kind, failure, status = run(source, cpuMilliseconds=200, memoryBytes=16 << 20)
    assert (kind, failure["code"], status) == ("F", code, 0), failure


def test_the_kernel_ends_what_never_asks_the_time() -> None:
    *_, status = run("export default () => new Array(1e9).join('x')", cpuMilliseconds=200)
    assert status == -signal.SIGPROF


# --- The filter: run here as the kernel would run it, since emulation does not

AUDIT = {"x86_64": 0xC000003E, "arm64": 0xC00000B7}
NUMBERS = {
    "x86_64": {"read": 0, "write": 1, "mmap": 9, "munmap": 11, "brk": 12, "mremap": 25, "madvise": 28, "futex": 202, "clock_gettime": 228, "exit_group": 231},
    "arm64": {"read": 63, "write": 64, "mmap": 222, "munmap": 215, "brk": 214, "mremap": 216, "madvise": 233, "futex": 98, "clock_gettime": 113,
              "exit_group": 94},
}
KILL, ALLOW = 0x80000000, 0x7FFF0000


@pytest.fixture(scope="module")
def allows(tmp_path_factory: pytest.TempPathFactory) -> collections.abc.Callable[..., bool]:
    folder = tmp_path_factory.mktemp("filter")
    sysroot = ["--target=aarch64-unknown-linux-gnu", f"--sysroot={ROOT}/.build/cross-arm64/sysroot"] if FOREIGN else []
    source = ROOT / "Sources/CSandboxLock/filter.c"
    subprocess.run(["clang", *sysroot, "-O2", "-fdata-sections", "-c", source, "-o", folder / "filter.o"], check=True)
    subprocess.run(["llvm-objcopy", f"--dump-section=.rodata.instructions={folder / 'program'}", folder / "filter.o"], check=True)
    program = list(struct.iter_unpack("<HBBI", (folder / "program").read_bytes()))
    return lambda number, *arguments, architecture=AUDIT[ARCHITECTURE]: decide(program, architecture, number, arguments)


def decide(program: list[tuple[int, int, int, int]], architecture: int, number: int, arguments: tuple[int, ...]) -> bool:
    data = struct.pack("<IIQ6Q", number, architecture, 0, *(value & (1 << 64) - 1 for value in [*arguments, *[0] * (6 - len(arguments))]))
    place = accumulator = 0
    while True:
        code, if_true, if_false, value = program[place]
        place += 1
        if code == 0x20:  # load a word
            accumulator = struct.unpack_from("<I", data, value)[0]
        elif code == 0x54:  # and
            accumulator &= value
        elif code in (0x15, 0x35):  # jump if equal, if greater or equal
            place += if_true if (accumulator == value if code == 0x15 else accumulator >= value) else if_false
        else:
            assert code == 0x06 and value in (KILL, ALLOW), (code, value)
            return value == ALLOW


def test_the_filter_lets_these_calls_through_and_no_others(allows: collections.abc.Callable[..., bool]) -> None:
    number = NUMBERS[ARCHITECTURE]
    good = {
        "read": [(0, 1, 1)], "write": [(1, 1, 1)], "munmap": [(1, 1)], "brk": [(0,)], "exit_group": [(1,)], "clock_gettime": [(2, 1)],
        "mmap": [(0, 4096, 3, 0x22, -1, 0), (0, 4096, 0, 0x4022, 0xFFFFFFFF, 0)], "mremap": [(1, 1, 1, 1)], "madvise": [(1, 1, 4)],
        "futex": [(1, 1), (1, 0x81)],
    }
    bad = {
        "read": [(1,), (3,)], "write": [(0,), (2,), (3,)], "clock_gettime": [(0,), (1,), (3,)], "madvise": [(1, 1, 8), (1, 1, 100)],
        "mmap": [(0, 1, 4, 0x22, -1), (0, 1, 7, 0x22, -1), (0, 1, 3, 0x21, -1), (0, 1, 3, 0x32, -1), (0, 1, 3, 0x02, 3), (0, 1, 3, 0x22, 0),
                 (0, 1, 3 | 1 << 32, 0x22, -1), (0, 1, 3, 0x22 | 1 << 40, -1), (0, 1, 3, 0x20, -1), (0, 1, 0x01000003, 0x22, -1)],
        "mremap": [(1, 1, 1, 0), (1, 1, 1, 3), (1, 1, 1, 5)], "futex": [(1, 0), (1, 0x80), (1, 6), (1, 0x101)],
    }
    assert set(good) == set(number)
    for name, calls in good.items():
        for arguments in calls:
            assert allows(number[name], *arguments), (name, arguments)
            for other in (architecture for architecture in [*AUDIT.values(), 0x40000003, 0x40000028] if architecture != AUDIT[ARCHITECTURE]):
                assert not allows(number[name], *arguments, architecture=other), (name, other)
    for name, calls in bad.items():
        for arguments in calls:
            assert not allows(number[name], *arguments), (name, arguments)
    # Whatever the arguments, also those that would do for another call.
    for arguments in [(), *(arguments for calls in good.values() for arguments in calls)]:
        for other in [*range(1000), 0x40000000 | number["read"], 0x40000000 | number["write"], 0xFFFFFFFF]:
            if other not in number.values():
                assert not allows(other, *arguments), other
