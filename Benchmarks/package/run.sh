#!/usr/bin/env bash
# The size of the functions' zips: a table, and the keys "package" and "package-bars" of Benchmarks/results.json. Fails, after that, when
# the bar is missed.
set -euo pipefail
cd "$(dirname "$0")/../.."

Scripts/build-functions.sh
Scripts/package.py >&2
exec python3 Benchmarks/package/measure.py
