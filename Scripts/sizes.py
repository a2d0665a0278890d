#!/usr/bin/env python3
"""How large a function is and what takes the room: of the linker's map, of the ELF file and of the zip.

  Scripts/sizes.py MAP LINKED STRIPPED      prints what build-functions.sh keeps beside a bootstrap, as parts.json

Scripts/package.py prints the table.
"""

from __future__ import annotations

import collections
import hashlib
import json
import pathlib
import re
import struct
import sys

# Which archives are which library. The rest are modules of our own by their names, and "other".
LIBRARIES = {
    "libswiftCore.a": "Swift standard library", "libswift_Concurrency.a": "Swift concurrency", "libdispatch.a": "Swift concurrency",
    "libBlocksRuntime.a": "Swift concurrency", "libswiftSynchronization.a": "Swift standard library", "libswiftGlibc.a": "Swift standard library",
    "libcrypto.a": "OpenSSL", "libssl.a": "OpenSSL", "libcurl.a": "libcurl", "libz.a": "zlib", "libmicrohttpd.a": "libmicrohttpd", "libstdc++.a": "C++ library",
    "libc.a": "C library", "libm.a": "C library", "libgcc.a": "C library", "libgcc_eh.a": "C library",
}
# An AWS-using function may be this large as a zip, and one that runs modules, with the engine in it, that large; `make bench` shows the same bars.
ZIP_BAR, MODULE_ZIP_BAR = 5_500_000, 7_000_000
RUN_MODULES = ("Fabricator", "WorkerWrapper")
ROWS = 12


def zip_bar(function: str) -> int:
    """How large the function's zip may be, in bytes."""
    return MODULE_ZIP_BAR if function in RUN_MODULES else ZIP_BAR


class SizeError(Exception):
    """A file is missing or is not what it should be."""


def sections(program: pathlib.Path) -> dict[str, int]:
    """The sections of an ELF file that take room in it, by size. https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.sheader.html"""
    data = program.read_bytes()
    if data[:6] != b"\x7fELF\x02\x01":
        raise SizeError(f"{program} is no 64-bit ELF file")
    offset, = struct.unpack_from("<Q", data, 40)
    entry, count, names = struct.unpack_from("<HHH", data, 58)
    headers = [struct.unpack_from("<IIQQQQ", data, offset + index * entry) for index in range(count)]
    found: dict[str, int] = {}
    for name, kind, _, _, _, size in headers:
        start = headers[names][4] + name
        text = data[start:data.index(b"\0", start)].decode("ascii")
        if kind != 8 and size:  # SHT_NOBITS takes no room.
            found[text] = found.get(text, 0) + size
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def libraries(link_map: pathlib.Path) -> dict[str, int]:
    """The bytes that each library and module brought, by size: lld's map has a line for each section of each input file."""
    totals: collections.Counter[str] = collections.Counter()
    # "    VMA    LMA    Size Align NAME" for a section of the output, "... Align         FILE:(SECTION)" for each that went into it; in base 16.
    line = re.compile(r"^ *([0-9a-f]+) +[0-9a-f]+ +([0-9a-f]+) +\d+ ( *)(\S.*)$")
    loaded = False
    with link_map.open(encoding="utf-8") as lines:
        for text in lines:
            match = line.match(text)
            if match and not match[3]:
                # Debugging information has no address, and what starts as zeros no bytes.
                loaded = int(match[1], 16) != 0 and not match[4].startswith((".bss", ".tbss", ".relro_padding"))
            elif match and loaded and ":(" in match[4]:
                totals[library(match[4].rsplit(":(", 1)[0])] += int(match[2], 16)
    return dict(totals.most_common())


def library(file: str) -> str:
    if member := re.search(r"([^/]+\.a)\(", file):
        return LIBRARIES.get(re.sub(r"-[\d.]+\.a$", ".a", member[1]), "other")
    if module := re.search(r"/(\w+)\.build/", file):
        return module[1]
    if module := re.search(r"/modules/(\w+)\.o$", file):
        return module[1]
    return "other"


def parts(link_map: pathlib.Path, linked: pathlib.Path, stripped: pathlib.Path) -> dict:
    return {"linked": linked.stat().st_size, "libraries": libraries(link_map), "sections": sections(stripped)}


def measure(product: str, built: pathlib.Path, package: pathlib.Path, architecture: str) -> dict:
    """One row of the table. All sizes are bytes."""
    kept = built / "parts.json"
    known = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else {}
    content = package.read_bytes()
    return {
        "function": product, "architecture": architecture, "linked": known.get("linked"), "stripped": (built / "bootstrap").stat().st_size,
        "zip": len(content), "sha256": hashlib.sha256(content).hexdigest(), "file": str(package),
        "libraries": known.get("libraries", {}), "sections": known.get("sections", {}),
    }


def megabytes(count: int | None) -> str:
    return "-" if count is None else f"{count / 1e6:.2f}"


def columns(rows: list[list[str]]) -> list[str]:
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))]
    cells = ([row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:]))] for row in rows)
    return [f"  {'  '.join(row)}".rstrip() for row in cells]


def table(rows: list[dict]) -> str:
    """The sizes as people read them."""
    lines = [f"Sizes in MB ({rows[0]['architecture']})"]
    lines += columns([["", "linked", "stripped", "zip", "SHA-256 of the zip"],
                      *([row["function"], *(megabytes(row[key]) for key in ("linked", "stripped", "zip")), row["sha256"][:16]] for row in rows)])
    for title, key in (("What is in them, by library and module", "libraries"), ("By section", "sections")):
        names = collections.Counter()
        for row in rows:
            names.update(row[key])
        if not names:
            continue
        shown = [name for name, _ in names.most_common(ROWS)]
        lines += ["", title]
        lines += columns([["", *(row["function"] for row in rows)], *([name, *(megabytes(row[key].get(name, 0)) for row in rows)] for name in shown),
                          ["all others", *(megabytes(sum(size for name, size in row[key].items() if name not in shown)) for row in rows)]])
    lines.append("")
    for what, bar, those in (("uses AWS", ZIP_BAR, False), ("runs modules", MODULE_ZIP_BAR, True)):
        if sizes := [row["zip"] for row in rows if (row["function"] in RUN_MODULES) is those]:
            verdict = "met" if max(sizes) <= bar else "missed"
            lines.append(f"A zip of a function that {what} is at most {bar / 1e6:.1f} MB: {verdict}, the largest has {megabytes(max(sizes))}")
    return "\n".join(lines)


if __name__ == "__main__":
    print(json.dumps(parts(*(pathlib.Path(argument) for argument in sys.argv[1:4]))))
