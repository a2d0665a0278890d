#!/usr/bin/env bash
# Checks how the built functions are linked: fully static, and without Foundation or ICU.
#
#   Scripts/check-linkage.sh [NAME ...]      all functions of .build/functions without arguments
#
# Foundation brings megabytes, and milliseconds to every start; the C library of Lambda is older than ours. One import far down in a library
# would bring either back, and nobody would see it.
set -euo pipefail
cd "$(dirname "$0")/.."

bad=0
complain() { printf 'check-linkage: %s\n' "$*" >&2; bad=1; }

# Module names as Swift mangles them, and the C functions of ICU.
forbidden='^_?\$s(10Foundation|20FoundationEssentials|28FoundationInternationalization)|^(ucal|uloc|udat|ucol|unum|ubrk)_'

names=("$@")
if ((!$#)); then
  for path in .build/functions/*/bootstrap; do
    test -f "$path" || { complain "there is no function in .build/functions: run Scripts/build-functions.sh"; exit 1; }
    names+=("$(basename "$(dirname "$path")")")
  done
fi

for name in "${names[@]}"; do
  bootstrap=".build/functions/$name/bootstrap"
  # The bootstrap is stripped; the names are in the program that it was made from.
  linked=".build/static/release/$name"
  test -f "$bootstrap" || { complain "$bootstrap is not there"; continue; }
  test -f "$linked" || { complain "$linked is not there"; continue; }
  if readelf --program-headers --wide "$bootstrap" | grep --quiet -E 'INTERP|DYNAMIC'; then
    complain "$bootstrap is not fully static: it has an interpreter or a dynamic section"
  fi
  symbols="$(nm "$linked" | awk '{ print $NF }')"
  # A program without any name in it would pass for one without the forbidden ones.
  grep --quiet '^\$s4JSON' <<<"$symbols" || complain "$linked has no symbols of our own: it cannot be checked"
  if found="$(grep -E "$forbidden" <<<"$symbols")"; then
    complain "$name links Foundation or ICU ($(wc -l <<<"$found") symbols), such as $(head -n 1 <<<"$found" | swift demangle)"
  else
    printf 'check-linkage: %s is static, without Foundation and ICU, %d bytes\n' "$name" "$(stat --format %s "$bootstrap")"
  fi
done

# The sources, too: a function that is not built here must keep the rule as well.
if found="$(grep -rnE '^(public |internal |package |private |fileprivate |@[A-Za-z_]+ )*import +(struct |class |func |enum )?(Foundation|FoundationEssentials)\b' \
  Sources --include='*.swift' | grep -vE '^Sources/(LocalCloud|ArbiterCLI)/')"; then
  complain "Foundation is imported where Lambda runs the code:"
  printf '%s\n' "$found" >&2
fi
exit $bad
