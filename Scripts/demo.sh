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

demo_target=demo
# shellcheck source=Scripts/demo/common.sh
source Scripts/demo/common.sh

demo_build Demo/scenario.json
demo_start
demo_deploy Demo/agents.json

say "two files for the agents to work on"
"$arbiter" files put Demo/data/sales.csv workspaces/shared/sales.csv
"$arbiter" files put Demo/data/returns.csv workspaces/shared/returns.csv

id="demo-$(date +%Y%m%d-%H%M%S)-$$"
demo_run "Compare the sales and the returns of the third quarter (shared/sales.csv, shared/returns.csv). Which product earns the most after refunds, \
and which one has a returns problem, and why? Write a report."

mkdir -p "$state/demo"
"$arbiter" files get "workspaces/$id/report.md" "$state/demo/report.md"
say "the report is $state/demo/report.md, the run took $((SECONDS - seconds_before)) s with the deployment"
demo_say_cost
cat >&2 <<TEXT

To look further:
  $arbiter show $id
  $arbiter list
  $arbiter agents list
  $arbiter local down        stop the local cloud
TEXT
