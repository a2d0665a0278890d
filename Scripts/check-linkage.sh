#!/usr/bin/env bash
# Checks how the built functions are linked: fully static, for the right processor, without Foundation or ICU, without what would unwind.
#
#   Scripts/check-linkage.sh [NAME ...]      all of them, the folders of Sources/Functions and Sources/Containers, without arguments
#
# ARCHITECTURE (x86_64, arm64) other than this machine's checks those of Scripts/cross/build-functions.sh.
#
# Foundation brings megabytes, and milliseconds to every start; the C library of Lambda is older than ours. One import far down in a library
# would bring either back, and nobody would see it.
set -euo pipefail
cd "$(dirname "$0")/.."
fail() { printf 'check-linkage: %s\n' "$*" >&2; exit 1; }
source Scripts/toolchain.sh

bad=0
complain() { printf 'check-linkage: %s\n' "$*" >&2; bad=1; }

# Module names as Swift mangles them, and the C functions of ICU.
# shellcheck disable=SC2016  # A mangled name begins with a dollar.
forbidden='^_?\$s(10Foundation|20FoundationEssentials|28FoundationInternationalization)|^(ucal|uloc|udat|ucol|unum|ubrk)_'
# There are no unwind tables (static-link/sections.ld). An `async` main ends its thread by unwinding it; so does cancelling one.
unwinding='async_Main|^(__)?pthread_cancel$'
# The sandbox's engine and its parent's side: they belong to functions that run fabricated code, whose main.swift names SandboxChild.
# shellcheck disable=SC2016
sandbox='^(JS_NewRuntime2|sandbox_lock_apply)$|^\$s(7Sandbox|12SandboxChild|10CodeAgents|11Fabrication)[0-9A-Z]'
# Half a megabyte that static-link/runtime-stubs.c is there to keep out.
tables='_swift_stdlib_names'

architecture="$(wanted_architecture)"
case "$architecture" in
  x86_64) processor='X86-64' ;;
  arm64) processor='AArch64' ;;
esac
built=.build/functions linked_folder=.build/static/release
if test "$architecture" != "$(machine_architecture)"; then built=".build/functions-$architecture" linked_folder=".build/cross-$architecture/linked"; fi

if (($#)); then names=("$@"); else mapfile -t names < <(all_programs); fi
for name in "${names[@]}"; do
  bootstrap="$built/$name/bootstrap"
  # The bootstrap is stripped; the names are in the program that it was made from.
  linked="$linked_folder/$name"
  test -f "$bootstrap" || { complain "$bootstrap is not there: run Scripts/build-functions.sh"; continue; }
  test -f "$linked" || { complain "$linked is not there: run Scripts/build-functions.sh"; continue; }
  grep --quiet "Machine: .*$processor" <<<"$(readelf --file-header --wide "$bootstrap")" || complain "$bootstrap is not for $architecture"
  headers="$(readelf --program-headers --section-headers --wide "$bootstrap")"
  if grep --quiet -E 'INTERP|DYNAMIC' <<<"$headers"; then
    complain "$bootstrap is not fully static: it has an interpreter or a dynamic section"
  fi
  if grep --quiet -F '.eh_frame' <<<"$headers"; then complain "$bootstrap has unwind tables: static-link/sections.ld has no effect"; fi
  symbols="$(nm "$linked" | awk '{ print $NF }')"
  # A program without any name in it would pass for one without the forbidden ones.
  # shellcheck disable=SC2016
  grep --quiet '^\$s4JSON' <<<"$symbols" || complain "$linked has no symbols of our own: it cannot be checked"
  if found="$(grep -E "$unwinding" <<<"$symbols")"; then
    complain "$name unwinds the stack, and it has no tables for that ($(head -n 1 <<<"$found")): its main has to be synchronous, and no thread cancelled"
  fi
  if grep --quiet -E '^(internal )?import SandboxChild$' Sources/{Functions,Containers}/"$name"/main.swift 2>/dev/null; then
    grep --quiet '^sandbox_lock_apply$' <<<"$symbols" || complain "$name names SandboxChild and does not link the sandbox's lock"
  elif found="$(grep -E "$sandbox" <<<"$symbols")"; then
    complain "$name runs no fabricated code and links the sandbox ($(wc -l <<<"$found") symbols), such as $(head -n 1 <<<"$found")"
  fi
  # An agent's HTTP server, which its container alone needs.
  if test -d "Sources/Functions/$name" && grep --quiet '^MHD_' <<<"$symbols"; then complain "$name links libmicrohttpd, and it is a function"; fi
  if grep --quiet -F "$tables" <<<"$symbols"; then complain "$name links the names of all characters: static-link/runtime-stubs.c has no effect"; fi
  if found="$(grep -E "$forbidden" <<<"$symbols")"; then
    complain "$name links Foundation or ICU ($(wc -l <<<"$found") symbols), such as $(head -n 1 <<<"$found" | swift demangle)"
  else
    printf 'check-linkage: %s is static, for %s, without Foundation and ICU, %d bytes\n' "$name" "$architecture" "$(stat --format %s "$bootstrap")"
  fi
done

# The sources, too: a function that is not built here must keep the rule as well.
if found="$(grep -rnE '^(public |internal |package |private |fileprivate |@[A-Za-z_]+ )*import +(struct |class |func |enum )?(Foundation|FoundationEssentials)\b' \
  Sources --include='*.swift' | grep -vE '^Sources/(LocalCloud|ArbiterCLI)/')"; then
  complain "Foundation is imported where Lambda runs the code:"
  printf '%s\n' "$found" >&2
fi
exit $bad
