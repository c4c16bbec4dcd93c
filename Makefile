# Works with GNU make 3.81 (macOS) and later, and in a folder whose path has spaces: no target, no
# prerequisite and no recipe names an absolute path.

PYTHON ?= python3
# What `make run` reads; make does not look at these, the recipe does.
PINGS ?=
MIN_SUBMISSION_DATE ?=
MAX_SUBMISSION_DATE ?=
export PINGS MIN_SUBMISSION_DATE MAX_SUBMISSION_DATE
# What `make run` asks of its sample before rates, like verdict watch explain; their exit codes 3 and 4
# are answers. SAMPLE_FLAGS=--no-regressions makes a release that is no worse than others.
VERDICTS ?= verdict watch explain
SAMPLE_FLAGS ?=
# --wheelhouse packs all packages for hosts without internet.
TARBALL_FLAGS ?=
# Like -v (each test's sentence) or -f (stop at the first failure).
UNITTEST_FLAGS ?=
# Which tests of the deployment to run; deploy_[lt]*.py are those of some seconds, all take minutes.
DEPLOY_TESTS ?= deploy_*.py
# Like '"fast path" nesting': only these targets of test/mutants/targets.py, printed.
MUTANTS ?=
# Like --quick, --seed 2, --part Watch or --jobs 1. What was drawn is kept in .cache: remove it after a
# change of a method.
SIMULATE_FLAGS ?=
# --upgrade makes `make lock` take newer versions.
LOCK_FLAGS ?=

VENV_PYTHON = .venv/bin/python
PIP = PIP_DISABLE_PIP_VERSION_CHECK=1 $(VENV_PYTHON) -m pip --quiet --no-input
COMPILE = .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock" \
	$(LOCK_FLAGS)

define MAKE_VENV
	@"$(PYTHON)" -m venv --clear $(1)
	@PIP_DISABLE_PIP_VERSION_CHECK=1 $(1)/bin/python -m pip --quiet --no-input install --no-compile \
		--require-hashes --only-binary :all: -r $(2)
	@pwd -P > $(1)/packages
endef

.DEFAULT_GOAL := help
.PHONY: help run test test-deploy test-spark test-long mutants lint deploy-tools tarball docs benchmark \
	benchmark-quick benchmark-database simulate lock protobuf clean FORCE

help: ## Say what each target does.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-18s %s\n", $$1, $$2}' Makefile
	@echo
	@echo "PYTHON=python3.13 chooses the Python; UNITTEST_FLAGS=-v shows each test's sentence."

run: .venv/project ## Say which release got worse, from sample pings; or show crash rates of PINGS=folder.
	@set -e; \
	said() { printf '\n$$ .venv/bin/crash-rate-aggregates %s\n' "$$*"; }; \
	ask() { said "$$@"; .venv/bin/crash-rate-aggregates "$$@"; }; \
	day() { $(VENV_PYTHON) -c "from datetime import *; print((datetime.now(timezone.utc) - timedelta($$1)).date())"; }; \
	story=; made="--pings-per-day 20000"; \
	if [ -z "$$PINGS" ] && [ -z "$$MIN_SUBMISSION_DATE$$MAX_SUBMISSION_DATE" ]; then \
		story=sample-pings/backfill.txt; \
		MIN_SUBMISSION_DATE=`day 90`; MAX_SUBMISSION_DATE=`day 1`; \
		made="--pings-per-day 4000 --bad-release `day 6` $(SAMPLE_FLAGS)"; \
	fi; \
	set --; \
	if [ -n "$$MIN_SUBMISSION_DATE" ]; then set -- "$$@" --min-submission-date "$$MIN_SUBMISSION_DATE"; fi; \
	if [ -n "$$MAX_SUBMISSION_DATE" ]; then set -- "$$@" --max-submission-date "$$MAX_SUBMISSION_DATE"; fi; \
	if [ -z "$$PINGS" ]; then \
		PINGS=sample-pings; \
		echo "No PINGS=… given, so the pings are synthetic: made up here, in the folder sample-pings."; \
		ask sample-pings "$$PINGS" "$$@" $$made --seed 1; \
	fi; \
	if [ -z "$$story" ]; then \
		ask backfill "$$@" --pings "$$PINGS"; \
	else \
		said backfill "$$@" --pings "$$PINGS"; \
		.venv/bin/crash-rate-aggregates backfill "$$@" --pings "$$PINGS" > "$$story" || { code=$$?; cat "$$story"; exit $$code; }; \
		echo "What became of the pings of each day is in $$story."; \
		if [ -n "$(VERDICTS)" ]; then printf '\nOf synthetic pings:\n'; fi; \
		for question in $(VERDICTS); do ask $$question || test $$? -ge 3; done; \
	fi; \
	ask rates "$$@"; \
	ask ledger; \
	printf '%s\n' '' 'Ask the next question:' \
		'  .venv/bin/crash-rate-aggregates rates --by os_name,channel' \
		'  .venv/bin/crash-rate-aggregates sql "SELECT submission_date, sum(main_crashes) / nullif(sum(usage_hours), 0) FROM crash_aggregates GROUP BY 1 ORDER BY 1"' \
		'  .venv/bin/crash-rate-aggregates database start    # a server that stays, and its URL for psql' \
		'  .venv/bin/crash-rate-aggregates --help'

