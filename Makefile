# Everything runs in the project's environment, which scripts/env finds or builds. A recipe that fails ends make with
# status 2; faradic's own (2: a limit is exceeded, 3: not evaluated, 1: an error) is in make's message.
ENV := scripts/env

CASE ?= cases/tens_low_back.toml

# Worker processes of the tests, and the part that runs again on several MPI ranks (empty: none). A rank that fails
# leaves the others waiting for it, so mpirun ends them all after a time.
WORKERS ?= 2
MPI_TESTS ?= tests/mpi
MPI_RANKS ?= 2
MPI_SECONDS ?= 600

.PHONY: help run test test-serial test-mpi check format lint types bench verify schema

help:    ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 16

run:     ## solve one case: make run CASE=cases/tens_low_back.toml
	$(ENV) faradic run $(CASE)

test: test-serial test-mpi    ## all tests, then those of MPI_TESTS on MPI_RANKS ranks

test-serial:
	$(ENV) python3 -m pytest -n $(WORKERS)

test-mpi:
ifneq ($(strip $(MPI_TESTS)),)
	$(ENV) MPIEXEC_TIMEOUT=$(MPI_SECONDS) mpirun -n $(MPI_RANKS) \
		python3 -m mpi4py -m pytest -p no:cacheprovider -m "not skip_in_parallel" $(MPI_TESTS)
endif

check: format lint types    ## formatting, lint and types, as they are

format:
	$(ENV) ruff format --check .

lint:
	$(ENV) ruff check .

types:
	$(ENV) mypy

bench:   ## time and memory of typical cases
	$(ENV) python3 scripts/bench.py

verify:  ## the verification cases, with their measured errors
	$(ENV) python3 scripts/verify.py

schema:  ## cases/schema.json, from the models of the case file
	$(ENV) faradic schema >cases/schema.json.new || { rm cases/schema.json.new; false; }
	mv cases/schema.json.new cases/schema.json
