#!/usr/bin/env bash
# Makes a resource folder of the Swift compiler whose libswiftCore.a does without what swift-runtime-stubs.c replaces.
#
#   Scripts/static-link/trim-swift-runtime.sh FOLDER [RESOURCES COMPILER ...]       for swiftc -static-executable -resource-dir FOLDER
#
# RESOURCES is another folder than the toolchain's own, COMPILER clang with the options for its architecture.
# Everything else in the folder is a link to the toolchain's own. What is up to date already is left alone.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
folder="${1:?usage: trim-swift-runtime.sh FOLDER}"
fail() { printf 'trim-swift-runtime: %s\n' "$*" >&2; exit 1; }

compiler=(clang)
if (($# > 2)); then compiler=("${@:3}"); fi
toolchain="${2:-}"
test -n "$toolchain" || toolchain="$(swiftc -print-target-info -static-executable | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')"
archive="$toolchain/linux/libswiftCore.a"
test -f "$archive" || fail "$archive is missing: expected the toolchain's static libraries there"
trimmed="$folder/linux/libswiftCore.a"
if [[ -f "$trimmed" && "$trimmed" -nt "$archive" && "$trimmed" -nt "$here/swift-runtime-stubs.c" && "$trimmed" -nt "$0" ]]; then exit 0; fi

rm -rf "$folder"
mkdir -p "$folder/linux"
for entry in "$toolchain"/*; do
  test "$(basename "$entry")" = linux || ln -sfn "$entry" "$folder/$(basename "$entry")"
done
for entry in "$toolchain"/linux/*; do
  test "$(basename "$entry")" = libswiftCore.a || ln -s "$entry" "$folder/linux/$(basename "$entry")"
done
"${compiler[@]}" -O2 -Wall -Wextra -Werror -c -o "$folder/swift-runtime-stubs.o" "$here/swift-runtime-stubs.c"
cp "$archive" "$folder/linux/unfinished.a"
ar d "$folder/linux/unfinished.a" Backtrace.cpp.o CrashHandlerLinux.cpp.o CommandLine.cpp.o
ar qs "$folder/linux/unfinished.a" "$folder/swift-runtime-stubs.o"
mv "$folder/linux/unfinished.a" "$trimmed"
