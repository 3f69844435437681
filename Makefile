# The words people and CI both use. Everything else is `asylum --help`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: run docs test test-full-scale test-releases test-bi test-faults test-spark audit lint lint-python lint-sql ui site tools superset superset-install lock superset-lock bench clean

run: $(READY)  ## build the warehouse from the starter extract and show China (ARGS="--source api" asks UNHCR)
	@$(BIN)/asylum run $(ARGS)

test: $(READY)  ## all tests that need nothing but the project
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

test-full-scale: $(READY)  ## tests with UNHCR's real releases; they skip with a reason where those are absent
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m full_scale $(ARGS)

test-releases: $(READY)  ## each real release alone, and the first two to nine of them: built and tested
	@$(BIN)/python -m pytest -n 2 --dist worksteal -m every_release $(ARGS)

test-bi: $(READY)  ## tests with Apache Superset, which it installs into .venv-superset the first time
	@$(BIN)/python -m pytest -m bi $(ARGS)

test-faults: $(READY)  ## all faults: 200 at the sources, 100 kills, full disks, clocks, two runs, readers
	@$(BIN)/python -m pytest -n 2 --dist worksteal -m faults $(ARGS)

test-spark: $(READY) .venv-spark/.ready  ## ten questions to the files of the object store, in Apache Spark and in DuckDB
	@$(BIN)/python -m pytest -m spark $(ARGS)

.venv-spark/.ready: Makefile
	@$(PYTHON) -m venv .venv-spark
	@.venv-spark/bin/pip install --quiet --disable-pip-version-check pyspark==4.3.0
	@touch $@

audit: .venv-audit/.ready  ## known vulnerabilities of what is installed; skips with a reason where they cannot be asked for
	@report=$$(mktemp) && trap 'rm -f '$$report EXIT; \
		.venv-audit/bin/pip-audit -r requirements.lock --disable-pip --timeout 10 --progress-spinner off --format json >$$report 2>/dev/null; \
		$(PYTHON) .ci/audit.py pip $$report
	@command -v npm >/dev/null || { echo "audit of npm: skipped, npm is not installed"; exit 0; }; \
		folder=$$(mktemp -d) && trap 'rm -rf '$$folder EXIT; \
		axe=$$(sed -n 's/^AXE=//p' .ci/install-tools); \
		npm install --package-lock-only --no-audit --no-fund --silent --prefix $$folder "$$axe" && \
		npm audit --json --prefix $$folder >$$folder/report.json 2>/dev/null; \
		$(PYTHON) .ci/audit.py npm $$folder/report.json

.venv-audit/.ready: Makefile
	@$(PYTHON) -m venv .venv-audit
	@.venv-audit/bin/pip install --quiet --disable-pip-version-check pip-audit==2.10.1
	@touch $@

lint: lint-python lint-sql  ## ruff, mypy, sqlfluff, and whether Dagster loads all definitions

lint-python: $(READY)
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy
	@DAGSTER_DISABLE_TELEMETRY=yes $(BIN)/dg check defs

lint-sql: $(READY)
	@$(BIN)/sqlfluff lint dbt_project

docs: $(READY)  ## documentation of every table, column, test and metric as one page, from the last build
	@$(BIN)/asylum docs

ui: $(READY)  ## Dagster's web UI on loopback
	@$(BIN)/asylum ui

site: $(READY)  ## the site of all countries and releases, on loopback (ARGS="--port 8001")
	@$(BIN)/asylum site --serve $(ARGS)

tools: $(READY)  ## what some tests use beyond Python, such as a browser; tests without it skip (Debian, as root)
	@.ci/install-tools || echo "Tests that need what is missing will skip." >&2

superset-install: $(READY)
	@$(BIN)/python bi/superset/run.py install

superset: $(READY)  ## Apache Superset on loopback, with the dashboard (ARGS="--port 8088")
	@$(BIN)/python bi/superset/run.py setup
	@$(BIN)/python bi/superset/run.py start $(ARGS)

bench: $(READY)  ## speed and memory, as ratios against a floor measured in the same run
	@$(BIN)/python benchmarks/run.py $(ARGS)

# The lock pins every version with hashes, for every platform and every Python that is supported,
# and names no index: pip uses the one it is set up with.
lock: $(READY)  ## make requirements.lock anew from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --extra archive --extra postgres --extra lake --extra metrics --extra site --extra mcp --extra dev --universal --python-version 3.11 \
		--generate-hashes --no-strip-extras --no-emit-index-url --no-annotate --quiet \
		--custom-compile-command "make lock" --output-file requirements.lock

# Superset 6.1 came out in May 2026 and does not work with some of what came after.
superset-lock: $(READY)  ## make bi/superset/requirements.txt anew from requirements.in
	$(BIN)/uv pip compile bi/superset/requirements.in --universal --python-version 3.11 --exclude-newer 2026-06-01 \
		--generate-hashes --strip-extras --no-emit-index-url --no-annotate --quiet \
		--custom-compile-command "make superset-lock" --output-file bi/superset/requirements.txt

# Without compiled bytecode every start of dbt and Dagster takes twice as long. pip would compile on one
# core as it installs; some packages have files that no Python compiles, which pip leaves out as well.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(None if (3, 11) <= v <= (3, 13) else "Python 3.11, 3.12 or 3.13 is needed; $(PYTHON) is %d.%d. Try: make PYTHON=python3.11" % v)'
	@echo "Setting up $(VENV), once; this takes a minute or two."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements.lock
	@$(BIN)/python -m compileall -qq -j 0 $(VENV)/lib || true
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

clean:  ## remove what can be built again; landed data stays
	rm -rf dbt_project/target dbt_project/logs warehouse/data/build.duckdb* .pytest_cache .mypy_cache .ruff_cache