test: .venv/spark ## Run all tests.
	@$(VENV_PYTHON) -m unittest discover $(UNITTEST_FLAGS)

test-deploy: .venv/dev .venv-deploy/packages ## Run the playbooks in ansible/ against AWS on this machine, and test the tarball.
	@$(VENV_PYTHON) -m unittest discover -s test/deploy -t . -p '$(DEPLOY_TESTS)' $(UNITTEST_FLAGS)

test-spark: .venv/spark ## Run the job on Spark, and faults on clusters of it: a part of test-long.
	@$(VENV_PYTHON) -m unittest discover -s test/long -t . -p 'long_*spark.py' $(UNITTEST_FLAGS)

test-long: .venv/spark .venv/azurite .venv-deploy/packages .venv-airflow/packages ## Run the proofs that take minutes each, and Azure's emulator (npm).
	@$(VENV_PYTHON) -m unittest discover -s test/long -t . -p 'long_*.py' $(UNITTEST_FLAGS)

mutants: .venv/mutants ## Change the risky code in a thousand places, see that tests notice; writes docs/testing.md.
	@$(VENV_PYTHON) -m test.mutants $(MUTANTS)

benchmark: .venv/benchmark ## Measure beside peers, half an hour, and write docs/benchmarks.md.
	@$(VENV_PYTHON) -m benchmarks
	@$(VENV_PYTHON) docs/generate_docs.py

benchmark-quick: .venv/benchmark ## Print the same ratios from a quarter of the data, in minutes.
	@$(VENV_PYTHON) -m benchmarks --quick

simulate: .venv/project ## Draw made-up worlds for an hour and write docs/statistics.md; SIMULATE_FLAGS=--quick for a minute.
	@$(VENV_PYTHON) -m simulations $(SIMULATE_FLAGS)

lint: .venv/spark ## Check style, types and the direction of imports.
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy --strict
	@$(VENV_PYTHON) -m unittest test.test_layers

deploy-tools: .venv/project .venv-deploy/packages ## Install Ansible in .venv-deploy, for ansible/deploy.yml; docs/operations.md.

tarball: .venv/project ## Make dist/crash-rate-aggregates-job.tar.gz; TARBALL_FLAGS=--wheelhouse for hosts without internet.
	@$(VENV_PYTHON) deploy/build_tarball.py $(TARBALL_FLAGS)

docs: .venv/project ## Write the generated parts of docs/ anew.
	@$(VENV_PYTHON) docs/generate_docs.py

benchmark-database: .venv/project ## Measure every question at real size; writes docs/benchmarks.md.
	@$(VENV_PYTHON) -m benchmarks.database

lock: .venv/dev ## Write the lock files from pyproject.toml; LOCK_FLAGS=--upgrade for newer versions.
	@$(PIP) install uv
	@$(COMPILE) pyproject.toml --group build --output-file requirements.lock
	@$(COMPILE) pyproject.toml --group build --group dev --constraint requirements.lock \
		--output-file requirements-dev.lock
	@$(COMPILE) pyproject.toml --extra spark --group spark --constraint requirements-dev.lock \
		--output-file requirements-spark.lock
	@$(COMPILE) pyproject.toml --extra aws --extra on-spark --constraint requirements-dev.lock \
		--output-file requirements-job.lock
	@$(COMPILE) --group deploy --output-file requirements-deploy.lock
	@$(COMPILE) --group airflow --output-file requirements-airflow.lock
	@$(COMPILE) pyproject.toml --extra spark --group spark --group benchmark \
		--constraint requirements-spark.lock --output-file requirements-benchmark.lock
	@$(COMPILE) --group mutants --constraint requirements-dev.lock --output-file requirements-mutants.lock

