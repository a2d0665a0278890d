#!/usr/bin/env python3
"""Measures the zips in dist/, all of them functions that use AWS, and adds the figures to Benchmarks/results.json."""

import argparse
import pathlib
import sys
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.append(str(ROOT / "Benchmarks"))
sys.path.append(str(ROOT / "Scripts"))
from bars import Bar, as_results, show  # noqa: E402  (scripts beside this folder)
from merge_results import RESULTS, merge  # noqa: E402
from package import kebab_case  # noqa: E402
from sizes import MODULE_ZIP_BAR, RUN_MODULES, ZIP_BAR  # noqa: E402

MEGABYTE = 1e6


def main() -> int:
    argparse.ArgumentParser(description=__doc__).parse_args()
    zips = sorted((ROOT / "dist").glob("*.zip"))
    if not zips:
        print("bench: there is no dist/*.zip: run Scripts/package.py", file=sys.stderr)
        return 1
    sizes = {}
    print(f"{'zip':<24}{'MB':>8}{'unpacked MB':>14}")
    for path in zips:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        sizes[path.stem] = {"bytes": path.stat().st_size, "unpacked_bytes": unpacked}
        print(f"{path.name:<24}{path.stat().st_size / MEGABYTE:>8.2f}{unpacked / MEGABYTE:>14.2f}")
    merge(RESULTS, "package", sizes)
    with_engine = {kebab_case(name) for name in RUN_MODULES}
    bars = [
        Bar(f"zip of {what}, the largest", max(size["bytes"] for name, size in sizes.items() if (name in with_engine) is those) / MEGABYTE,
            bar / MEGABYTE, "MB")
        for what, bar, those in (("an AWS-using function", ZIP_BAR, False), ("a function that runs modules", MODULE_ZIP_BAR, True))
        if any((name in with_engine) is those for name in sizes)
    ]
    missed = show(bars)
    merge(RESULTS, "package-bars", as_results(bars))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
