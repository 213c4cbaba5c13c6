# The commands of the project. `make run` and `make test` need nothing but Debian 12 (or Python 3.11-3.13, PostgreSQL
# with PostGIS, Node.js and Chromium elsewhere): what is missing is installed, or named in one line.
SHELL := /bin/bash
VENV ?= .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help setup run test thorough check quick audit lock clean

help:  ## what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup:  ## install what is missing, compile the network, make the database
	@tools/setup.sh run
	@$(BIN)/gzdispatch setup

run:  ## set up what is missing, then start the service
	@tools/setup.sh run
	@exec $(BIN)/gzdispatch run

test:  ## everything, on a real PostGIS and in a real browser
	@tools/setup.sh test
	@tools/test.sh

thorough: ## the same, with many more random examples and sequences (hours)
	@tools/setup.sh test
	@GZ_STATEFUL_EXAMPLES=1000 GZ_ATTACK_EXAMPLES=100 tools/test.sh --hypothesis-profile=thorough

check: ## format, lint, types, imports, tests
	@tools/setup.sh test
	@$(MAKE) --no-print-directory quick
	@tools/test.sh

quick:  ## format, lint, types, imports (what pre-commit runs)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

audit: ## look every locked package up among published advisories
	@$(BIN)/pip-audit --strict --disable-pip --require-hashes -r requirements.lock

lock:  ## renew requirements.lock: exact versions and hashes, no host
	@uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 \
	  --extra dev pyproject.toml -o requirements.lock --upgrade

clean:  ## remove what set-up made in this folder
	@rm -rf $(VENV) .state maps/web/node_modules
