#!/usr/bin/env bash
# Compiles every *.in of this folder to a *.txt with exact versions and hashes. All sets share one virtual environment, so
# they are first resolved together; what comes out constrains each of them.
set -euo pipefail
cd "$(dirname "$0")"

tools="$(mktemp -d)"
trap 'rm -rf "$tools"' EXIT
python3 -m venv "$tools/venv"
"$tools/venv/bin/pip" install --quiet --disable-pip-version-check uv
compile() {
  "$tools/venv/bin/uv" pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header "$@"
}

for set in *.in; do test ! -e "${set%.in}.txt" || cat "${set%.in}.txt"; done >"$tools/before.txt"
test "${1:-}" = --upgrade || cp "$tools/before.txt" "$tools/together.txt"
compile ./*.in --output-file "$tools/together.txt" >/dev/null
for set in *.in; do
  compile "$set" --generate-hashes --no-annotate --constraint "$tools/together.txt" --output-file "$tools/$set.txt" >/dev/null
  { echo "# Made by Scripts/requirements/compile.sh from $set; do not edit."; cat "$tools/$set.txt"; } >"${set%.in}.txt"
  echo "$set -> ${set%.in}.txt ($(grep -c == "${set%.in}.txt") packages)"
done
