#!/usr/bin/env bash
# The AWS client against boto3 and a C program: tables, and the keys "client" and "client-bars" of Benchmarks/results.json. Fails, after
# that, when a bar is missed.
#
#   Benchmarks/client/run.sh [OPTION ...]      --help shows the options
set -euo pipefail
cd "$(dirname "$0")/../.."

Scripts/setup.sh bench
exec .venv/bin/python Benchmarks/client/measure.py "$@"
