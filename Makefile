# On a fresh machine with python3 and make:
#   make demo        explain a neuron, train on Fisher's irises, write demo/index.html
#   make test        everything: ruff, mypy, unit tests, property tests, doctests, notebooks
#   make learn       the course in JupyterLab, at its index; your answers stay in the folder course
#   make docs        the site, in build/site
#   make bench       side by side with other engines
#   make pictures    the page in each of its states, in build/pictures; PICTURES="predict 390" takes only some
#   make page        after a change to the page's scripts: shorten them; needs npm
#   make playground  the playground, as a folder, as one file and as a wheel, in build; needs npm
#   make operations  after a change to the table of operations: write anew what is made from it
#   make course      after a change to a lesson or a translation: execute it; LESSONS="03 04" takes only some

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PYTEST_ARGS ?=
PICTURES ?=

LESSONS ?=

.PHONY: demo learn test lint docs bench pictures page playground operations course clean

demo: $(VENV)/.demo
	$(BIN)/stepgrad demo

learn: $(VENV)/.learn
	$(BIN)/python notebooks/copies.py course
	$(BIN)/jupyter lab --LabApp.default_url=/lab/tree/course/README.md

test: lint
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal $(PYTEST_ARGS)

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(VENV)/.docs
	$(BIN)/python docs/website

bench: $(VENV)/.test
	$(BIN)/python benchmarks/run.py

pictures: $(VENV)/.test
	$(BIN)/python tests/browser/pictures.py build/pictures $(PICTURES)

page: $(VENV)/.test
	$(BIN)/python docs/shorten.py

playground: $(VENV)/.test
	$(BIN)/python playground/build.py

operations: $(VENV)/.test
	$(BIN)/python docs/build.py
	$(BIN)/python docs/signatures.py
	$(BIN)/python tests/oracles/conventions.py

course: $(VENV)/.test
	$(BIN)/python notebooks/build.py $(LESSONS)

clean:
	rm -rf $(VENV) demo build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

# Each stamp stands for an environment with these packages in it; they are made again when pyproject.toml changes.

$(VENV)/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Stepgrad needs Python 3.11 or newer; choose one with: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "python3 has no venv module; install it (Debian, Ubuntu: python3-venv)"; exit 1; }
	$(PIP) install --upgrade "pip>=25.1"
	touch $@

$(VENV)/.demo: $(VENV)/.created pyproject.toml
	$(PIP) install --editable ".[nn,plot]"
	touch $@

# What is written here makes JupyterLab show the index as a page to read, not as source, and fetch no news.
$(VENV)/.learn: $(VENV)/.created pyproject.toml
	$(PIP) install --editable ".[nn,plot,notebook]"
	mkdir -p $(VENV)/share/jupyter/lab/settings
	echo '{"@jupyterlab/docmanager-extension:plugin": {"defaultViewers": {"markdown": "Markdown Preview"}},' \
		'"@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}}' \
		> $(VENV)/share/jupyter/lab/settings/overrides.json
	touch $@

$(VENV)/.test: $(VENV)/.created pyproject.toml
	$(PIP) install --editable ".[nn,plot]" --group test --group lint
	touch $@

$(VENV)/.docs: $(VENV)/.test
	$(PIP) install --group docs
	touch $@
