#!/usr/bin/env bash
# Checks each AWS request that our clients make against botocore's service models: tests the oracle itself, then runs the Swift
# contract tests against it, then compares the operations it saw with those it should have seen. On the way, what our client makes of a
# few thousand generated requests is compared with what botocore makes of them.
# The operations that are called by a table (Sources/AWSOperations) have an oracle of their own: each of them is asked for.
# A server speaks for a whole account: the golden account of the cost optimizer is read from it, and the cost agent runs over accounts of up to
# 1,000 functions, whose calls must grow with them and whose memory must not.
# Likewise asks botocore what credentials and settings some hundreds of made-up users have, and checks that ours are the same.
#
#   Scripts/test-contract.sh
set -euo pipefail
cd "$(dirname "$0")/.."

Scripts/setup.sh contract
python="$PWD/.venv/bin/python"
"$python" -m pytest --quiet -p no:cacheprovider Tests/Contract Tests/Account
# Before anything that ends: made-up users sign on for minutes, and a whole build takes as long.
swift build --build-tests

folder="$(mktemp -d)"
servers=()
trap 'for server in "${servers[@]}"; do kill "$server" 2>/dev/null || true; done; rm -rf "$folder"' EXIT

# Starts a server and waits for the first line that it prints.
serve() {
  local name="$1" seconds="$2"
  shift 2
  "$python" "$@" >"$folder/$name" &
  servers+=($!)
  for ((try = 0; try < seconds * 20; try++)); do
    test ! -s "$folder/$name" || break
    kill -0 "${servers[-1]}" 2>/dev/null || { echo "contract tests: the $name did not start" >&2; exit 1; }
    sleep 0.05
  done
  first_line="$(head -n 1 "$folder/$name")"
  test -n "$first_line" || { echo "contract tests: the $name did not say that it is ready within $seconds s" >&2; exit 1; }
}

serve oracle 10 Tests/Contract/oracle.py
url="$first_line"
mkdir "$folder/users"
serve "server of credentials" 120 Tests/Contract/credentials_cases.py "$folder/users"
echo "contract tests: $first_line"

"$python" Tests/Contract/differential.py "$folder/differential.jsonl"

ARBITER_ORACLE_URL="$url" ARBITER_CREDENTIALS_CASES="$folder/users/cases.json" ARBITER_DIFFERENTIAL="$folder/differential.jsonl" \
  swift test --skip-build --filter 'ContractTests|DifferentialTests'
"$python" Tests/Contract/check_log.py "$url"

serve "oracle of the operations in tables" 10 Tests/Contract/oracle.py
"$python" Tests/Contract/operation_cases.py "$folder/operations.jsonl"
ARBITER_ORACLE_URL="$first_line" ARBITER_OPERATION_CASES="$folder/operations.jsonl" swift test --skip-build --filter EveryOperationTests
"$python" Tests/Contract/check_operations.py "$first_line"

serve "golden account" 20 Tests/Account/account.py Tests/CostOptimizerTests/Golden/account
ARBITER_ACCOUNT_URL="$first_line" swift test --skip-build --filter GoldenAccountOverHTTPTests
"$python" Tests/Account/check_problems.py "$first_line"
ARBITER_COST_AGENT="$PWD/.build/debug/CostAgent" "$python" -m pytest --quiet -p no:cacheprovider Tests/Account/test_growth.py
