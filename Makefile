# `make` lists the targets.
.DEFAULT_GOAL := help
SHELL := /bin/bash
STACK ?= dev
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2
TIERS ?= tests
export PYTHONDONTWRITEBYTECODE ?= 1

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  \033[1m%-11s\033[0m %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: venv
venv: $(BIN)/.installed ## make the environment in .venv

$(BIN)/.installed: requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] + "; choose one with PYTHON=…" if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing what requirements.txt and requirements-dev.txt pin into $(VENV) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

.PHONY: up
up: venv ## rehearse STACK on this machine: cluster, gateway, stack, real requests
	@$(BIN)/python -m sandbox up --stack $(STACK)

.PHONY: down
down: venv ## take the rehearsal away
	@$(BIN)/python -m sandbox down --stack $(STACK)

.PHONY: management
management: venv ## serve the management API of STACK, as rehearsed: on what `make up` brought up, or on a stand-in
	@$(BIN)/python -m sandbox manage --stack $(STACK)

.PHONY: recover
recover: venv ## `pulumi up` of STACK that takes over everything that exists, after a lost state or a killed update
	pulumi stack select --create $(STACK)
	PULUMI_K8S_UPSERT_EXISTING_OBJECTS=true pulumi up --stack $(STACK)

.PHONY: unlock
unlock: ## take away the lock that a killed update of STACK has left
	pulumi cancel $(STACK)

.PHONY: test
test: venv ## run every tier of tests, with the count of what was skipped and why
	@if command -v go > /dev/null; then $(BIN)/python -m sandbox.cluster build && $(BIN)/python -m sandbox.tools > /dev/null && PYTHONPATH=workflows $(BIN)/python -m workflows.rehearsal build; fi
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(TIERS)

.PHONY: workflows
workflows: venv ## one of each of OmniFy's workflows on the real Temporal server, watched to its end
	@PYTHONPATH=workflows $(BIN)/python -m workflows.rehearsal run

.PHONY: bench
bench: venv ## measure what things cost, as ratios; PARTS="scale drift declared start provider engine workflows" chooses
	@PYTHONPATH=workflows $(BIN)/python -m benchmarks $(PARTS)

.PHONY: lint
lint: venv ## check style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/pyright

.PHONY: format
format: venv ## bring the code into the one form
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

.PHONY: generate
generate: venv ## write again what is made from the code: the stack files' JSON Schemas, pages of reference, pictures
	@$(BIN)/python -m gateway schema > config/stack.schema.json
	@$(BIN)/python -m gateway schema --of project > config/project.schema.json
	@$(BIN)/python -m gateway lint --rules > docs/lint.md
	@$(BIN)/python -m gateway contract > docs/outputs.md
	@$(BIN)/python -m gateway policies > docs/policies.md
	@$(BIN)/python -m gateway settings > docs/settings.md
	@$(BIN)/python -m gateway commands > docs/commands.md
	@$(BIN)/python -m management.reference > docs/management-api.md
	@$(BIN)/python -m documentation pictures

.PHONY: docs
docs: venv ## build the site of docs/ into dist/site; a link that leads nowhere is an error
	@$(BIN)/python -m documentation site

.PHONY: pictures
pictures: venv ## draw the pictures of docs/ anew, that of a rehearsal by running one
	@$(BIN)/python -m documentation pictures
	@$(BIN)/python -m documentation pictures rehearsal

.PHONY: wheel
wheel: venv ## build the package for other programs into dist
	@$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir dist .
	@ls dist/*.whl

.PHONY: lock
lock: ## pin what the files requirements.in and requirements-dev.in ask for
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header requirements.in -o requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header requirements-dev.in -o requirements-dev.txt
	for part in management workflows; do uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header -c requirements-dev.txt $$part/requirements.in -o $$part/requirements.txt; done

.PHONY: clean
clean: ## remove what rehearsals left; the built control plane stays in its cache
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m sandbox stop; fi
	rm -rf .rehearsal
