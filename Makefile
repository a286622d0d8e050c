# make run    builds Paradero and opens its desktop
# make test   everything that must hold before a change is taken in
#
# Both install what is missing on Debian and its kin, may be run again at any
# time, and are quick when nothing has changed.

SHELL := /bin/sh
.DEFAULT_GOAL := build

# A Go that was unpacked but is not in the path is found all the same.
GO ?= $(shell command -v go 2>/dev/null || ls /usr/local/go/bin/go /usr/lib/go-1.2[6-9]/bin/go "$$HOME"/go-sdk/bin/go 2>/dev/null | head -n 1)
ifeq ($(strip $(GO)),)
GO := go
endif
export GO
export CGO_ENABLED := 1

# The same flags wherever something is built, so that the cache serves all.
TAGS      := x11,migrated_fynedo
TESTTAGS  := ci
VERSION   := $(shell git -c safe.directory='*' describe --tags --always --dirty 2>/dev/null || echo dev)
BUILD     := -buildvcs=false -tags $(TAGS) -ldflags "-X main.version=$(VERSION)"
TESTFLAGS := -buildvcs=false -tags $(TESTTAGS)

# How long the hunts go on that have no end of their own.
ROUNDS ?= 50
TIME   ?= 30s

BIN        := bin/paradero
TOOLS      := build/tools
GOFUMPT    := $(TOOLS)/gofumpt-v0.12.0
STATICCHECK := $(TOOLS)/staticcheck-v0.8.2
export PARADERO_BINARY := $(CURDIR)/$(BIN)

.PHONY: run build test lint format vet unit window hub simulate mutants crash fuzz bench tour pictures clean go need need-test help
.NOTPARALLEL:

help: ## what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

go:
	@sh packaging/need.sh go

need: go
	@sh packaging/need.sh run

need-test: go
	@sh packaging/need.sh test

build: need ## bin/paradero
	@mkdir -p bin
	@sh packaging/build.sh $(BIN) $(BUILD) .

run: build ## builds and opens the desktop
	@$(BIN) $(ARGS)

test: need-test format build vet unit simulate mutants window ## everything that must hold
	@echo "make test: all passed"

lint: format vet ## format, vet, staticcheck

format: go $(GOFUMPT)
	@bad=$$($(GOFUMPT) -l .); if [ -n "$$bad" ]; then echo "gofumpt would change:"; echo "$$bad"; exit 1; fi

vet: go $(STATICCHECK)
	$(GO) vet $(TESTFLAGS) ./...
	$(GO) vet -buildvcs=false -tags $(TAGS) . ./app/...
	$(GO) vet -buildvcs=false -tags window ./packaging/window
	$(STATICCHECK) -tags $(TESTTAGS) ./...

unit: go ## every Go test, with the race detector
	$(GO) test -vet=off -race $(TESTFLAGS) -timeout 20m ./...

window: build ## the real window under Xvfb
	$(GO) test -vet=off -buildvcs=false -tags window -count=1 -timeout 10m ./packaging/window

crash: build ## kills, flips, cuts and full disks; ROUNDS=1000 for a night
	PARADERO_ROUNDS=$(ROUNDS) $(GO) test -vet=off $(TESTFLAGS) -count=1 -timeout 24h -v ./packaging/crash | grep -v '=== '

fuzz: go ## every fuzz target in turn, TIME=30s each
	@sh packaging/fuzz.sh "$(TIME)" $(TESTFLAGS)

hub: go ## fifty devices at a hub; a cluster of three servers, killed
	PARADERO_HUB=1 $(GO) test -vet=off $(TESTFLAGS) -count=1 -timeout 30m -v -run 'Hub|Replicas|Network' ./data | grep -v '=== '
	PARADERO_HUB=1 $(GO) test -vet=off $(TESTFLAGS) -count=1 -timeout 30m -v ./data/sync/hub | grep -v '=== '

simulate: go ## several offices on made-up disks, clocks and lines; SEEDS=1000000 for a night, SEED=7 alone
	PARADERO_SEEDS=$(or $(SEEDS),2000) PARADERO_FIRST=$(FIRST) PARADERO_SEED=$(SEED) $(GO) test -vet=off $(TESTFLAGS) -count=1 -timeout 0 -v -run TestSeeds ./packaging/simulate

mutants: go ## faults brought into the program, each of which the simulation must catch
	$(GO) test -vet=off $(TESTFLAGS) -count=1 -timeout 20m -v -run TestMutants ./packaging/simulate

bench: need ## speeds beside their peers
	@mkdir -p build
	@sh packaging/build.sh build/bench -buildvcs=false ./packaging/bench
	@sh packaging/build.sh build/nats-server -buildvcs=false github.com/nats-io/nats-server/v2
	@test -x $(BIN) || $(MAKE) --no-print-directory build
	@PARADERO_NATS=$(CURDIR)/build/nats-server build/bench $(ARGS)

tour: go ## every room as a picture, in build/tour
	@mkdir -p build/tour
	PARADERO_TOUR=$(CURDIR)/build/tour $(GO) test -vet=off $(TESTFLAGS) -count=1 -run Tour ./app/desktop/...
	@echo "The pictures are in build/tour"

pictures: build ## the two pictures of the README, from the real window
	PARADERO_PICTURES=$(CURDIR)/docs/pictures $(GO) test -vet=off -buildvcs=false -tags window -count=1 -run Pictures ./packaging/window

clean: ## what was built here; never Go's own cache
	rm -rf bin build

# The tools of the trade at exact versions, away from the person's own.
$(GOFUMPT):
	@mkdir -p $(TOOLS)
	GOBIN=$(CURDIR)/$(TOOLS) GOFLAGS= $(GO) install mvdan.cc/gofumpt@v0.12.0
	@mv $(TOOLS)/gofumpt $@

$(STATICCHECK):
	@mkdir -p $(TOOLS)
	GOBIN=$(CURDIR)/$(TOOLS) GOFLAGS= $(GO) install honnef.co/go/tools/cmd/staticcheck@v0.8.2
	@mv $(TOOLS)/staticcheck $@
