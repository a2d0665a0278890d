#!/usr/bin/env bash
# The JSON module against FoundationEssentials: a table, and the key "json" of Benchmarks/results.json.
set -euo pipefail
cd "$(dirname "$0")/../.."

swift build --configuration release --product JSONBenchmark
.build/release/JSONBenchmark --json-to .build/json-benchmark.json
Benchmarks/merge_results.py json <.build/json-benchmark.json
