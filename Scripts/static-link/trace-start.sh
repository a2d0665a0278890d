#!/usr/bin/env bash
# Writes Scripts/static-link/start-order.txt: the functions that run from a process's start to its first request, in order.
#
#   Scripts/static-link/trace-start.sh       after Scripts/build-functions.sh; needs Debian's valgrind
#
# The linker lays these functions side by side, so that a start touches a fraction of the pages that it would touch otherwise; each page
# costs about two microseconds, and more when it has to be read first. Names that are no longer there do no harm, and new ones are only
# missed, so the list has to be made again only when `make bench` shows that it is old.
set -euo pipefail
cd "$(dirname "$0")/../.."

command -v valgrind >/dev/null || { echo "trace-start: valgrind is missing: apt-get install valgrind" >&2; exit 1; }
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT

# Nothing listens at the Runtime API's address, so every function ends when it asks for its first event.
environment=(
  AWS_LAMBDA_RUNTIME_API=127.0.0.1:9 AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=AKIDEXAMPLE AWS_SECRET_ACCESS_KEY=example
  AWS_LAMBDA_LOG_FORMAT=JSON ORCHESTRATION_TABLE=a WORKER_STATE_TABLE=b AGENT_CONFIG_TABLE=c TOOLS_CONFIG_TABLE=d AGENT_BUCKET_NAME=e
  EVENT_BUS_NAME=f COMPLETION_BUS_NAME=f WORKER_QUEUE_URL=http://127.0.0.1/worker FABRICATOR_QUEUE_URL=http://127.0.0.1/fabricator
)
for linked in .build/functions/*/; do
  name="$(basename "$linked")"
  test -f ".build/static/release/$name" || { echo "trace-start: $name is not built: run Scripts/build-functions.sh" >&2; exit 1; }
  # valgrind stumbles over the toolchain's debugging information.
  strip --strip-debug -o "$folder/$name" ".build/static/release/$name"
  env -i "${environment[@]}" valgrind --quiet --demangle=no --tool=callgrind --callgrind-out-file="$folder/$name.trace" "$folder/$name" >/dev/null 2>&1 || true
  test -s "$folder/$name.trace" || { echo "trace-start: $name left no trace" >&2; exit 1; }
done

# A function's first mention carries its name: "fn=(12) name", for one that recurs with a number behind it.
sed -nE "s/^c?fn=\([0-9]+\) (.*)/\1/p" "$folder"/*.trace | sed -E "s/'[0-9]+$//" | grep -vE '^(\(below main\)|0x[0-9a-f]+|\?\?\?)$' | awk '!seen[$0]++' \
  >Scripts/static-link/start-order.txt
printf 'trace-start: %d functions\n' "$(wc -l <Scripts/static-link/start-order.txt)"
