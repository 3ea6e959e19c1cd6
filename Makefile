# The commands of the project. `make help` lists them; CONTRIBUTING.md says when to use which.

SOURCES := Shared Services Tests Package.swift
CHECKS := check-imports check-unsafe check-purity check-words check-alerts check-compose
# One set of flags for every debug build, since another set would compile all dependencies again.
SWIFT_FLAGS := --explicit-target-dependency-import-check error -Xswiftc -warnings-as-errors

.DEFAULT_GOAL := help
.PHONY: help bootstrap build build-tests release test quick lint format generate proto compose-check sim fuzz bench scale demo clean

help: ## This list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|'

bootstrap: ## Install what is missing on this machine
	ops/bootstrap

build: ## Build the nine executables (debug)
	swift build $(SWIFT_FLAGS)

# Not --build-tests, which builds every target of every dependency too: protobuf's C++ among them.
build-tests: build ## Build them and all tests
	swift build $(SWIFT_FLAGS) --product tidegatePackageTests

release: ## Build everything that runs, optimised
	@swift build -c release >&2

test: ## Everything that must hold before a change is merged
	ops/test

quick: ## The same without Thread Sanitizer and what runs whole deployments
	ops/test --quick

lint: ## Format, import directions, unsafe code, purity, words, alerts, compose; and that those checks work
	swift format lint --strict --parallel --recursive $(SOURCES)
	@set -e; for check in $(CHECKS); do ops/scripts/$$check --self-test; ops/scripts/$$check; done

format: ## Format all Swift sources in place
	swift format --in-place --parallel --recursive $(SOURCES)

generate: ## Write all generated sources anew
	@set -e; for generator in ops/scripts/generate-*; do $$generator; done

proto: ## Generate Shared/Schema/Generated from proto/
	ops/scripts/generate-proto

bench: release ## Measure against peers, one JSON line each; BENCH=regex picks some
	@ops/scripts/bench-peers
	@.build/release/Benchmarks

scale: release ## How far this machine goes: a cost model, and 300 symbols × 5 timeframes beside it (about 20 minutes)
	@ops/scripts/scale-check --self-test
	@ops/scripts/scale-check

compose-check: build ## The compose deployment, built, disturbed, attacked, scaled and compared with a backtest
	ops/scripts/compose-check

sim: release ## Run the pipeline through 100 000 seeded failure schedules
	.build/release/tidegate verify simulation --seeds 100000

fuzz: release ## A million damaged inputs for each reader of outside bytes; INPUTS=n takes others
	.build/release/Fuzz --inputs $(or $(INPUTS),1000000)

demo: ## Run the whole pipeline on this machine
	ops/demo

clean: ## Remove what was built (not .toolchain, which ops/bootstrap fetched)
	rm -rf .build
