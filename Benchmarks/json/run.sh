#!/usr/bin/env bash
# The JSON module against FoundationEssentials: a table, and the key "json" of Benchmarks/results.json. Fails, after that, when the module
# is less than 4 times as fast.
set -euo pipefail
cd "$(dirname "$0")/../.."

swift build --configuration release --product JSONBenchmark
figures=.build/json-benchmark.json
rm -f "$figures"
status=0
.build/release/JSONBenchmark --json-to "$figures" || status=$?
test ! -s "$figures" || Benchmarks/merge_results.py json <"$figures"
exit "$status"
