#!/usr/bin/env bash
# Builds the command line tool for release and runs simulated worlds: a hundred thousand, unless the arguments say otherwise. Ends with 11 when a
# world broke a promise.
#
#   Scripts/simulate.sh [OPTION ...]      options are those of `arbiter simulate`
set -euo pipefail
cd "$(dirname "$0")/.."

case "${1:-}" in -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0"; exit ;; esac
Scripts/setup.sh apt
Scripts/swift-build.sh --configuration release --product arbiter
if (($#)); then arguments=("$@"); else arguments=(--seeds 1..100000); fi
exec "$(swift build --configuration release --show-bin-path)/arbiter" simulate "${arguments[@]}"
