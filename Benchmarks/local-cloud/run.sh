#!/usr/bin/env bash
# Invocations through the local cloud, ours beside Python's: a table, and the key "local-cloud" of Benchmarks/results.json.
#
#   Benchmarks/local-cloud/run.sh [OPTION ...]      --help shows the options
set -euo pipefail
cd "$(dirname "$0")/../.."

Scripts/setup.sh local
Scripts/build-functions.sh WorkerWrapper
Scripts/package.py >&2
exec .venv/bin/python Benchmarks/local-cloud/measure.py "$@"
