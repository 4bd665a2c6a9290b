# `make run` opens the console, `make demo` one on a made-up month, `make test` runs the whole suite; both set up .venv from the locked requirements first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: run demo test check format lock generate snapshots clean

run: $(VENV)/.run-ready
	@$(BIN)/watchfloor init --once
	@$(BIN)/watchfloor

demo: $(VENV)/.run-ready
	@$(BIN)/watchfloor demo

test: $(VENV)/.test-ready
	$(BIN)/python -m pytest -n 4 --dist loadgroup

check: $(VENV)/.test-ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m console.generate --check

format: $(VENV)/.test-ready
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

generate: $(VENV)/.test-ready
	$(BIN)/python -m console.generate

snapshots: $(VENV)/.test-ready
	$(BIN)/python -m pytest tests/screens --snapshot-update

lock: $(VENV)/.test-ready
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header pyproject.toml requirements/run.in -o requirements/run.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header pyproject.toml requirements/dev.in -o requirements/dev.txt

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Watchfloor needs Python 3.11 or newer: set PYTHON=python3.x" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python's venv module is missing: on Debian, apt install python3-venv" >&2; exit 1; }

$(VENV)/.run-ready: requirements/run.txt pyproject.toml | $(VENV)/bin/python
	@echo "Setting up $(VENV) (once) ..."
	@$(PIP) install --require-hashes -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test-ready: requirements/dev.txt pyproject.toml | $(VENV)/bin/python
	@echo "Setting up $(VENV) for tests (once) ..."
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.run-ready

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build
