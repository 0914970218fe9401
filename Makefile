# The verbs of Liyan. `make run` and `make test` need git, make and Python with venv, nothing else.
SHELL := /bin/bash
UV := $(shell uv --version >/dev/null 2>&1 && echo uv || echo .cache/uv/bin/uv)
LIYAN := .venv/bin/liyan
ENGINE := bot/engine/.venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help install run train shell demo test check format browser rasa-train rasa-shell rasa-test validate docs clean

help: ## Show the verbs
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.cache/uv/bin/uv:
	python3 -m venv .cache/uv
	.cache/uv/bin/pip install --quiet uv

install: $(filter .cache/%,$(UV)) ## Install both environments from their locks
	@$(UV) sync --quiet --locked
	@$(UV) sync --quiet --locked --project bot/engine

run: install ## Prepare what is missing and start everything; Ctrl-C stops it
	@$(LIYAN) up

train: install ## Train the model of the present data, if there is none
	@$(LIYAN) train

shell: install ## Talk to the running system in the terminal
	@$(LIYAN) shell

demo: install ## Show what to type: the demo shop's orders and goods
	@$(LIYAN) demo list

test: install ## Run all tests: service, engine, dialogues, browser
	@.venv/bin/python -m tests.run

check: install ## Format, lint, types, import contracts, data and phrases
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	cd bot/engine && .venv/bin/mypy --config-file mypy.ini
	.venv/bin/lint-imports
	@mkdir -p .cache
	.venv/bin/liyan rasa data validate --domain domain.yml --data data > .cache/validate.log 2>&1 || (cat .cache/validate.log; exit 1)
	.venv/bin/liyan check
	.venv/bin/liyan phrases check
	@if [ -f ../shared/eval/leak.py ]; then python3 ../shared/eval/leak.py data tests docs phrasebook ../shared/eval/*_dev.tsv; fi

format: install ## Format the code
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

docs: install ## Write docs/cli.md anew from the help texts
	@.venv/bin/python -m tests.docs.cli_page

browser: ## Install Chromium and Chinese fonts for the browser tests (Debian, as root)
	apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk

rasa-train: install ## Rasa's own training, from the root
	@$(LIYAN) rasa train
rasa-shell: install ## Rasa's own shell: shows baseline variants (the action server must run)
	@$(LIYAN) rasa shell
rasa-test: install ## Rasa's own tests of stories and understanding
	@$(LIYAN) rasa test
validate: install ## Rasa's own validation of the data
	@$(LIYAN) rasa data validate

clean: ## Remove what runs wrote: records, models, caches; stop the system first
	rm -rf var models .pytest_cache .mypy_cache .ruff_cache .hypothesis
