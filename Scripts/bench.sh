#!/usr/bin/env bash
# Runs each benchmark (Benchmarks/*/run.sh), prints its table and puts its figures into Benchmarks/results.json; then prints one table of
# all bars. Goes on after a bar that is missed, and fails at the end when there was one.
#
#   Scripts/bench.sh [NAME ...]      names are folders of Benchmarks; all without arguments
set -euo pipefail
cd "$(dirname "$0")/.."

case "${1:-}" in
  -h | --help)
    sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0"
    printf '\nNames:'
    for script in Benchmarks/*/run.sh; do printf ' %s' "$(basename "$(dirname "$script")")"; done
    exit
    ;;
esac
if (($#)); then names=("$@"); else names=(); for script in Benchmarks/*/run.sh; do names+=("$(basename "$(dirname "$script")")"); done; fi
for name in "${names[@]}"; do
  test -x "Benchmarks/$name/run.sh" || { echo "no such benchmark: $name (there is no Benchmarks/$name/run.sh)" >&2; exit 1; }
done
trap 'exit 130' INT
python3 Benchmarks/closing_table.py --forget "${names[@]}"
ended=()
for name in "${names[@]}"; do
  printf '\n== %s\n' "$name"
  status=0
  "Benchmarks/$name/run.sh" || status=$?
  ended+=("$name=$status")
done
status=0
python3 Benchmarks/closing_table.py "${ended[@]}" || status=$?
printf '\nfigures: Benchmarks/results.json\n'
exit "$status"
