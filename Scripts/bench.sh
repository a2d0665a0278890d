#!/usr/bin/env bash
# Runs each benchmark (Benchmarks/*/run.sh), prints its table and puts its figures into Benchmarks/results.json.
#
#   Scripts/bench.sh [NAME ...]      names are folders of Benchmarks; all without arguments
set -euo pipefail
cd "$(dirname "$0")/.."

if (($#)); then names=("$@"); else names=(); for script in Benchmarks/*/run.sh; do names+=("$(basename "$(dirname "$script")")"); done; fi
for name in "${names[@]}"; do
  test -x "Benchmarks/$name/run.sh" || { echo "no such benchmark: $name (there is no Benchmarks/$name/run.sh)" >&2; exit 1; }
  printf '\n== %s\n' "$name"
  "Benchmarks/$name/run.sh"
done
printf '\nfigures: Benchmarks/results.json\n'
