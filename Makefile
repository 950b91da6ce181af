# Everything runs in the project's environment, which scripts/env finds or builds. A recipe that fails ends make with
# status 2; faradic's own (2: a limit is exceeded, 3: not evaluated, 1: an error) is in make's message.
ENV := scripts/env

CASE ?= cases/tens_low_back.toml

# Worker processes of the tests. Those of tests/mpi start mpirun themselves.
WORKERS ?= 2

.PHONY: help run test check format lint types bench verify gallery schema

help:    ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 16

run:     ## solve one case: make run CASE=cases/tens_low_back.toml
	$(ENV) faradic run $(CASE)

test:    ## all tests, some of them on two MPI ranks
	$(ENV) python3 -m pytest -n $(WORKERS)

check: format lint types    ## formatting, lint and types, as they are

format:
	$(ENV) ruff format --check .

lint:
	$(ENV) ruff check .

types:
	$(ENV) mypy

bench:   ## time and memory of typical cases
	$(ENV) python3 scripts/bench.py
	$(ENV) python3 scripts/bench_sweeps.py

verify:  ## the verification cases, with their measured errors
	$(ENV) python3 scripts/verify.py

gallery: ## pictures of all cases, their cost and convergence: docs/gallery.md
	$(ENV) python3 -m scripts.gallery

schema:  ## cases/schema.json, from the models of the case file
	$(ENV) faradic schema >cases/schema.json.new || { rm cases/schema.json.new; false; }
	mv cases/schema.json.new cases/schema.json
