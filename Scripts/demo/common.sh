# What the demos have in common; sourced by Scripts/demo.sh, Scripts/demo-fabricate.sh and Scripts/demo-cost.sh from the repository's
# root.
#
# The demo says who it is (demo_target, the target of the Makefile), then calls in this order: demo_build SCENARIO, demo_start, demo_deploy SEED,
# demo_run TASK once or more. At the end the local cloud stays up for a look around; when a demo is interrupted or fails, nothing that it started
# goes on.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # what the demos read, and what they set

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
seconds_before=0  # when everything was built

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
    say "MODEL=$model is unknown: use ${demo_models:-scripted or bedrock}"
    exit 2
    ;;
esac

# Everything that the demo runs. SCENARIO is what the scripted model says; what else the model server is to do, a demo adds to model_options.
demo_build() {
  say "building (takes minutes the first time)"
  Scripts/swift-build.sh --product arbiter
  model_options=(--backend scripted --scenario "$1")
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
}

demo_start() {
  for pid in $("$arbiter" local status --json | grep --only-matching '"pid": *[0-9]*' | grep --only-matching '[0-9]*'); do keep+=(--keep "$pid"); done
  ready=yes
  if "$arbiter" local up --port "$port" --model-port "$model_port" "${model_options[@]}"; then :; else
    local status=$?
    # An interrupted start has nothing to do with ports.
    if ((status < 128)); then
      say "it asked for ports $port and $model_port. To run on others: make $demo_target PORT=4666 MODEL_PORT=4667. To begin with an empty local cloud: \
$arbiter local up --forget --port $port --model-port $model_port"
    fi
    exit "$status"
  fi
}

# Deploys with the registry rows of SEED: nothing but the runs themselves is made by hand.
demo_deploy() {
  .venv/bin/python Scripts/deploy.py --environment local --seed "$1" --quiet --local-state "$state/local" --outputs "$state/outputs-local.json"
}

# Submits TASK as the run "$id", shows it happen, and leaves what it answered in "$answer".
demo_run() {
  say "$1"
  # An interruption cancels the run, so that the follower must not say that it goes on.
  answer="$(ARBITER_NO_FAREWELL=1 "$arbiter" submit "$1" --follow --id "$id")"
  printf '\n%s\n' "$answer"
}

demo_say_cost() {
  if [[ "$model" == scripted ]]; then
    say "the model was scripted: no money was spent, the cost is what the model named in the configuration would charge"
  fi
}
