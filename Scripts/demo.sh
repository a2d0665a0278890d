#!/usr/bin/env bash
# Runs the demo: two agents analyse real files at the same time, a third builds a report on what they found.
#
# It packages and deploys what has changed, starts the local cloud if it is not running, submits the task and shows it happen.
# MODEL=scripted (the default) needs no model: Demo/scenario.json phrases, and every number comes out of a tool result.
# MODEL=bedrock asks Amazon Bedrock with the caller's credentials, region and profile; MODEL_ID names the model or inference profile.
# At the end the local cloud stays up for a look around; when the demo is interrupted or fails, nothing that it started goes on.
set -euo pipefail
cd "$(dirname "$0")/.."

model="${MODEL:-scripted}"
port="${PORT:-4566}"
model_port="${MODEL_PORT:-4567}"
arbiter=.build/debug/arbiter
say() { printf '\n\033[1mdemo:\033[0m %s\n' "$*" >&2; }
test -t 2 || say() { printf 'demo: %s\n' "$*" >&2; }

started=no
finish() {
  local status=$?
  trap - EXIT INT TERM HUP
  # The terminal may be gone, and what was started must still be stopped.
  set +e
  if [[ "$status" != 0 && "$started" == yes ]]; then
    say "stopping the local cloud"
    "$arbiter" local down || "$arbiter" local down >/dev/null 2>&1
  fi
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

model_options=()
case "$model" in
  scripted) model_options=(--backend scripted --scenario Demo/scenario.json) ;;
  bedrock)
    # Profiles, sign-on sessions and credential processes are botocore's business; the model server gets what comes out of them.
    credentials="$(.venv/bin/python Scripts/caller_credentials.py)" || exit 1
    eval "$credentials"
    : "${MODEL_ID:=us.anthropic.claude-sonnet-4-5-20250929-v1:0}"
    model_options=(--backend bedrock --region "$AWS_REGION" --model "*=$MODEL_ID")
    ;;
  *)
    say "MODEL=$model is unknown: use scripted or bedrock"
    exit 2
    ;;
esac

say "building (takes minutes the first time)"
Scripts/swift-build.sh --product arbiter
Scripts/build-functions.sh
Scripts/package.py >&2
seconds_before=$SECONDS

if ! "$arbiter" local status >/dev/null 2>&1; then started=yes; fi
"$arbiter" local up --port "$port" --model-port "$model_port" "${model_options[@]}"
.venv/bin/python Scripts/deploy.py --environment local --quiet

say "three agents, and two files for them to work on"
"$arbiter" agents put Demo/agents.json
"$arbiter" files put Demo/data/sales.csv workspaces/shared/sales.csv
"$arbiter" files put Demo/data/returns.csv workspaces/shared/returns.csv

task="Compare the sales and the returns of the third quarter (shared/sales.csv, shared/returns.csv). Which product earns the most after refunds, \
and which one has a returns problem, and why? Write a report."
say "$task"
id="demo-$(date +%Y%m%d-%H%M%S)-$$"
answer="$("$arbiter" submit "$task" --follow --id "$id")"
printf '\n%s\n' "$answer"

mkdir -p .arbiter/demo
"$arbiter" files get "workspaces/$id/report.md" .arbiter/demo/report.md
say "the report is $PWD/.arbiter/demo/report.md, the run took $((SECONDS - seconds_before)) s with the deployment"
if [[ "$model" == scripted ]]; then
  say "the model was scripted: no money was spent, the cost is what the model named in the configuration would charge"
fi
cat >&2 <<EOF

To look further:
  $arbiter show $id
  $arbiter list
  $arbiter agents list
  $arbiter local down        stop the local cloud
EOF
