#!/usr/bin/env bash
# How the cost agent grows with the account: calls, time and memory over 10, 100 and 1,000 functions, on this machine's own endpoint. A table, and
# the keys "cost" and "cost-bars" of Benchmarks/results.json. Fails, after that, when a bar is missed.
#
#   Benchmarks/cost/run.sh [--runs N] [--program FILE]
set -euo pipefail
cd "$(dirname "$0")/../.."

Scripts/setup.sh contract
swift build --configuration release --product CostAgent
exec .venv/bin/python Benchmarks/cost/measure.py "$@"
