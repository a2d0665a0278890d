#!/usr/bin/env bash
# What a run of a module in the sandbox takes beside a Python that starts and prints, and what 1,000 runs leave behind: tables, and the keys
# "sandbox" and "sandbox-bars" of Benchmarks/results.json. Fails, after that, when a bar is missed.
#
#   Benchmarks/sandbox/run.sh [OPTION ...]      --help shows the options
set -euo pipefail
cd "$(dirname "$0")/../.."

FUNCTIONS_OUTPUT=.build/bench Scripts/build-functions.sh SandboxBenchmark
exec python3 Benchmarks/sandbox/measure.py "$@"
