# Everything there is to do here. `make help` lists it; each target installs what it needs first (tools/setup).
.DEFAULT_GOAL := help
.PHONY: help setup build run test lint bench fuzz story sim torture
MAKEFLAGS += --no-print-directory

help:   ## this list
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

setup:  ## install what building, running and testing need (Debian 12; as root or with sudo)
	@tools/setup build demo test

build:  ## the release binary: build/release/streamgate
	@tools/setup build
	@cmake --preset release >build/configure.log || { cat build/configure.log; exit 1; }
	@cmake --build build/release --target streamgate

run: build  ## start everything in examples/streamgate.yaml; Ctrl-C stops it
	@tools/setup demo
	@echo "watch  http://localhost:8080/live/  a page with a player"
	@PATH=$(CURDIR)/build/release:$$PATH exec streamgate up --config examples/streamgate.yaml

test: setup build  ## every test; the last line counts them
	@tools/test

lint:   ## our own linter, formatting and clang-tidy
	@tools/setup build
	@tools/lint

story:  ## every story of operations, in virtual time
	@tools/simulate story tests/stories/*.story

sim:    ## a month of random troubles: make sim SEED=7 DAYS=30
	@tools/simulate month $${SEED:-1} $${DAYS:-30}

torture: ## the stories with each statement, commit and send failing, and a crash there; takes hours
	@tools/simulate torture

bench: build  ## speed side by side with the peers; takes long, wants a quiet machine
	@tools/setup test bench
	@bench/run

fuzz:   ## every fuzz target for 10 minutes each; SECONDS=30 make fuzz for less
	@tools/setup build
	@tools/fuzz --seconds $${SECONDS:-600}
