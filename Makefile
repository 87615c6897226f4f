# hazard: `make demo` shows the main job, `make test` passes every test. Both set everything up.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v $$p && break; done)
BIN := .venv/bin
GO = GOTOOLCHAIN=local "$$(cat ../.setup/go.path)"
GOFMT = "$$(dirname "$$(cat ../.setup/go.path)")/gofmt"
GO_PACKAGES := ./...

.PHONY: help setup demo test check check-python check-proto check-go test-go test-python pictures bench fuzz soak dist proto lock clean format

help: ## show this help
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 14

setup: ## make .venv, find or install Go, build the worker and the lab
	@test -n "$(PYTHON)" || { echo "setup: Python >= 3.11 is missing; install it, or set PYTHON=…" >&2; exit 1; }
	@$(PYTHON) scripts/setup.py

demo: setup ## import the sample collection and run it: console on a terminal, 15 s of text elsewhere
	@$(BIN)/python scripts/demo.py

test: setup check test-go test-python ## every check and every test (< 15 minutes)

check: check-python check-proto check-go ## lint, types, import contracts, vet, staticcheck, generated code

check-python: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check-proto: setup
	$(BIN)/python proto/generate.py --check

check-go: setup
	cd go_worker && unformatted=$$($(GOFMT) -l .) && test -z "$$unformatted" || \
	  { echo "gofmt would change: $$unformatted" >&2; exit 1; }
	cd go_worker && $(GO) vet $(GO_PACKAGES)
	cd go_worker && $(GO) tool staticcheck $(GO_PACKAGES)

# The race detector needs cgo, so a C compiler, except on macOS.
test-go: setup
	@cd go_worker && case "$$($(GO) env CGO_ENABLED GOOS | tr '\n' ' ')" in \
	  1* | *darwin*) race=-race ;; \
	  *) race=; echo "test-go: no C compiler, so no race detector; the tests run without it" ;; esac; \
	  $(GO) test $$race -timeout 10m $(GO_PACKAGES)

# In the order of tests/conftest.py: what takes long begins first.
test-python: setup
	$(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder

pictures: setup ## accept the console's screens as they are now
	HAZARD_ACCEPT_PICTURES=1 $(BIN)/python -m pytest tests/ui/test_pictures.py tests/ui/test_plan_pictures.py

bench: setup ## cost per request next to other load generators; skips what is not installed
	$(BIN)/python -m tests.bench

fuzz: setup ## damaged inputs for 10 minutes per importer, 30 s per parser of the worker
	$(BIN)/python -m tests.fuzz

soak: setup ## tests that need more than a minute
	cd go_worker && HAZARD_SOAK=1 $(GO) test -count 1 -timeout 30m -v -run 'Profile|RawLog' ./internal/engine
	$(BIN)/python -m pytest -m soak --timeout 3600 -s

dist: setup ## wheel with the worker inside, and worker binaries for other machines
	$(BIN)/python scripts/dist.py

proto: setup ## make the Go and Python stubs anew
	$(BIN)/python proto/generate.py

lock: setup ## compile the locked requirements anew
	cd requirements && for name in runtime dev go; do ../$(BIN)/uv pip compile --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --quiet $$name.in -o $$name.txt || exit 1; done

format: setup ## format Python and Go
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	cd go_worker && $(GOFMT) -w .

clean: ## remove everything that setup and tests made
	rm -rf .venv .setup .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis go_worker/bin dist build
