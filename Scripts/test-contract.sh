#!/usr/bin/env bash
# Checks each AWS request that our clients make against botocore's service models: tests the oracle itself, then runs the Swift
# contract tests against it, then compares the operations it saw with those it should have seen. On the way, what our client makes of a
# few thousand generated requests is compared with what botocore makes of them.
# Likewise asks botocore what credentials and settings some hundreds of made-up users have, and checks that ours are the same.
#
#   Scripts/test-contract.sh
set -euo pipefail
cd "$(dirname "$0")/.."

Scripts/setup.sh contract
python="$PWD/.venv/bin/python"
"$python" -m pytest --quiet -p no:cacheprovider Tests/Contract
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
