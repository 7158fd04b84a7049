# What people type. `make` alone lists it.

# Any Python from 3.11 to 3.13 will do; the first that fits is taken.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null \
	&& echo $$python && break; done)
VENV := .venv
BIN := $(VENV)/bin
PORTAL := $(BIN)/python -m account_portal

# Stamps: packages are installed again only when their list changed.
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev

# `make check` runs each module in tests/checks/ as a program; a new check is a new file there.
CHECKS = $(patsubst %.py,%,$(filter-out %/__init__.py,$(wildcard tests/checks/*.py)))

# Each process would compile all it imports anew, which takes as long as its start.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run dev test check bench fuzz torture screens lock format clean

help: ## list what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

run: $(RUNTIME) ## serve pages and API on PORT (8000); the first time also installs and builds
	@PORTAL_DEBUG_OTP="$${PORTAL_DEBUG_OTP:-$${PORTAL_DEMO:-true}}" exec $(PORTAL) serve

dev: $(RUNTIME) ## the same with hot reload
	@PORTAL_DEBUG_OTP="$${PORTAL_DEBUG_OTP:-$${PORTAL_DEMO:-true}}" exec $(PORTAL) dev

# The browser tests run on their own: their driver keeps an event loop in its process. Nothing is
# tried twice. pytest's 5 says that a selection by ARGS left nothing.
test: $(DEV) ## run all tests, those in the browser included (ARGS= goes to pytest)
	@chromium="$$($(BIN)/python -m tests.chromium)" && $(PORTAL) build || exit 1; \
	status=0; for part in "not browser" browser; do \
		CHROMIUM="$$chromium" $(BIN)/python -m pytest -n auto -m "$$part" -rfE $(ARGS) || \
		{ code=$$?; [ $$code = 5 ] || status=$$code; }; \
	done; exit $$status

check: $(DEV) ## format, lint, types, import contracts, and the checks in tests/checks
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/mypy docs/examples/counter
	@$(BIN)/lint-imports
	@set -e; for check in $(subst /,.,$(CHECKS)); do echo "$$check"; $(BIN)/python -m $$check; done

format: $(DEV) ## write the format that `check` wants
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

bench: $(DEV) ## measure speed; a table, also under var/bench
	@CHROMIUM="$$($(BIN)/python -m tests.chromium)" $(BIN)/python -m tests.bench $(ARGS)

fuzz: $(DEV) ## try the API, lives of orders, imports around a day, and policies, at length
	@$(BIN)/python -m tests.fuzz $(ARGS)
	@BOOKS_EXAMPLES=1000 BOOKS_STEPS=40 POLICY_ORDERS=1000 DAY_ORDERS=2000 $(BIN)/python -m pytest \
		-q -n auto --timeout 7200 tests/orders/test_books.py tests/orders/test_books_told.py \
		tests/orders/test_policies.py tests/merchant/test_day_between_imports.py \
		tests/merchant/test_random_day_between_imports.py

torture: $(DEV) ## kill servers, take databases, Redis, disks away; ends with 1 on one loss
	@$(PORTAL) build && $(BIN)/python -m tests.torture $(ARGS)

screens: $(DEV) ## pictures of every page under var/screens
	@CHROMIUM="$$($(BIN)/python -m tests.chromium)" $(BIN)/python -m tests.screens $(ARGS)

lock: $(DEV) ## compile pyproject.toml into the pinned requirement files (ARGS=--upgrade)
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url \
		--no-emit-find-links --custom-compile-command 'make lock' $(ARGS) \
		pyproject.toml --extra node -o requirements.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url \
		--no-emit-find-links --custom-compile-command 'make lock' $(ARGS) \
		pyproject.toml --extra node --extra dev -c requirements.txt -o requirements-dev.txt

clean: ## remove what was built and installed; var/ with its data stays
	rm -rf .web $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed; set PYTHON=/path/to/it."; exit 1; }
	@echo "Making $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)

# The lists are whole, so nothing is resolved; what is imported is compiled when it first is, which is
# a third of what the packages hold.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-compile

$(RUNTIME): requirements.txt | $(BIN)/python
	@echo "Installing packages ..."
	@$(INSTALL) -r requirements.txt
	@touch $@

$(DEV): requirements-dev.txt $(RUNTIME)
	@echo "Installing packages for tests and checks ..."
	@$(INSTALL) -r requirements-dev.txt
	@touch $@
