#!/usr/bin/env bash
# The Lambda runtime against awslambdaric and a C program: tables, and the keys "start" and "runtime" of Benchmarks/results.json.
#
#   Benchmarks/runtime/run.sh [OPTION ...]      --help shows the options
set -euo pipefail
cd "$(dirname "$0")/../.."

Scripts/setup.sh bench
exec .venv/bin/python Benchmarks/runtime/measure.py "$@"
