# `make help` lists the targets; CONTRIBUTING.md says how they fit together.
# What was made is not made again: every step leaves a stamp, and steps that are up to date are skipped.

PYTHON ?= python3
PAPERS ?= corpus
OUT    ?= out

# Relative throughout, so that the checkout may lie in a folder with spaces in its name.
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

.PHONY: help run test check corpus corpus-scans corpus-diff corpus-accept corpus-new corpus-table corpus-typeset damage bench faults scale mutations fuzz docs draft-bench lock clean
.DELETE_ON_ERROR:

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' Makefile
	@echo '  Options: PYTHON=python3.12, PAPERS=my/folder, OUT=my/out, CORPUS=my/corpus, RULES=my/rules'

run: .venv/installed ## read the PAPERS (corpus) into OUT (out); only what is new or changed
	@[ -e "$(PAPERS)" ] || { echo "There is no $(PAPERS). Try: make run PAPERS=my/folder" >&2; exit 2; }
	@status=0; $(BIN)/savings run "$(PAPERS)" -o "$(OUT)" || status=$$?; \
	if [ $$status -eq 1 ]; then echo "Some papers failed or gave nothing; $(OUT)/papers.csv says which and why."; fi; \
	if [ $$status -le 1 ]; then \
		echo "Look at  $(OUT)/report.html   first: what was read, what adds up, what needs an eye"; \
		echo "         $(OUT)/figures.csv   the dataset, a row a figure"; \
		echo "         $(OUT)/checks.csv, repairs.csv, tables/   how it came about"; \
	fi; \
	exit $$status

test: .venv/dev ## run all tests
	$(BIN)/python -m pytest

check: .venv/dev ## lint (ruff), types (mypy --strict), layers (import-linter)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

# A corpus of one's own, and one's own rule files: CORPUS=dir RULES=dir.
PLACES = $(if $(CORPUS),--corpus "$(CORPUS)") $(if $(RULES),--rules "$(RULES)")

corpus: .venv/dev ## compare every case of the corpus (or one: CASE=authority/case) with what it must yield
	$(BIN)/python -m corpus $(if $(CASE),"$(CASE)") $(PLACES)

# How the scans are worn: WEAR="200dpi bitonal handled ..."; corpus/scan.py names them.
corpus-scans: .venv/dev ## read scans of the cases' papers (WEAR="200dpi" SEED=0), and say which figures come out otherwise
	$(BIN)/python -m corpus --scanned $(if $(CASE),"$(CASE)") --wear $(or $(WEAR),200dpi) --seed $(or $(SEED),0) $(PLACES)

corpus-diff: .venv/dev ## what this tree makes right or wrong, by figure, against another revision: BASE=main
	@[ -n "$(BASE)" ] || { echo "Say against which revision: make corpus-diff BASE=main" >&2; exit 2; }
	$(BIN)/python -m corpus.diff "$(BASE)" $(if $(CASE),"$(CASE)") $(PLACES)

corpus-accept: .venv/dev ## keep what a case yields now as what it must yield: CASE=authority/case
	$(BIN)/python -m corpus --accept $(if $(CASE),"$(CASE)") $(PLACES)

corpus-new: .venv/dev ## lay out a case: AUTHORITY="Exampleton Council" PAPER=paper.pdf (CASE=its-name)
	@[ -n "$(AUTHORITY)" ] && [ -n "$(PAPER)" ] || \
		{ echo 'Say whose paper and which: make corpus-new AUTHORITY="Exampleton Council" PAPER=paper.pdf' >&2; exit 2; }
	$(BIN)/python -m corpus.new "$(AUTHORITY)" "$(PAPER)" $(if $(CASE),--case "$(CASE)") $(PLACES)

corpus-table: .venv/dev ## put the table of the cases into corpus/README.md
	$(BIN)/python -m corpus --put-table $(PLACES)

corpus-typeset: .venv/dev ## typeset the PDFs of the corpus anew
	$(BIN)/python -m corpus.typeset

damage: .venv/dev ## damage the papers' cells, and count what is restored, marked, or passed in silence
	$(BIN)/python -m benchmarks.damage

bench: .venv/dev ## measure table finding beside other tools, and reconciliation: quality, CPU, memory (some minutes)
	@$(MAKE) --no-print-directory .venv-peers/installed || \
		echo "The tools to compare with could not be installed; the table says so." >&2
	$(BIN)/python -m benchmarks.tables
	$(BIN)/python -m benchmarks.reconcile
	$(BIN)/python -m benchmarks.batch
	$(BIN)/python -m benchmarks.forms

faults: .venv/dev ## kill workers and runs, fill disks, fail reads, move the clock; then compare what the next run gives
	$(BIN)/python -m benchmarks.faults

scale: .venv/dev ## measure what a million papers would take: reading, a cluster's overhead, requests, publishing
	$(BIN)/python -m benchmarks.scale

mutations: .venv/dev ## damage PDFs by the hundred, and count what becomes of them
	$(BIN)/python -m benchmarks.mutations

fuzz: .venv/dev ## fuzz the readers by coverage (atheris), SECONDS=60 each
	$(BIN)/python -m benchmarks.fuzz --seconds $(or $(SECONDS),60)

draft-bench: .venv/dev ## draft each case's rule anew and compare, figure by figure, what the drafts read
	$(BIN)/python -m benchmarks.draft

docs: .venv/dev ## build the documents as a site in build/site
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict

# UPGRADE=--upgrade takes the newest versions that pyproject.toml allows; without it only what must change does.
LOCK = UV_CUSTOM_COMPILE_COMMAND='make lock' $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate
lock: .venv/dev ## write the lock files anew from pyproject.toml (UPGRADE=--upgrade for newer versions)
	$(LOCK) $(UPGRADE) --extra build --extra ocr -o requirements.lock pyproject.toml
	$(LOCK) $(UPGRADE) --extra build --extra ocr --extra cluster --extra dev -c requirements.lock -o requirements-dev.lock pyproject.toml

clean: ## remove .venv, out and all caches
	rm -rf .venv .venv-peers out build *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A new lock makes a new .venv, so that nothing stays in it that the lock does not name.
.venv/locked: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'Python 3.11 or newer is needed, and "$(PYTHON)" is not. Try: make $(MAKECMDGOALS) PYTHON=python3.12' >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' || \
		{ echo '"$(PYTHON)" cannot make a .venv. On Debian or Ubuntu: apt install python3-venv' >&2; exit 1; }
	$(PYTHON) -m venv --clear .venv
	$(PIP) install --require-hashes -r requirements.lock
	@touch $@

.venv/installed: .venv/locked pyproject.toml
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev: .venv/installed requirements-dev.lock
	$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

# Other table finders, to measure beside; git is told in the folder itself to leave it alone.
.venv-peers/installed: benchmarks/peers.txt
	$(PYTHON) -m venv --clear .venv-peers
	@echo '*' > .venv-peers/.gitignore
	.venv-peers/bin/python -m pip --quiet --disable-pip-version-check install --require-hashes -r benchmarks/peers.txt
	@touch $@
