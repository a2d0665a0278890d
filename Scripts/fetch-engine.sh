#!/usr/bin/env bash
# Fetches the C source of QuickJS-ng, the engine of the sandbox, into Sources/CQuickJS/engine; what is there already is not fetched again.
#
# It travels inside a Python source package, of which nothing is run. The folder is no part of the repository; it is replaced as a whole when
# the pin below changes. Scripts/setup.sh comes here before anything is built.
set -euo pipefail
cd "$(dirname "$0")/.."

package=quickjs-ng version=0.17.0.2
hash=43d2e48272208721a7aaea8e3f02d4b9318f12ef20cc4f5421b59d9a470706ef
engine=Sources/CQuickJS/engine
pin="$package $version $hash"

test "$(cat "$engine/.fetched" 2>/dev/null)" != "$pin" || exit 0
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
Scripts/fetch-source-package.sh "$package" "$version" "$hash" "$work/package"
mkdir "$work/engine"
# The engine alone: its library of files, processes and workers is never in reach of a module.
find "$work/package/upstream-quickjs" -maxdepth 1 -name '*.[ch]' ! -name 'quickjs-libc*' -exec cp '{}' "$work/engine" ';'
cp "$work/package/LICENSE" "$work/engine"
printf '%s\n' "$pin" >"$work/engine/.fetched"
rm -rf "$engine"
mv "$work/engine" "$engine"
