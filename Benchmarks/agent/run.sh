#!/usr/bin/env bash
# The cost agent against an agent on AWS's AgentCore SDK for Python: start, memory and pings; tables, and the key "agent" of Benchmarks/results.json.
#
#   Benchmarks/agent/run.sh [OPTION ...]      --help shows the options
set -euo pipefail
cd "$(dirname "$0")/../.."

Scripts/setup.sh bench
Scripts/build-functions.sh CostAgent
exec .venv/bin/python Benchmarks/agent/measure.py "$@"