# That version writes a module that every protobuf since 6.31 can load.
protobuf: ## Write the module that reads Heka's messages anew from heka.proto.
	@"$(PYTHON)" -m venv --clear .venv/protoc
	@PIP_DISABLE_PIP_VERSION_CHECK=1 .venv/protoc/bin/python -m pip --quiet --no-input install grpcio-tools==1.76.0
	@.venv/protoc/bin/python -m grpc_tools.protoc --proto_path=. --python_out=. --pyi_out=. \
		crash_rate_aggregates/sources/formats/heka/heka.proto

clean: ## Remove what make made: .venv, caches, sample pings. The database stays.
	@rm -rf .venv .venv-deploy .venv-airflow .mutants dist .mypy_cache .ruff_cache .hypothesis sample-pings
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps of .venv. It is made anew when the lock changes, so nothing old stays in it, and
# when the folder was moved or the Python removed: programs in .venv begin with the path of both.
ifneq ($(shell test -x $(VENV_PYTHON) && cat .venv/packages 2>/dev/null),$(shell pwd -P))
.venv/packages: FORCE
endif
.venv/packages: requirements.lock
	@command -v "$(PYTHON)" >/dev/null || { \
		echo "There is no $(PYTHON) here: install Python 3.11 or later, or name it, as in make PYTHON=python3.12" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$(PYTHON) is `"$(PYTHON)" -V 2>&1`, and 3.11 or later is needed: name another, as in make PYTHON=python3.12" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) has no venv: install it (Debian and Ubuntu: apt install python3-venv), or name another, as in make PYTHON=python3.12" >&2; exit 1; }
	@echo "Making .venv from requirements.lock …"
	@"$(PYTHON)" -m venv --clear .venv
	@$(PIP) install --require-hashes --only-binary :all: -r requirements.lock
	@pwd -P > $@

.venv/project: .venv/packages pyproject.toml
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev: .venv/project requirements-dev.lock
	@echo "Adding the tools of requirements-dev.lock to .venv …"
	@$(PIP) install --require-hashes --only-binary :all: -r requirements-dev.lock
	@touch $@

# Microsoft's emulator of Azure's storage; where npm cannot install it, its tests are skipped.
.venv/azurite: .venv/packages
	@echo "Adding azurite to .venv …"
	@npm install --silent --no-audit --no-fund --fetch-retries=1 --fetch-timeout=60000 --prefix $@ azurite@3.37.0 || \
		echo "npm did not install azurite, so the tests of Azure are skipped." >&2
	@mkdir -p $@ && touch $@

# pyspark comes as source alone, but needs no compiler: setuptools of .venv/dev packs it.
.venv/spark: .venv/dev requirements-spark.lock
	@echo "Adding Spark from requirements-spark.lock to .venv (about 450 MB, a minute) …"
	@$(PIP) install --require-hashes --only-binary :all: --no-binary pyspark --no-build-isolation \
		-r requirements-spark.lock
	@touch $@

# Two more, which share no package with the program: what deploys it, and what an Airflow host has.
ifneq ($(shell test -x .venv-deploy/bin/python && cat .venv-deploy/packages 2>/dev/null),$(shell pwd -P))
.venv-deploy/packages: FORCE
endif
.venv-deploy/packages: requirements-deploy.lock | .venv/packages
	@echo "Making .venv-deploy from requirements-deploy.lock (Ansible, about 700 MB, a minute or two) …"
	$(call MAKE_VENV,.venv-deploy,requirements-deploy.lock)

ifneq ($(shell test -x .venv-airflow/bin/python && cat .venv-airflow/packages 2>/dev/null),$(shell pwd -P))
.venv-airflow/packages: FORCE
endif
.venv-airflow/packages: requirements-airflow.lock | .venv/packages
	@echo "Making .venv-airflow from requirements-airflow.lock (about 300 MB, a minute) …"
	$(call MAKE_VENV,.venv-airflow,requirements-airflow.lock)

.venv/benchmark: .venv/spark requirements-benchmark.lock
	@echo "Adding what make benchmark compares with from requirements-benchmark.lock to .venv (about 600 MB) …"
	@$(PIP) install --require-hashes --only-binary :all: --no-binary pyspark --no-build-isolation \
		-r requirements-benchmark.lock
	@touch $@

.venv/mutants: .venv/dev requirements-mutants.lock
	@echo "Adding what make mutants runs from requirements-mutants.lock to .venv …"
	@$(PIP) install --require-hashes --only-binary :all: -r requirements-mutants.lock
	@touch $@
