#!/usr/bin/env bash
# Checks each AWS request that our clients make against botocore's service models: tests the oracle itself, then runs the Swift
# contract tests against it, then compares the operations it saw with those it should have seen.
#
#   Scripts/test-contract.sh
set -euo pipefail
cd "$(dirname "$0")/.."

Scripts/setup.sh contract
python="$PWD/.venv/bin/python"
"$python" -m pytest --quiet -p no:cacheprovider Tests/Contract

folder="$(mktemp -d)"
"$python" Tests/Contract/oracle.py >"$folder/url" &
oracle=$!
trap 'kill "$oracle" 2>/dev/null || true; rm -rf "$folder"' EXIT
for ((try = 0; try < 200; try++)); do
  test ! -s "$folder/url" || break
  kill -0 "$oracle" 2>/dev/null || { echo "contract tests: the oracle did not start" >&2; exit 1; }
  sleep 0.05
done
url="$(head -n 1 "$folder/url")"
test -n "$url" || { echo "contract tests: the oracle did not say its address within 10 s" >&2; exit 1; }

ARBITER_ORACLE_URL="$url" swift test --filter ContractTests
"$python" Tests/Contract/check_log.py "$url"
