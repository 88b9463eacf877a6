# Isinglass: `make` lists what there is. Each target sets up what it needs by itself.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PY := .venv/bin/python

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

env: ## set up the virtual environment (.venv)
	@tools/setup_env.sh dev

demo: env ## do the main job on the retail scenario: raw files in, a trusted table out
	@.venv/bin/isinglass demo

test: env ## run every test; installs the servers it needs
	@tools/setup_postgresql.sh
	@tools/setup_env.sh spark
	@tools/setup_env.sh clients
	@JAVA_HOME=$$(tools/setup_java.sh) $(PY) -m pytest -q -n 3 --dist worksteal $(ARGS)

quick: env ## run the fast tests on SQLite only
	@$(PY) -m pytest -q -n 2 --db=sqlite -m "not slow and not spark" $(ARGS)

check: env ## format, lint, types, import layers, generated files
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-cache
	@$(PY) tools/generate.py --check

format: env ## format and fix what can be fixed
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

generate: env ## regenerate the files that come from the service models
	@$(PY) tools/generate.py

bench: env ## run the benchmarks against their peers (ARGS="api etl crawl job_start")
	@tools/setup_env.sh bench
	@tools/setup_env.sh spark
	@JAVA_HOME=$$(tools/setup_java.sh) $(PY) benchmarks/run.py $(ARGS)

lock: env ## resolve the locks again
	@tools/lock.sh

clean: ## remove environments, caches and the demo's data
	rm -rf .venv .venv-spark .venv-bench .venv-clients .mypy_cache .ruff_cache .pytest_cache .isinglass .build

.PHONY: help env demo test quick check format generate bench lock clean
