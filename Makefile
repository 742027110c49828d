# Each target sets up what it needs. `make help` lists them.

PYTHON ?= python3
JOBS ?= 2
PORT ?= 8000

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
UV := uv==0.13.9

.DELETE_ON_ERROR:
.PHONY: help book pdf test lab serve notebooks bench lock clean

help:
	@echo "make book       build the book into _build/html (quick if nothing has changed)"
	@echo "make pdf        build the book and print it into _build/pdf (needs Chromium)"
	@echo "make test       check everything: the arithmetic, every number in the chapters, the built book"
	@echo "make lab        open the chapters in JupyterLab"
	@echo "make serve      build the book and serve it at http://localhost:$(PORT)"
	@echo "make notebooks  run the chapters and store what they print"
	@echo "make bench      measure what the book promises about speed and size"
	@echo "make lock       resolve requirements.in anew into requirements.txt"
	@echo "make clean      remove what was built; the environment stays"
	@echo "Options: PYTHON=$(PYTHON) makes the environment, JOBS=$(JOBS) tests at a time, PORT=$(PORT)"

book: $(READY)
	@$(BIN)/python tools/build_book.py

pdf: book
	@$(BIN)/python tools/build_pdf.py

test: $(READY)
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadfile

# Jupyter shows stored SVG pictures only in a notebook that is trusted.
lab: $(READY)
	@$(BIN)/jupyter trust chapters/*.ipynb
	@$(BIN)/python -m jupyterlab chapters

serve: book
	@echo "http://localhost:$(PORT) (Ctrl+C stops it)"
	@$(BIN)/python -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html

notebooks: $(READY)
	@$(BIN)/python tools/execute_notebooks.py
	@$(BIN)/python -c 'from convlib import figures; figures.convolution(5, 3, 2, 1).save("_static/cover.svg")'

bench: $(READY)
	@$(BIN)/python -m benchmarks

# The stamp is written last: an environment whose set-up was interrupted is made anew.
$(READY): requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; $(PYTHON) is not. Try: make PYTHON=python3.12 ..." >&2; exit 1; }
	@echo "Setting up $(VENV) from requirements.txt. The first time this takes a few minutes."
	@rm -f $@
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on -r requirements.txt
	@touch $@

# The lock file must not depend on the machine, so it is resolved for every platform, and "-e ." is added last.
lock:
	@tool=$$(mktemp -d) && trap 'rm -rf "$$tool"' EXIT && \
	$(PYTHON) -m venv "$$tool" && "$$tool/bin/python" -m pip install -q --disable-pip-version-check "$(UV)" && \
	"$$tool/bin/uv" pip compile --quiet --universal --python-version 3.11 --upgrade \
		--custom-compile-command "make lock" requirements.in --output-file "$$tool/requirements.txt" && \
	echo "-e ." >> "$$tool/requirements.txt" && cp "$$tool/requirements.txt" requirements.txt
	@echo "requirements.txt is new; make test says whether the book still holds."

clean:
	rm -rf _build .pytest_cache .ruff_cache .hypothesis
