# `make lab` and `make test` do all the set-up themselves; `make help` lists the rest.
# ARGS is passed on:  make lab ARGS="--no-browser --port 9000"    make test ARGS="-k journal"

BIN := .venv/bin
ARGS ?=
BOOTSTRAP := @sh scripts/bootstrap.sh
# A worker takes a core, an engine and about 1 GB; a file's tests share what they made, and stay on
# one. One after another: make test ARGS="-n 0"
SIDE_BY_SIDE := -n auto --maxprocesses 4 --dist loadfile

.DEFAULT_GOAL := help
.PHONY: help lab class test test-all engines checks bench messages format clean

help:
	@echo 'make lab        set up what is missing, start the engine, open the course in JupyterLab'
	@echo 'make class      what an instructor needs: rosters, grades, the live class'
	@echo 'make test       lint, types, messages, and every test but the slow ones'
	@echo 'make test-all   the slow tests too'
	@echo 'make engines    the course on other engines: Docker 26.1 with both image stores, podman'
	@echo 'make bench      the benchmarks: ratios, side by side'
	@echo 'make messages   collect the messages of the code, update and compile the translations'
	@echo 'make format     put the code into its standard form'
	@echo 'make clean      remove what make put into this folder (a learner'"'"'s work is elsewhere)'

lab:
	$(BOOTSTRAP) lab
	@$(BIN)/dockdojo lab $(ARGS)

class:
	$(BOOTSTRAP) class
	@$(BIN)/dockdojo grade --help

test: checks
	$(BIN)/pytest $(SIDE_BY_SIDE) -m 'not slow' $(ARGS)

test-all: checks
	$(BIN)/pytest $(SIDE_BY_SIDE) $(ARGS)

engines:
	$(BOOTSTRAP) test
	$(BIN)/python -m tests.engines $(ARGS)

checks:
	$(BOOTSTRAP) test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python scripts/messages.py check

bench:
	$(BOOTSTRAP) test
	$(BIN)/python -m benchmarks $(ARGS)

messages:
	$(BOOTSTRAP) test
	$(BIN)/python scripts/messages.py update

format:
	$(BOOTSTRAP) test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
	find checker tests benchmarks lessons -name __pycache__ -type d -prune -exec rm -rf {} +
	find checker/locale -name '*.mo' -delete 2>/dev/null || true
