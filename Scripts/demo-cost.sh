#!/usr/bin/env bash
# Runs the demo of the cost optimizer: an event starts a workflow, the workflow asks an agent, the agent analyses the account that it runs in, journals
# each phase, and writes a report. The account is the local cloud's: the resources are those that the deployment has made.
#
# It packages and deploys what has changed, starts the local cloud if it is not running, and ends with 0 only if the workflow SUCCEEDED, the journal
# has eight COMPLETED phases, and the four files of the report are there.
# MODEL=scripted (the default) needs no model: Demo/cost/scenario.json calls the tools and phrases; every figure comes out of a tool result.
# MODEL=bedrock asks Amazon Bedrock with the caller's credentials, region and profile; MODEL_ID names the model or inference profile.
# MODEL=none analyses by the rules alone.
# OPEN=yes opens the report in a browser at the end. PORT, MODEL_PORT and ARBITER_PROJECT are those of Scripts/demo.sh.
set -euo pipefail
cd "$(dirname "$0")/.."

demo_target=demo-cost
demo_models="scripted, bedrock or none"
without_model=()
if [[ "${MODEL:-}" == none ]]; then
  # The model server runs the agent in any case.
  MODEL=scripted
  without_model=(--agent-environment MODEL_ID=none)
fi
# shellcheck source=Scripts/demo/common.sh
source Scripts/demo/common.sh

agent=.build/functions/CostAgent/bootstrap
python=.venv/bin/python

# Ends the session: neither the workflow nor the agent may go on in a cloud that stays up.
cancel_run() { timeout 20 "$python" Scripts/demo/cost_session.py "$state" stop "$state/outputs-local.json" "$id"; }

# The agent gets the settings that AgentCore would give it.
agent_environment() { "$python" -m infra.function_settings local | while IFS= read -r pair; do printf '%s\n%s\n' --agent-environment "$pair"; done; }

demo_build Demo/cost/scenario.json
mapfile -t agent_options < <(agent_environment)
model_options+=(--agent "cost-agent=$agent" "${agent_options[@]}" "${without_model[@]}")
seconds_before=$SECONDS
demo_start
demo_deploy Demo/agents.json

say "a past for the account, so that there is something to find"
"$python" Scripts/demo/cost_session.py "$state" traffic

say "an event, as anybody can publish it: source manual-trigger, detail type execute-agent"
id="$("$python" Scripts/trigger-workflow.py --environment local --local-state "$state/local")"
say "the workflow has begun with the event's id as its session: $id"
"$python" Scripts/demo/cost_session.py "$state" begun "$state/outputs-local.json" "$id"
# How it ended is for the check below to say.
ARBITER_NO_FAREWELL=1 "$arbiter" cost follow "$id" >/dev/null || true
session=$id
# It has ended: there is nothing to cancel.
id=
"$python" Scripts/demo/cost_session.py "$state" check "$state/outputs-local.json" "$session"

say "the report"
"$arbiter" cost report "$session"
"$arbiter" cost report "$session" --output "$state/demo/$session"
say "its page is $state/demo/$session/report.html, the analysis took $((SECONDS - seconds_before)) s with the deployment"
if [[ "${OPEN:-no}" == yes ]]; then "$arbiter" cost report "$session" --open; fi
demo_say_cost
cat >&2 <<TEXT

To look further:
  $arbiter cost show $session
  $arbiter cost list
  $arbiter cost report $session --open
  make trigger-workflow        another analysis of the same account; then: $arbiter cost diff $session SESSION
  $arbiter local down          stop the local cloud
TEXT
