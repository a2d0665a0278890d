#!/usr/bin/env bash
# Runs the tests in order, cheapest first, and stops at the first that fails.
#
#   Scripts/test.sh [STAGE ...]      stages: unit infra contract package integration; all without arguments
set -euo pipefail
cd "$(dirname "$0")/.."

all=(unit infra contract package integration)
started=$SECONDS

# A stage's steps are a function; what a step needs, it brings about itself.
stage_unit() {
  Scripts/setup.sh apt
  Scripts/fetch-test-data.sh
  swift build --build-tests
  swift test --skip-build --parallel
}

stage_infra() {
  Scripts/setup.sh local infra infra-test
  .venv/bin/python -m pytest --quiet infra/tests
}

stage_contract() {
  Scripts/test-contract.sh
}

stage_package() {
  Scripts/setup.sh apt
  Scripts/build-functions.sh
  Scripts/package.py
  Scripts/check-linkage.sh
}

stage_integration() {
  Scripts/setup.sh local infra infra-test
  Scripts/build-functions.sh
  Scripts/package.py
  .venv/bin/python -m pytest --quiet Tests/Integration
}

describe() {
  case "$1" in
    unit) echo "Swift build and unit tests" ;;
    infra) echo "infrastructure tests" ;;
    contract) echo "contract tests: every AWS request against the service models" ;;
    package) echo "packages, and how the functions are linked" ;;
    integration) echo "integration tests: the packaged functions on the local cloud" ;;
    *) echo "unknown stage: $1; there are: ${all[*]}" >&2; return 1 ;;
  esac
}

run() {
  local stage="$1" title began=$SECONDS
  title="$(describe "$stage")"
  printf '\n== %s\n' "$title"
  # `set -e` holds inside a function only when it is not part of a condition, hence the subshell of its own.
  local status=0
  set +e
  (set -e; "stage_$stage")
  status=$?
  set -e
  if ((status)); then
    printf '== FAILED: %s, after %d s. Again, alone: make test-%s\n' "$title" $((SECONDS - began)) "$stage" >&2
    exit $status
  fi
  printf '== ok: %s, %d s\n' "$title" $((SECONDS - began))
}

if (($#)); then stages=("$@"); else stages=("${all[@]}"); fi
for stage in "${stages[@]}"; do describe "$stage" >/dev/null; done
for stage in "${stages[@]}"; do run "$stage"; done
printf '\n== all passed in %d s\n' $((SECONDS - started))
