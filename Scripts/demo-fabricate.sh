#!/usr/bin/env bash
# Runs the demo of fabrication: a task that no agent can do. A model drafts one, its first draft fails its test in the sandbox, it is mended, becomes
# an agent, and does the task; a second task of the kind finds the agent there.
#
# It packages and deploys what has changed, starts the local cloud if it is not running, and forgets agents that it made in an earlier run.
# MODEL=scripted (the default) needs no model: Demo/fabricate/scenario.json phrases, Demo/fabricate/*.js is the code that it writes; the tests are run
# and every number of the answers is computed by that code from the files.
# MODEL=bedrock asks Amazon Bedrock with the caller's credentials, region and profile; MODEL_ID names the model or inference profile.
# PORT, MODEL_PORT and ARBITER_PROJECT are those of Scripts/demo.sh.
set -euo pipefail
cd "$(dirname "$0")/.."

demo_target=demo-fabricate
# shellcheck source=Scripts/demo/common.sh
source Scripts/demo/common.sh

# The agents that a run of this demo has made, and the one of the scenario, whoever asked for its latest version: the demo shows how it is made.
fabricated() {
  "$arbiter" agents list --json | .venv/bin/python -c '
import json, sys
for row in json.load(sys.stdin):
    origin = str((row.get("origin") or {}).get("orchestrationId", ""))
    if origin.startswith("fabricate-") or (origin and row["agentId"] == "ledger-reconciler"):
        print(row["agentId"])'
}

demo_build Demo/fabricate/scenario.json
demo_start
demo_deploy Demo/agents.json

earlier="$(fabricated)"
if test -n "$earlier"; then
  say "forgetting what an earlier demo made; the Supervisor looks into the registry again after 5 seconds"
  for agent in $earlier; do "$arbiter" agents delete "$agent"; done
  sleep 5.5 # supervisor.registryCacheSeconds of infra/config/local.yaml
fi

say "four tables for the agents to work on"
for file in Demo/fabricate/data/*.csv; do "$arbiter" files put "$file" "workspaces/shared/$(basename "$file")"; done

say "a task for which none of the agents in the registry is made: the fabricator has to make one"
run="fabricate-$(date +%Y%m%d-%H%M%S)-$$"
id="$run-1"
demo_run "Reconcile the freight invoices of October (shared/freight-invoices.csv: shipment, amount) with what was agreed for each shipment \
(shared/shipments.csv: shipment, agreed). What was billed wrongly, and what do we ask back from the carrier?"
made="$(fabricated)"
if test -z "$made"; then
  say "no agent was made; what the run did instead: $arbiter show $id"
  # It has ended: there is nothing to cancel.
  if [[ "$model" == scripted ]]; then id=; exit 1; fi
fi

say "a second task of the kind: nothing has to be made any more"
id="$run-2"
demo_run "Now reconcile our customers' payments (shared/payments.csv: order, paid) with their orders (shared/orders.csv: order, total). \
Which orders are not paid in full, and how much is still open?"

say "both runs took $((SECONDS - seconds_before)) s with the deployment"
demo_say_cost
cat >&2 <<TEXT

To look further:
  $arbiter show $run-1
$(for agent in $made; do printf '  %s agents show %s\n  %s agents history %s\n' "$arbiter" "$agent" "$arbiter" "$agent"; done)
  $arbiter files list runs/$run-1/
  $arbiter local down        stop the local cloud
TEXT
