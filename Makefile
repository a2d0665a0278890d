# Everything a developer does here starts from a target of this file; `make help` lists them. Each target does what it needs itself.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory --no-builtin-rules
SHELL := /bin/bash

# Where `make deploy` goes (a file of infra/config), with which profile and to which region (those of the caller's environment unless given), and the
# model of the demo (scripted, bedrock).
ENVIRONMENT ?= local
PROFILE ?=
REGION ?=
MODEL ?= scripted

# `name: ## text` is what `make help` prints.
.PHONY: help
help: ## List the targets
	@sed -n 's/^\([a-z][a-z0-9-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "  make %-18s %s\n", $$1, $$2 }'

.PHONY: setup
setup: ## Install what is missing: Debian packages, Python packages in .venv
	@Scripts/setup.sh

.PHONY: demo
demo: ## Run the demo on the local cloud (PORT=, MODEL_PORT=; MODEL=bedrock MODEL_ID= for real models)
	@Scripts/setup.sh local infra
	@MODEL=$(MODEL) Scripts/demo.sh

.PHONY: demo-fabricate
demo-fabricate: ## Run the demo of fabrication: an agent is drafted, tested, mended and used (PORT=, MODEL_PORT=, MODEL= as above)
	@Scripts/setup.sh local infra
	@MODEL=$(MODEL) Scripts/demo-fabricate.sh

.PHONY: demo-cost trigger-workflow
demo-cost: ## Run the demo of the cost optimizer: an event, a workflow, an agent, a report (PORT=, MODEL_PORT=, MODEL= as above, MODEL=none)
	@Scripts/setup.sh local infra
	@MODEL=$(MODEL) Scripts/demo-cost.sh
trigger-workflow: ## Start a cost analysis in ENVIRONMENT (default local; dev: PROFILE=name REGION=name; PROMPT="...") and print its session
	@Scripts/setup.sh local infra
	@.venv/bin/python Scripts/trigger-workflow.py --environment $(ENVIRONMENT) $(if $(PROFILE),--profile "$(PROFILE)") $(if $(REGION),--region "$(REGION)") $${PROMPT:+--prompt "$$PROMPT"}

.PHONY: test
test: ## Run all tests: unit, simulated worlds, infra, pages, contract, packages, integration, packages for arm64
	@Scripts/test.sh

.PHONY: test-unit test-simulation test-infra test-pages test-contract test-package test-integration test-arm64
test-unit: ## Build everything and run the Swift unit tests
	@Scripts/test.sh unit
test-simulation: ## Run the tests of simulated worlds, and ten thousand worlds
	@Scripts/test.sh simulation
test-infra: ## Test the CDK app and the deployment scripts
	@Scripts/test.sh infra
test-pages: ## Look at reports in a browser, and hold them to their schema (installs Chromium, once)
	@Scripts/test.sh pages
test-contract: ## Check every AWS request against the service models
	@Scripts/test.sh contract
test-package: ## Package the functions, check how they are linked, run each from an empty root
	@Scripts/test.sh package
test-integration: ## Run the packaged functions on the local cloud
	@Scripts/test.sh integration
test-arm64: ## Package the functions for arm64, and run each from an empty root under emulation (fetches 1.2 GB, once)
	@Scripts/test.sh arm64

.PHONY: simulate
simulate: ## Run 100,000 simulated worlds, minutes on two processors (SEEDS=1..1000 for others)
	@Scripts/simulate.sh $(if $(SEEDS),--seeds "$(SEEDS)")

.PHONY: chaos
chaos: ## Break everything between 500 orchestrations and what they call, and count what is lost (CHAOS="--seed 7 --orchestrations 100")
	@Scripts/setup.sh local infra
	@Scripts/chaos.sh $(CHAOS)

.PHONY: prompt
prompt: ## Put the cost agent's prompt (Sources/CostOptimizer/Agent/prompt.md) into its source
	@Scripts/generate-prompt.py

.PHONY: mutants
mutants: ## Run the wrong implementations that worlds must find, and write their table into docs/guarantees.md
	@Scripts/setup.sh apt
	@ARBITER_KEEP_MUTANTS=1 swift test --filter MutantTests

.PHONY: bench
bench: ## Run the benchmarks and write Benchmarks/results.json
	@Scripts/setup.sh
	@Scripts/bench.sh

.PHONY: build
build: ## Build every Swift target (debug)
	@Scripts/setup.sh apt
	@swift build --build-tests

.PHONY: package
package: ## Build the functions, write dist/*.zip and print their sizes (ARCHITECTURE=arm64: dist/arm64/*.zip)
	@Scripts/setup.sh apt
	@Scripts/build-functions.sh
	@Scripts/package.py

# AgentCore runs arm64 only.
.PHONY: image
image: export ARCHITECTURE ?= arm64
image: ## Build the images of the agents in containers: dist/arm64/*.oci.tar (ARCHITECTURE=x86_64 for this machine's)
	@Scripts/setup.sh apt
	@Scripts/build-functions.sh CostAgent
	@Scripts/image.py build

.PHONY: deploy
deploy: ## Package and deploy to ENVIRONMENT (default local; dev: PROFILE=name REGION=name)
	@Scripts/setup.sh local infra
	@architecture="$$(.venv/bin/python -m infra.packages "$(ENVIRONMENT)")" && $(MAKE) package ARCHITECTURE="$$architecture"
	@.venv/bin/python Scripts/deploy.py --environment $(ENVIRONMENT) $(if $(PROFILE),--profile "$(PROFILE)") $(if $(REGION),--region "$(REGION)")

.PHONY: local-up local-down
local-up: ## Start the local cloud in the background (PORT=, MODEL_PORT= for others than 4566 and 4567)
	@Scripts/setup.sh local
	@Scripts/swift-build.sh --product arbiter
	@.build/debug/arbiter local up $(if $(PORT),--port "$(PORT)") $(if $(MODEL_PORT),--model-port "$(MODEL_PORT)")
# What is built already will do: sources that do not compile must not keep the local cloud running.
local-down: ## Stop the local cloud; its state is kept under .arbiter/
	@test -x .build/debug/arbiter || Scripts/swift-build.sh --product arbiter
	@.build/debug/arbiter local down

.PHONY: format lint
format: ## Format the Swift sources
	@swift format --in-place --parallel --recursive Package.swift Sources Tests Benchmarks
lint: ## Report Swift sources that are not formatted
	@swift format lint --strict --parallel --recursive Package.swift Sources Tests Benchmarks

.PHONY: requirements
requirements: ## Compile Scripts/requirements/*.in to pinned, hashed lists
	@Scripts/requirements/compile.sh

.PHONY: clean
clean: ## Remove what was built; the tools in .venv and the local cloud's state stay
	@rm -rf .build dist infra/cdk.out .arbiter/synth Benchmarks/results.json
	@find infra Scripts Tests Benchmarks -name __pycache__ -prune -exec rm -rf {} + -o -name .pytest_cache -prune -exec rm -rf {} +
