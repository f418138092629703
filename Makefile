# Two commands do all the set-up there is: `make demo` runs the main job, `make test` passes the tests.
# Both create what they need, a virtual environment in this folder.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# An editable install leaves the explorer's SPARQL editor out (a plain text box takes its place); `make serve` brings it.
export KG_NO_WEB ?= 1

.PHONY: demo test serve lint clean

demo: $(VENV)/installed
	$(BIN)/kg demo

test: $(VENV)/installed-test
	$(BIN)/python -m pytest -n auto --dist loadfile

serve: $(VENV)/installed
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[serve]'
	-$(BIN)/python web/bundle.py
	$(BIN)/kg serve

lint: $(VENV)/installed-test
	$(BIN)/pip install --quiet ruff mypy types-PyYAML
	$(BIN)/ruff check kg tests
	$(BIN)/mypy

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml | $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/installed-test: pyproject.toml | $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[test]'
	touch $@ $(VENV)/installed

clean:
	rm -rf $(VENV) build
