# Every module of the workspace, in the order of their dependencies.
MODULES    := core stores debug adapters/chi adapters/echo adapters/fiber examples tests
# What other people import, and so must compile everywhere.
LIBRARIES  := core stores debug adapters/chi adapters/echo adapters/fiber
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

.PHONY: help demo test lint alone cross

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: ## the chi example: 3 workers on http://127.0.0.1:8080, sessions in files
	go run ./examples/chi --workers 3

test: ## all tests of all modules, under the race detector, with a real Redis
	sh scripts/install-redis.sh
	go test -race -count=1 -timeout 15m work

lint: ## gofmt, go vet and staticcheck
	@unformatted=$$(gofmt -l .); test -z "$$unformatted" || { echo "not formatted: $$unformatted"; exit 1; }
	go vet work
	go run $(STATICCHECK) $(MODULES:%=./%/...)

alone: ## each module builds and tests without the workspace
	@set -e; for m in $(MODULES); do echo "== $$m"; (cd $$m && GOWORK=off go build ./... && GOWORK=off go test -count=1 -timeout 10m ./... && \
		GOWORK=off go mod tidy -diff); done

cross: ## the libraries compile for other systems
	@set -e; for os in darwin windows; do for m in $(LIBRARIES); do echo "== $$os $$m"; \
		(cd $$m && GOOS=$$os GOARCH=arm64 go build ./... && GOOS=$$os GOARCH=arm64 go vet ./...); done; done
