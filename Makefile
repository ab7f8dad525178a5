# Tessera: `make demo` and `make test` set up everything they need; `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PREFIX ?= /usr/local
TESSERA := .build/release/tessera

PACKAGES := pkg-config libfftw3-dev libopenblas-dev liblapacke-dev libtiff-dev libhdf5-dev libpng-dev libjpeg62-turbo-dev \
  zlib1g-dev libcairo2-dev fonts-dejavu-core
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

.PHONY: help
help: ## Lists the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

.PHONY: dependencies
dependencies: ## Installs the system libraries that are missing (Debian, Ubuntu)
	@missing=$$(for p in $(PACKAGES); do \
	  dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
	if [ -n "$$missing" ]; then echo "installing" $$missing; \
	  $(SUDO) apt-get update -qq && \
	  $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; fi

.PHONY: build
build: release ## Builds the command

.PHONY: release
release: dependencies ## Builds the command and the library, optimised
	swift build -c release

.PHONY: demo
demo: release ## Analyses a simulated micrograph and says where the report is
	$(TESSERA) demo --force

.PHONY: test
test: dependencies ## Runs every test, optimised (in a debug build the numerical tests take an hour)
	swift test -c release

.PHONY: fuzz
fuzz: dependencies ## Damages files of every format for FUZZ_MINUTES (default 10) a reader and reads them
	TESSERA_FUZZ_MINUTES=$(or $(FUZZ_MINUTES),10) swift test -c release --filter "damaged in any way"

.PHONY: bench
bench: release ## Runs the benchmarks of Benchmarks/ (see its README for the comparisons with other programs)
	swift run --package-path Benchmarks -c release benchmarks

.PHONY: format
format: ## Formats all Swift files
	swift format --in-place --recursive --parallel Sources Tests Benchmarks/Sources Package.swift

.PHONY: format-check
format-check: ## Fails where a Swift file is not formatted
	swift format lint --strict --recursive --parallel Sources Tests Benchmarks/Sources Package.swift

.PHONY: docs
docs: release ## Writes the manual pages and shell completions to .build/docs
	mkdir -p .build/docs
	swift package --allow-writing-to-package-directory generate-manual --multi-page --output-directory .build/docs || true
	for shell in bash zsh fish; do $(TESSERA) --generate-completion-script $$shell > .build/docs/tessera.$$shell; done

.PHONY: install
install: release ## Installs the command and its helper below PREFIX (default /usr/local)
	install -D -m 755 -t $(DESTDIR)$(PREFIX)/bin $(TESSERA) $(TESSERA)-hdf5

.PHONY: clean
clean: ## Removes what was built
	rm -rf .build
