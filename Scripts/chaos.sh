#!/usr/bin/env bash
# Chaos on real processes (docs/chaos.md): the packaged functions on a local cloud of their own, under faults that a seed decides.
#
#   Scripts/chaos.sh [OPTION ...]      Scripts/chaos.sh --help lists the options
#
# It packages what has changed. Ports are free ones, state is in a folder that goes with it, and no other cloud is touched. Ends with 0 when nothing was
# lost, doubled, stuck or overspent, with 1 otherwise, with 2 when it could not be run.
set -euo pipefail
cd "$(dirname "$0")/.."

for option; do
  case "$option" in
    -h | --help)
      # To read about it, nothing has to be installed.
      python=.venv/bin/python
      [[ -x $python ]] || python=python3
      PYTHONPATH=Tests/Chaos:Tests/Integration exec "$python" -m chaos --help
      ;;
    --audit | --audit=*) PYTHONPATH=Tests/Chaos:Tests/Integration exec .venv/bin/python -m chaos "$@" ;;
  esac
done
# Which processor is packaged for is the machine's to say; what the caller's shell points tools at is for other work.
unset ARCHITECTURE FUNCTIONS_OUTPUT AWS_ENDPOINT_URL ARBITER_ENVIRONMENT
Scripts/build-functions.sh
# Its table of sizes is not what was asked for.
Scripts/package.py >/dev/null
Scripts/swift-build.sh --product arbiter
PYTHONPATH=Tests/Chaos:Tests/Integration exec .venv/bin/python -m chaos "$@"
