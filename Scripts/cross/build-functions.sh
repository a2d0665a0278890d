#!/usr/bin/env bash
# Builds the Lambda functions and the agents of containers for arm64 on an x86_64 machine: .build/functions-arm64/NAME/bootstrap.
#
#   ARCHITECTURE=arm64 Scripts/build-functions.sh [NAME ...]      which comes here; all of them without arguments
#
# FUNCTIONS_OUTPUT names another folder than .build/functions-arm64. Ends with 3 when the mirror does not have the compiler (fetch.sh).
# docs/packaging.md tells how it is done. On an arm64 machine Scripts/build-functions.sh builds by itself.
set -euo pipefail
cd "$(dirname "$0")/../.."
fail() { printf 'build-functions: %s\n' "$*" >&2; exit 1; }
source Scripts/toolchain.sh

test "$(machine_architecture)-$(wanted_architecture)" = x86_64-arm64 \
  || fail "functions for $(wanted_architecture) can be built on machines of that architecture only (this one is $(machine_architecture))"
for tool in clang llvm-objcopy ld.lld; do command -v "$tool" >/dev/null || fail "$tool is missing: it comes with Swift's toolchain"; done
check_swift

if (($#)); then functions=("$@"); else mapfile -t functions < <(all_programs); fi
Scripts/cross/fetch.sh .build/cross-arm64
Scripts/cross/build.py .build/cross-arm64 "${FUNCTIONS_OUTPUT:-.build/functions-arm64}" "${functions[@]}"
