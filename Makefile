# Seven verbs. Each makes .venv by itself; nothing else needs to be installed but Python (3.10 to 3.12) and make.
PYTHON ?= python3
BIN := .venv/bin
# a test module runs as a whole, beside those of other processes
TOGETHER := -n auto --maxprocesses 4 --dist loadfile

.PHONY: demo test quick bench docs format clean

demo: .venv/.run
	$(BIN)/wormdrive demo $(ARGS)

test: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest $(TOGETHER) $(ARGS)

# everything but what takes long: under three minutes on two cores, once kernels are compiled
quick: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/pytest -m "not slow" $(TOGETHER) $(ARGS)

bench: .venv/.bench
	$(BIN)/wormdrive bench camera --json
	$(BIN)/wormdrive bench env --json
	$(BIN)/wormdrive bench cell --json
	$(BIN)/wormdrive bench learning --no-demo --json

# the manual: site/index.html, which needs no network, nor a server for anything but its search
docs: .venv/.dev
	$(BIN)/mkdocs build --strict

format: .venv/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv

.venv/.pip:
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	@touch $@

.venv/.run: .venv/.pip pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[all]'
	@touch $@

.venv/.dev: .venv/.run
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --group dev --group docs
	@touch $@

.venv/.bench: .venv/.run
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[bench]'
	@touch $@
