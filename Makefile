# Everything that a developer does here; `make` alone lists it. The work is done by the small scripts in scripts/.
.DEFAULT_GOAL := help
.PHONY: help run build test lint bench soak generate pictures assets

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## build and start a demonstration: the console at http://127.0.0.1:8080
	bin/keywright serve --data .data/demo --demo

build: ## build bin/keywright, one static binary
	CGO_ENABLED=0 go build -trimpath -o bin/keywright ./cmd/keywright

test: ## install what the tests need, then check everything, as CI does
	scripts/test

lint: ## check the Go code with the linters of .golangci.yml
	scripts/tool golangci-lint run ./...

bench: ## run all benchmarks, with up to ten million keys
	KEYWRIGHT_BENCH=10M go test -timeout 1h -run '^$$' -bench . -benchmem ./...

soak: ## look for rare faults: 10,000 histories of changes, hours of end-to-end runs, five minutes for each fuzz target
	KEYWRIGHT_SOAK=1 go test -count=1 -timeout 4h . ./keyset ./follow ./store/postgres ./internal/e2e/...
	scripts/fuzz 5m
	KEYWRIGHT_SOAK=1 scripts/model

pictures: ## take the pictures of the guide anew, in the browser
	KEYWRIGHT_GUIDE=1 go test -count=1 -run TestTheGuideIsFollowed ./internal/e2e

generate: ## write the generated Go code: queries and pages
	scripts/generate

assets: ## write the console's stylesheet
	scripts/npm-install
	node tools/styles.mjs
