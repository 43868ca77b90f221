# `make deck` builds the sample decks, `make test` runs every test. Both set up .venv on their own.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: deck test clean

deck: $(VENV)/base
	$(BIN)/ankigen build

test: $(VENV)/test
	$(BIN)/python -m pytest

$(VENV)/base: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "ankigen needs Python 3.11 or later")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable .
	$(BIN)/python -m compileall -q src  # as pip does for a package; Python may be told to write no such files itself
	touch $@

$(VENV)/test: $(VENV)/base
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	touch $@

clean:
	rm -rf $(VENV) build
