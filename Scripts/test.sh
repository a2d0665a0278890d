#!/usr/bin/env bash
# Runs the tests in order, cheapest first, and stops at the first that fails.
#
#   Scripts/test.sh [STAGE ...]      stages: unit simulation infra pages contract package integration arm64; all without arguments
#
# A stage that cannot run here says why, and is told of at the end as skipped.
set -euo pipefail
cd "$(dirname "$0")/.."

all=(unit simulation infra pages contract package integration arm64)
started=$SECONDS
# Which processor is packaged for is the stages' to say.
unset ARCHITECTURE FUNCTIONS_OUTPUT
skipped=()
# How a stage ends that has tested nothing.
skip=77

# A stage's steps are a function; what a step needs, it brings about itself.
stage_unit() {
  Scripts/setup.sh apt
  Scripts/fetch-test-data.sh
  swift build --build-tests
  swift test --skip-build --parallel --skip '^SimulationTests\.'
}

# About two minutes on two processors; `make simulate` runs ten times as many, and more. The tests that run worlds take every processor for a
# minute, which those of the unit stage that have a deadline to keep would feel.
stage_simulation() {
  Scripts/setup.sh apt
  swift build --build-tests
  swift test --skip-build --filter '^SimulationTests\.'
  Scripts/simulate.sh --seeds 1..10000
}

stage_infra() {
  Scripts/setup.sh local infra infra-test
  .venv/bin/python -m pytest --quiet infra/tests
}

stage_pages() {
  Scripts/setup.sh apt chromium
  Scripts/setup.sh infra infra-test
  .venv/bin/python -m pytest --quiet Tests/Pages
}

stage_contract() {
  Scripts/test-contract.sh
}

stage_package() {
  Scripts/setup.sh apt unzip shellcheck
  Scripts/setup.sh infra-test
  # SC2154 does not see the variables that a trap sets itself.
  shellcheck --external-sources --severity=warning --exclude SC2154 Scripts/*.sh Scripts/*/*.sh Benchmarks/*/*.sh .ci/run
  Scripts/build-functions.sh
  Scripts/package.py
  Scripts/image.py build
  Scripts/check-linkage.sh
  .venv/bin/python -m pytest --quiet Tests/Packaging
}

stage_integration() {
  Scripts/setup.sh local infra infra-test
  Scripts/build-functions.sh
  Scripts/package.py
  .venv/bin/python -m pytest --quiet Tests/Integration
  .venv/bin/python -m pytest --quiet Tests/Chaos
}

stage_arm64() {
  if test "$(uname -m)" != x86_64; then echo "skipped: this machine is $(uname -m), and the stage 'package' has tested what it builds"; return $skip; fi
  Scripts/setup.sh apt unzip qemu-user-static
  Scripts/setup.sh infra-test
  export ARCHITECTURE=arm64
  local status=0
  Scripts/build-functions.sh || status=$?
  # Debian's unstable release has moved on; that must not turn the tests of everything else red.
  if ((status == 3)); then echo "skipped: Scripts/cross/swift.txt names a compiler that the mirror does not have"; return $skip; fi
  ((status == 0)) || return "$status"
  Scripts/package.py
  Scripts/image.py build
  Scripts/check-linkage.sh
  .venv/bin/python -m pytest --quiet Tests/Packaging/test_package.py Tests/Packaging/test_empty_root.py Tests/Packaging/test_tls.py Tests/Packaging/test_sandbox.py \
    Tests/Packaging/test_image.py Tests/Packaging/test_agent.py
}

describe() {
  case "$1" in
    unit) echo "Swift build and unit tests" ;;
    simulation) echo "simulated worlds: their tests, and ten thousand in a release build" ;;
    infra) echo "infrastructure tests" ;;
    pages) echo "pages: reports in a browser, and against their schema" ;;
    contract) echo "contract tests: every AWS request against the service models" ;;
    package) echo "packages: how the functions are linked, and run from an empty root" ;;
    integration) echo "integration tests: the packaged functions on the local cloud" ;;
    arm64) echo "packages for arm64, built here and run under emulation" ;;
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
  if ((status == skip)); then
    printf '== skipped: %s\n' "$title"
    skipped+=("$stage")
    return
  fi
  if ((status)); then
    printf '== FAILED: %s, after %d s. Again, alone: make test-%s\n' "$title" $((SECONDS - began)) "$stage" >&2
    exit $status
  fi
  printf '== ok: %s, %d s\n' "$title" $((SECONDS - began))
}

case "${1:-}" in -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0"; exit ;; esac
if (($#)); then stages=("$@"); else stages=("${all[@]}"); fi
for stage in "${stages[@]}"; do describe "$stage" >/dev/null; done
for stage in "${stages[@]}"; do run "$stage"; done
printf '\n== all passed in %d s%s\n' $((SECONDS - started)) "${skipped:+, but for what was skipped: ${skipped[*]}}"
