# Everything that is done with this repository; CI calls exactly these targets.
#
# Needs a Rust toolchain, CPython >= 3.11 with pip, make and gcc. Whatever else is needed is
# installed into virtual environments below this folder.

PYTHON      ?= python3
VENV        := .venv
PY          := $(VENV)/bin/python
INTEROP     := .venv-interop
NUMPY1      := .venv-numpy1
STAMPS      := target/stamps
SOURCES     := $(shell find crates python -name '*.rs' -o -name '*.py' -o -name '*.pyi' -o -name Cargo.toml) \
               Cargo.toml Cargo.lock pyproject.toml
PYTEST      := -m pytest
ON_ALL      := --numprocesses=auto --dist=worksteal

.DEFAULT_GOAL := help
.PHONY: help tour test test-rust test-python test-example test-interop test-numpy1 \
        test-environments test-browser notebook docs \
        check lint types bench miri mutants wheel size clean

help: ## list the targets
	@grep -E '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

# --- building ---------------------------------------------------------------------------

# One environment and its packages: $(call environment,FOLDER,PACKAGES)
define environment
$(PYTHON) -m venv $(1)
$(1)/bin/python -m pip install --quiet --upgrade pip
$(1)/bin/python -m pip install --quiet $(2)
endef

$(STAMPS)/venv: pyproject.toml
	$(call environment,$(VENV),--group test)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/built: $(STAMPS)/venv $(SOURCES)
	MAKEFLAGS= $(PY) -m maturin develop --release --quiet
	@touch $@

wheel: $(STAMPS)/wheel ## build the wheel into dist/

$(STAMPS)/wheel: $(STAMPS)/venv $(SOURCES)
	rm -rf dist
	$(PY) -m maturin build --release --quiet --out dist
	@touch $@

# --- the tour ---------------------------------------------------------------------------

tour: $(STAMPS)/tour ## build the package and walk over the bridge with real data
	$(PY) examples/tour.py

$(STAMPS)/tour: $(STAMPS)/built
	$(PY) -m pip install --quiet --group tour
	@touch $@

# --- tests ------------------------------------------------------------------------------

# The linker of a release build keeps one core busy; what stands beside it has the other meanwhile.
# Cargo has its own idea of jobs.
test: ## every test that needs no other tensor library
	$(MAKE) --jobs=2 $(STAMPS)/built test-rust lint
	$(MAKE) --jobs=2 $(STAMPS)/example types
	$(MAKE) test-python test-example

check: lint types ## formatting, lints, types, sizes

lint: $(STAMPS)/venv
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --quiet -- -D warnings
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) tests/house_rules.py

types: $(STAMPS)/built
	$(PY) -m mypy
	$(PY) -m mypy.stubtest tensorbridge --allowlist tests/stubtest-allowlist.txt

test-rust: ## unit tests, property tests and doctests of the Rust crates
	MAKEFLAGS= cargo test --quiet

test-python: $(STAMPS)/built ## the Python tests, on the newest NumPy
	$(PY) $(PYTEST) $(ON_ALL)

$(STAMPS)/example: $(STAMPS)/built $(shell find examples/extension -name '*.rs' -o -name Cargo.toml)
	VIRTUAL_ENV=$(CURDIR)/$(VENV) MAKEFLAGS= $(PY) -m maturin develop --release --quiet -m examples/extension/Cargo.toml
	@touch $@

test-example: $(STAMPS)/example ## build and test the example extension
	$(PY) $(PYTEST) examples/extension/tests

$(STAMPS)/interop: $(STAMPS)/wheel
	$(call environment,$(INTEROP),--group interop)
	$(INTEROP)/bin/python -m pip install --quiet --force-reinstall --no-deps dist/*.whl
	@touch $@

test-interop: $(STAMPS)/interop ## against torch and JAX (downloads several GB)
	$(INTEROP)/bin/python $(PYTEST) tests/interop

$(STAMPS)/numpy1: $(STAMPS)/wheel
	$(call environment,$(NUMPY1),--group test-numpy1)
	$(NUMPY1)/bin/python -m pip install --quiet --force-reinstall --no-deps dist/*.whl
	@touch $@

test-numpy1: $(STAMPS)/numpy1 ## the Python tests, on NumPy 1.26
	$(NUMPY1)/bin/python $(PYTEST) $(ON_ALL)

test-environments: $(STAMPS)/wheel ## the doctor in environments that are broken on purpose (downloads some)
	$(PY) $(PYTEST) tests/environments

test-browser: $(STAMPS)/built ## the pictures and the notebook in Chromium (apt-get install chromium)
	$(PY) -m pip install --quiet --group browser
	$(PY) $(PYTEST) tests/browser

notebook: $(STAMPS)/built ## execute the notebook again, in place
	$(PY) -m pip install --quiet --group browser
	$(PY) -m nbconvert --to notebook --execute --inplace --ExecutePreprocessor.record_timing=False examples/bridge.ipynb

docs: $(STAMPS)/built ## the documentation site, into site/
	$(PY) -m pip install --quiet --group docs
	NO_MKDOCS_2_WARNING=1 $(PY) -m mkdocs build --quiet --strict
	RUSTDOCFLAGS='-D warnings' cargo doc --no-deps --quiet && rm -rf site/rust && cp -r target/doc site/rust

bench: $(STAMPS)/interop ## crossings, copies and computing, as ratios against torch and NumPy
	$(INTEROP)/bin/python benches/bridge.py
	$(INTEROP)/bin/python benches/engine

MIRI := PROPTEST_CASES=4 MIRIFLAGS=-Zmiri-disable-isolation cargo +nightly miri test

miri: ## the layouts, the storage and the exchange under Miri, where the toolchain has it
	@if cargo +nightly miri --version >/dev/null 2>&1; then \
	    $(MIRI) -p tensorbridge-core --lib && $(MIRI) -p tensorbridge --lib exchange; \
	else \
	    echo "miri is not installed: rustup +nightly component add miri rust-src"; \
	fi

mutants: ## mutate exchange and layout, where cargo-mutants is installed
	@if cargo mutants --version >/dev/null 2>&1; then \
	    cargo mutants --file 'crates/tensorbridge/src/exchange/*.rs' --file 'crates/core/src/layout/*.rs'; \
	else \
	    echo "cargo-mutants is not installed: cargo install cargo-mutants"; \
	fi

size: $(STAMPS)/wheel ## bytes of the wheel, lines of the longest files
	@ls -l dist/*.whl | awk '{printf "%.2f MB  %s\n", $$5 / 1e6, $$NF}'
	@$(PY) tests/house_rules.py --longest

clean: ## remove everything that was built
	rm -rf target dist site $(VENV) $(INTEROP) $(NUMPY1)
