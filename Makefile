# The README's first two commands. Everything they need they install themselves; a second run installs nothing.
PYTHON ?= python3
VENV ?= .venv
PORT ?= 7860
RUN = $(VENV)/bin
# On Linux without an NVIDIA driver PyTorch's own index has a small CPU build; where it cannot be reached, PyPI's will do.
TORCH = torch==2.13.0
TORCH_CPU_INDEX ?= https://download.pytorch.org/whl/cpu

.PHONY: studio test lint bench soak screens clean

studio: $(VENV)/.base
	$(RUN)/scribeloop serve --demo --port $(PORT)

# Two at a time, file by file: most tests of pages wait for a browser as much as they work.
test: $(VENV)/.dev chromium
	$(RUN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

lint: $(VENV)/.dev
	$(RUN)/ruff check .

# The studio's speed beside Label Studio's, with 10,000 encounters; writes docs/bench.md. Needs a quiet machine, Chromium, 4 GB of
# disk, and PyPI the first time; what is slow to make stays in build/bench. To see that it works: make bench BENCH_SIZE=small
BENCH_SIZE ?= full
bench: $(VENV)/.dev chromium
	$(RUN)/python -m tests.bench --size $(BENCH_SIZE) $(if $(filter full,$(BENCH_SIZE)),--page docs/bench.md)
	$(RUN)/python -m tests.bench.scoring $(if $(filter full,$(BENCH_SIZE)),--page docs/bench-scoring.md)
	$(RUN)/python -m tests.bench.training $(if $(filter full,$(BENCH_SIZE)),--page docs/bench-training.md,--turns 1 --rows 2 --steps 1)
	$(RUN)/python -m tests.bench.browser --folder build/bench $(if $(filter full,$(BENCH_SIZE)),--page docs/bench-browser.md,--turns 1)

# Long trials: whether intervals hold the truth and tests cry wolf no more often than they say, and whatever else lies in tests/soak.
# Exit status 1 when one does not hold; results are kept in build/soak. One of them: make soak SOAK="--only coverage"
SOAK_SIZE ?= full
SOAK ?=
soak: $(VENV)/.dev
	$(RUN)/python -m tests.soak --size $(SOAK_SIZE) $(SOAK)

# Pictures of every page into docs/screens, from the demo and two notes by its models; the first time some minutes for these.
screens: $(VENV)/.dev chromium
	$(RUN)/python -m tests.screens

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Scribeloop needs Python 3.11 or newer; name one with: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	$(RUN)/python -m pip install --quiet --upgrade pip
	@touch $@

$(VENV)/.torch: $(VENV)/.python
	@if [ "$$(uname -s)" = Linux ] && ! command -v nvidia-smi >/dev/null; then \
	    $(RUN)/pip install --quiet --retries 0 --timeout 15 --index-url $(TORCH_CPU_INDEX) "$(TORCH)" 2>/dev/null \
	    || $(RUN)/pip install --quiet "$(TORCH)"; \
	else $(RUN)/pip install --quiet "$(TORCH)"; fi
	@touch $@

$(VENV)/.base: $(VENV)/.torch pyproject.toml
	$(RUN)/pip install --quiet -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.base
	$(RUN)/pip install --quiet -e '.[dev]'
	@touch $@

.PHONY: chromium
chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
	|| { SUDO=; [ "$$(id -u)" = 0 ] || SUDO=sudo; \
	     $$SUDO apt-get update -qq && $$SUDO apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core fonts-noto-color-emoji; } \
	|| { echo "The tests need Chromium; install it by your system's means and run make test again."; exit 1; }

clean:
	rm -rf $(VENV) build dist *.egg-info

# Remakes the adapter that ships in pipeline/demo/adapter, from the invented encounters of the train split but for the three
# marked fresh; about 30 minutes on one core. Its last digits differ from machine to machine.
FRESH = enc-4a3e19a8af9c enc-72f730c41712 enc-941fe225d74b
.PHONY: demo-adapter
demo-adapter: $(VENV)/.base
	rm -rf .home
	$(RUN)/scribeloop transcripts demo --home .home
	$(RUN)/scribeloop dataset build demo --from references --source scribeloop-demo $(addprefix --without ,$(FRESH)) --home .home
	$(RUN)/scribeloop model train demo --name smollm2-135m-demo --rank 8 --set alpha=16 --epochs 8 --lr 0.0006 \
	    --set threads=1 --set save_dtype=bfloat16 --follow --home .home
	cp .home/runs/*/adapter/* pipeline/demo/adapter/
