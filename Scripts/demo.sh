#!/usr/bin/env bash
# Runs the demo: two agents analyse real files at the same time, a third builds a report on what they found.
#
# It packages and deploys what has changed, starts the local cloud if it is not running, submits the task and shows it happen.
# MODEL=scripted (the default) needs no model: Demo/scenario.json phrases, and every number comes out of a tool result.
# MODEL=bedrock asks Amazon Bedrock with the caller's credentials, region and profile; MODEL_ID names the model or inference profile.
# PORT and MODEL_PORT are those of the local cloud and the model server; ARBITER_PROJECT is a folder to keep all state in, with Scripts, Demo and
# .venv of a checkout in it (default: this checkout).
# At the end the local cloud stays up for a look around; when the demo is interrupted or fails, nothing that it started goes on.
set -euo pipefail
cd "$(dirname "$0")/.."

model="${MODEL:-scripted}"
port="${PORT:-4566}"
model_port="${MODEL_PORT:-4567}"
state="${ARBITER_PROJECT:-$PWD}/.arbiter"
arbiter=.build/debug/arbiter
say() { printf '\n\033[1mdemo:\033[0m %s\n' "$*" >&2; }
test -t 2 || say() { printf 'demo: %s\n' "$*" >&2; }

# The demo is about the local cloud, whatever the caller's shell points the tools at for other work.
unset AWS_ENDPOINT_URL ARBITER_ENVIRONMENT

ready=no   # yes once the local cloud may be touched
keep=()    # options that name what ran before the demo
id=        # the run, once it may have begun

# Cancels the run: it would go on, and with a real model cost money, in a cloud that stays up or is started again.
cancel_run() {
  for _ in 1 2 3 4 5; do
    if "$arbiter" cancel "$id" --reason "the demo was interrupted" >/dev/null 2>&1; then
      timeout 10 "$arbiter" follow "$id" >/dev/null 2>&1
      return
    fi
    # Published, and not taken up yet; or never published, or ended by itself.
    "$arbiter" show "$id" >/dev/null 2>&1 && return
    sleep 0.3
  done
}

finish() {
  local status=$?
  # Nothing may keep it from tidying up: neither a second Ctrl-C, which would end the children too, nor a terminal that is gone.
  trap '' INT TERM HUP PIPE
  trap - EXIT
  set +e
  if [[ "$status" != 0 && "$ready" == yes ]]; then
    if test -n "$id"; then
      say "cancelling the run"
      cancel_run
    fi
    say "stopping what the demo started"
    "$arbiter" local down "${keep[@]}" 2>&1 | grep -v 'not running' >&2
  fi
  exit "$status"
}
trap finish EXIT
trap "trap '' INT TERM HUP; exit 130" INT
trap "trap '' INT TERM HUP; exit 143" TERM
trap "trap '' INT TERM HUP; exit 129" HUP

# What the id of an inference profile that can be called from a region begins with.
profile_prefix() {
  case "$1" in
    us-gov-*) echo us-gov ;;
    us-* | ca-*) echo us ;;
    eu-*) echo eu ;;
    ap-northeast-1 | ap-northeast-3) echo jp ;;
    ap-southeast-2 | ap-southeast-4) echo au ;;
    *) echo global ;;
  esac
}

case "$model" in
  scripted | bedrock) ;;
  *)
    say "MODEL=$model is unknown: use scripted or bedrock"
    exit 2
    ;;
esac

say "building (takes minutes the first time)"
Scripts/swift-build.sh --product arbiter
model_options=(--backend scripted --scenario Demo/scenario.json)
if [[ "$model" == bedrock ]]; then
  # Before anything else is built or started: without credentials there is no model.
  region="$("$arbiter" credentials)" || exit 1
  region="$(sed -n 's/^region *//p' <<<"$region")"
  : "${MODEL_ID:="$(profile_prefix "$region").anthropic.claude-sonnet-4-5-20250929-v1:0"}"
  say "Bedrock in $region, model $MODEL_ID (MODEL_ID=... for another)"
  model_options=(--backend bedrock --region "$region" --model "*=$MODEL_ID")
fi
Scripts/build-functions.sh
Scripts/package.py >&2
seconds_before=$SECONDS

for pid in $("$arbiter" local status --json | grep --only-matching '"pid": *[0-9]*' | grep --only-matching '[0-9]*'); do keep+=(--keep "$pid"); done
ready=yes
if "$arbiter" local up --port "$port" --model-port "$model_port" "${model_options[@]}"; then :; else
  status=$?
  # An interrupted start has nothing to do with ports.
  if ((status < 128)); then
    say "it asked for ports $port and $model_port. To run on others: make demo PORT=4666 MODEL_PORT=4667. To begin with an empty local cloud: \
$arbiter local up --forget --port $port --model-port $model_port"
  fi
  exit "$status"
fi
# The stack brings the agents too: nothing but the run itself is made by hand.
.venv/bin/python Scripts/deploy.py --environment local --seed Demo/agents.json --quiet --local-state "$state/local" \
  --outputs "$state/outputs-local.json"

say "two files for the agents to work on"
"$arbiter" files put Demo/data/sales.csv workspaces/shared/sales.csv
"$arbiter" files put Demo/data/returns.csv workspaces/shared/returns.csv

task="Compare the sales and the returns of the third quarter (shared/sales.csv, shared/returns.csv). Which product earns the most after refunds, \
and which one has a returns problem, and why? Write a report."
say "$task"
id="demo-$(date +%Y%m%d-%H%M%S)-$$"
# An interruption cancels the run, so that the follower must not say that it goes on.
answer="$(ARBITER_NO_FAREWELL=1 "$arbiter" submit "$task" --follow --id "$id")"
printf '\n%s\n' "$answer"

mkdir -p "$state/demo"
"$arbiter" files get "workspaces/$id/report.md" "$state/demo/report.md"
say "the report is $state/demo/report.md, the run took $((SECONDS - seconds_before)) s with the deployment"
if [[ "$model" == scripted ]]; then
  say "the model was scripted: no money was spent, the cost is what the model named in the configuration would charge"
fi
cat >&2 <<TEXT

To look further:
  $arbiter show $id
  $arbiter list
  $arbiter agents list
  $arbiter local down        stop the local cloud
TEXT
