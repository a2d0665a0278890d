#!/usr/bin/env bash
# What one round costs in the engine itself, by agents and rounds: a table, and the keys "engine" and "engine-bars" of
# Benchmarks/results.json. Fails, after that, when a bar is missed.
#
#   Benchmarks/engine/run.sh [--runs N]
set -euo pipefail
cd "$(dirname "$0")/../.."

swift build --configuration release --product EngineBenchmark
exec python3 Benchmarks/engine/measure.py "$@"
