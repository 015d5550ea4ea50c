# The project's commands. `make setup` is run by the others when needed.
.DEFAULT_GOAL := help
PY := .venv/bin/python
.PHONY: help setup demo test check format bench fresh image-test evals transcript lock clean

help:            ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 12

setup:           ## make .venv, install the pinned packages and what Debian must provide
	@./scripts/setup.sh

demo: setup      ## start everything on this machine, run a sample conversation, stay up (ARGS=--once: end after it)
	@.venv/bin/inbox-agent demo $(ARGS)

check: setup     ## the fast loop: format, lint, types, unit tests
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@$(PY) -m pytest -q -n 2 tests/unit

test: export WITH_BROWSER ?= 1
test: check      ## every test; those in a browser only where there is a Chromium (WITH_BROWSER=required: fail without)
	@$(PY) -m pytest -n 3 --dist loadfile tests/integration tests/e2e

bench: setup     ## benchmarks, as ratios against something run beside them
	@$(PY) -m tests.bench

fresh: setup     ## play demo and tests in fresh Debian systems, as root and as a user (needs root and debootstrap)
	@$(PY) -m tests.fresh $(ARGS)

image-test: setup ## build the container image with buildah and start every role in it (needs root)
	@$(PY) -m tests.image $(ARGS)

evals: setup     ## score the prompts by scripted conversations against OPENAI_BASE_URL
	@$(PY) -m tests.evals

transcript: setup ## write docs/transcript.md and docs/pictures from a run of the whole system
	@WITH_BROWSER=1 ./scripts/setup.sh
	@$(PY) -m tests.transcript

format: setup    ## format, and fix what the linter can fix
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

COMPILE := .venv/bin/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url
lock: setup      ## compile the pinned requirements from pyproject.toml
	@$(COMPILE) requirements/build.in -o requirements/build.txt
	@$(COMPILE) pyproject.toml -o requirements/base.txt
	@$(COMPILE) --extra dev pyproject.toml -o requirements/dev.txt

clean:           ## remove what setup, tests and the demo made
	rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache .hypothesis
