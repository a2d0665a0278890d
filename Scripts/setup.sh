#!/usr/bin/env bash
# Installs what the other scripts need and is missing: Debian packages, Python packages, the latter into .venv with pinned hashes, and the
# source of the sandbox's engine, which the Swift build compiles.
#
#   Scripts/setup.sh [SET ...]
#
# A SET is a file of Scripts/requirements without its .txt; without arguments all sets are installed. "apt" as the first argument installs
# no set, only the Debian packages, those that are named after it, which a single test needs, and the engine. Nothing is done twice: a set is
# installed again only when its file changes, the engine when its pin does.
# PYTHON names the interpreter to build .venv from, when the first python3 of at least 3.11 is not the right one.
set -euo pipefail
cd "$(dirname "$0")/.."

venv=.venv
say() { printf 'set-up: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }
started=$SECONDS
worked=no

install_debian_packages() {
  command -v dpkg-query >/dev/null || { say "no dpkg here: please see to the packages of Scripts/apt-packages.txt yourself"; return; }
  local wanted missing=() package state
  mapfile -t wanted < <(sed 's/#.*//' Scripts/apt-packages.txt | tr -s ' \t' '\n' | grep -v '^$')
  wanted+=("$@")
  for package in "${wanted[@]}"; do
    state="$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)"
    test "$state" = installed || missing+=("$package")
  done
  ((${#missing[@]})) || return 0

  worked=yes
  say "installing Debian packages: ${missing[*]}"
  local root=()
  if (($(id -u) != 0)); then
    command -v sudo >/dev/null || fail "sudo is missing; as root run: apt-get install ${missing[*]}"
    root=(sudo)
  fi
  local apt=("${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o Dpkg::Use-Pty=0)
  local log; log="$(mktemp)"
  # The lists of a fresh machine are empty or too old; they are only fetched when the first try fails.
  if ! "${apt[@]}" install --no-install-recommends "${missing[@]}" >"$log" 2>&1; then
    say "refreshing the package lists"
    "${apt[@]}" update >"$log" 2>&1 || { cat "$log" >&2; fail "apt-get update failed"; }
    "${apt[@]}" install --no-install-recommends "${missing[@]}" >"$log" 2>&1 \
      || { cat "$log" >&2; fail "apt-get could not install: ${missing[*]}"; }
  fi
  rm -f "$log"
}

# The first interpreter that is recent enough and can make a virtual environment with pip in it.
find_python() {
  local candidate
  for candidate in ${PYTHON:-} python3 /usr/bin/python3 python3.11 python3.12 python3.13 python3.14; do
    if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  return 1
}

make_virtual_environment() {
  "$venv/bin/python" -c pass 2>/dev/null && test -x "$venv/bin/pip" && return
  worked=yes
  local python; python="$(find_python)" || fail "no python3 of at least 3.11 with venv found; set PYTHON to one"
  say "making $venv with $("$python" --version)"
  rm -rf "$venv"
  "$python" -m venv "$venv"
}

install_python_set() {
  local name="$1" file="Scripts/requirements/$1.txt" stamp
  test -f "$file" || fail "no such set: $name (there is no $file)"
  stamp="$venv/.installed-$name"
  test "$(cat "$stamp" 2>/dev/null)" != "$(sha256sum <"$file")" || return 0
  worked=yes
  say "installing the Python packages of $file"
  # The lists are complete (--no-deps), so nothing has to be resolved; bytecode is compiled at first use, not for every module.
  "$venv/bin/pip" install --quiet --disable-pip-version-check --no-input --no-deps --no-compile --only-binary :all: \
    --require-hashes --requirement "$file" >&2 || fail "pip could not install $file"
  sha256sum <"$file" >"$stamp"
}

fetch_engine() {
  local before; before="$(cat Sources/CQuickJS/engine/.fetched 2>/dev/null || true)"
  Scripts/fetch-engine.sh || fail "the source of the sandbox's engine could not be fetched"
  test "$before" != "$(cat Sources/CQuickJS/engine/.fetched)" || return 0
  worked=yes
  say "fetched the source of the sandbox's engine: $(cut -d ' ' -f 1,2 Sources/CQuickJS/engine/.fetched)"
}

if test "${1:-}" = apt; then
  install_debian_packages "${@:2}"
else
  install_debian_packages
  if (($#)); then sets=("$@"); else mapfile -t sets < <(find Scripts/requirements -name '*.txt' -printf '%f\n' | sed 's/\.txt$//' | sort); fi
  make_virtual_environment
  for name in "${sets[@]}"; do install_python_set "$name"; done
fi
# pip fetches it.
test -x "$venv/bin/pip" || make_virtual_environment
fetch_engine
test $worked = no || say "done in $((SECONDS - started)) s"
