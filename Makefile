# Every module of the workspace, in the order of their dependencies.
MODULES    := core stores debug debug/cmd/sessionkit debug/otelsession debug/promsession core/device adapters/chi adapters/echo adapters/echov5 adapters/internal/fasthttp adapters/fiber adapters/fiber/compat adapters/fiberv3 adapters/fiberv3/compat adapters/gin adapters/gorilla adapters/scs examples tests tests/bench tests/beside tests/moving
# What other people import, and so must compile everywhere.
LIBRARIES  := core stores debug debug/otelsession debug/promsession core/device adapters/chi adapters/echo adapters/echov5 adapters/internal/fasthttp adapters/fiber adapters/fiber/compat adapters/fiberv3 adapters/fiberv3/compat adapters/gin adapters/gorilla adapters/scs
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0
GOTESTSUM   := gotest.tools/gotestsum@v1.13.0
# A line for each package as it ends, and what failed at the end. Tests wait for
# processes more than they compute, so more of them run at a time than there are
# cores.
# With RETRY=1 a test that fails is tried once more; both are shown.
GOTEST       = go run $(GOTESTSUM) --format pkgname --format-hide-empty-pkg --hide-summary skipped \
	$(if $(RETRY),--rerun-fails=1 --rerun-fails-max-failures=5) --packages="$(1)" -- -count=1 -parallel 4 -timeout 30m
# Packages with tests that count allocations and work, to which the race detector
# adds.
COUNTED      = $(sort $(dir $(shell grep -rl '^//go:build !race' --include='*_test.go' .)))

.PHONY: help demo test test-all faults fuzz model bench compat screenshots lint alone cross vulnerabilities

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: ## the chi example: 3 workers on http://127.0.0.1:8080, sessions in files
	go run ./examples/chi --workers 3 --debug-endpoints

test: SHORT := -short
test: ## the tests of all modules, under the race detector, with a real Redis (3 to 5 minutes)
test-all: BROWSER := chromium
test-all: ## what test leaves out too: each router on each store, in a browser, faults, leaks (8 minutes)
test test-all:
	@sh scripts/install-test-tools.sh $(BROWSER)
	@echo "compiling, for a few minutes the first time; then there is a line as each package ends"
	@$(call GOTEST,$(COUNTED)) $(SHORT)
	@$(call GOTEST,work) $(SHORT) -race

# The tests that judge how long something takes, and so want a machine that does
# nothing else. All others only log it.
JUDGED := TestMillionSessions|TestDebugWithoutRedis|TestLoginWhileRedisHangs|TestUnreachableRedis

faults: ## kill, cut, fill and fail over what sessions rest on, print what it cost, and judge it (5 minutes)
	@sh scripts/install-test-tools.sh
	cd tests/faults && go test -count=1 -timeout 30m -rounds=2 -judge
	cd tests && go test -count=1 -timeout 10m -v -run '^($(JUDGED))$$' -judge -parallel 1

# How long each fuzz target runs, and the model.
FUZZTIME  ?= 10m
MODELTIME ?= 1h

fuzz: ## every fuzz target for FUZZTIME (10m) each, one after another
	@sh scripts/install-test-tools.sh
	scripts/fuzz.sh $(FUZZTIME)

model: ## random programs against the model, on every store at once, for MODELTIME (1h)
	@sh scripts/install-test-tools.sh
	go test ./tests -run 'TestModel$$' -count=1 -v -model=$(MODELTIME) -parallel 4 -timeout 0

# What `make bench` does: BENCH="-rounds 15" measures longer, and only prints.
# BENCH="-parts loggedin -rounds 3 -contenders sessionkit" measures one part
# shortly, to compare before and after a change; -help lists the parts.
BENCH ?= -write ../../docs/performance.md

bench: ## sessionkit beside its peers, with a real Redis; writes docs/performance.md (8 minutes)
	sh scripts/install-test-tools.sh
	cd tests/bench && go run . $(BENCH)

compat: ## the adapters with the oldest and the newest version of their router; writes docs/compatibility.md (2 minutes)
	@sh scripts/install-test-tools.sh
	go test ./tests/compat -count=1 -v -timeout 30m -compat

screenshots: ## the pictures in docs/images, of a real browser (5 minutes)
	@sh scripts/install-test-tools.sh chromium
	go test ./tests/browser -count=1 -v -run 'TestScreenshots$$' -screenshots

lint: ## gofmt, go vet and staticcheck
	@unformatted=$$(gofmt -l .); test -z "$$unformatted" || { echo "not formatted: $$unformatted"; exit 1; }
	go vet work
	@sum=$$(cksum <go.work.sum); go list -m all >/dev/null || exit 1; \
		test "$$sum" = "$$(cksum <go.work.sum)" || { echo "go.work.sum lacked something that it has now: commit it"; exit 1; }
	go run $(STATICCHECK) $(MODULES:%=./%/...)

alone: ## each module builds, its tests too, without the workspace; make test runs them
	@set -e; for m in $(MODULES); do echo "== $$m"; (cd $$m && GOWORK=off go build ./... && GOWORK=off go vet ./... && \
		GOWORK=off go mod tidy -diff); done

cross: ## the libraries compile for other systems
	@set -e; for os in darwin windows; do for m in $(LIBRARIES); do echo "== $$os $$m"; \
		(cd $$m && GOOS=$$os GOARCH=arm64 go build ./... && GOOS=$$os GOARCH=arm64 go vet ./...); done; done

vulnerabilities: ## known ones in what each module calls, by the database at vuln.go.dev
	@set -e; for m in $(MODULES); do echo "== $$m"; (cd $$m && go run $(GOVULNCHECK) ./...); done
