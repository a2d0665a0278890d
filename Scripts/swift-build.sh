#!/usr/bin/env bash
# Runs `swift build` with the given arguments and tells how far it is: one line that changes on a terminal, a line every half minute
# elsewhere. What the build printed is only shown when it fails.
set -euo pipefail

log="$(mktemp)"
trap 'rm -f "$log"' EXIT
trap 'exit 130' INT

# Reads what the build prints; its steps look like "[12/345] Compiling JSON JSONValue.swift".
show_progress() {
  local line last=$SECONDS columns=80
  if test -t 2; then columns="$(stty size <&2 2>/dev/null | cut -d ' ' -f 2)"; fi
  [[ "$columns" =~ ^[1-9][0-9]*$ ]] || columns=80
  while IFS= read -r line; do
    [[ "$line" =~ ^\[[0-9]+/[0-9]+\] ]] || continue
    if test -t 2; then
      printf '\r\033[K%s' "${line:0:columns-1}" >&2
    elif ((SECONDS - last >= 30)); then
      printf '%s\n' "$line" >&2
      last=$SECONDS
    fi
  done
  if test -t 2; then printf '\r\033[K' >&2; fi
}

swift build "$@" 2>&1 | tee "$log" | show_progress || { cat "$log" >&2; exit 1; }
