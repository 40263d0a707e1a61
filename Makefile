# The venv is made from the lock; a changed lock updates it. Nothing outside this folder is touched.
PYTHON ?= python3
BIN := .venv/bin
export EPG_HOME ?= $(CURDIR)/.epg

.PHONY: demo test test-unit smoke lint bench scale lock clean

demo: .venv/installed
	$(BIN)/epg demo --out dist

# Three at a time on two cores: tests that start servers mostly wait for them.
test: .venv/installed-dev
	$(BIN)/pytest -n 3 --dist loadgroup

# Without servers, while you work: the functions, the pages, the shape and the words of the code.
test-unit: .venv/installed-dev
	$(BIN)/pytest -q -n 2 tests/unit

# A few requests to the real services that events come from; skipped without a network.
smoke: .venv/installed-dev
	EPG_SMOKE=1 $(BIN)/pytest -q tests/smoke

lint: .venv/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/installed-dev
	$(BIN)/python tests/bench.py
	$(BIN)/python tests/bench_pages.py

# 200 providers with 30 days, on real servers: some twenty minutes, 5 GB of disk.
scale: .venv/installed-dev
	PYTHONPATH=tests/integration $(BIN)/python tests/scale.py

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv .venv

.venv/installed: requirements.lock pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/installed-dev: requirements-dev.lock .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

# Needs uv on the PATH. The locks name no index and no host.
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-strip-extras --no-annotate
lock:
	$(LOCK) pyproject.toml --group pyproject.toml:build -o requirements.lock
	$(LOCK) pyproject.toml --group pyproject.toml:build --group pyproject.toml:dev -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf .venv dist .epg
