# The LLM Operator. "make help" lists the targets.

SHELL := /bin/sh
.DEFAULT_GOAL := help

# One setting for everything that is built, so that the build cache is shared and
# no C compiler is needed.
export CGO_ENABLED := 0

CONTROLLER_GEN := go tool -modfile=hack/tools/go.mod controller-gen
GOLANGCI_LINT := go tool -modfile=hack/lint/go.mod golangci-lint

# Where "make generate" writes.
OUT := .

##@ Use

.PHONY: demo
demo: up ## Start everything and take a tour: apply, defaults, a refusal, Ready.
	@hack/demo.sh

.PHONY: up
up: k8s build ## Start Kubernetes on loopback with the operator on it.
	@bin/cluster up

.PHONY: down
down: build ## Stop what "make up" started.
	@bin/cluster down

##@ Develop

.PHONY: build
build: ## Build the operator and the embedded cluster's command into bin/.
	@echo "building bin/manager and bin/cluster"
	@go build -ldflags="-s -w" -o bin/manager ./cmd/manager
	@go build -o bin/cluster ./test/cluster/cmd/cluster

.PHONY: k8s
k8s: ## Build Kubernetes, etcd and KWOK into bin/k8s, where they are missing.
	@hack/k8s/build.sh "$(CURDIR)/bin/k8s"

.PHONY: test
test: k8s ## Run all tests, those on the real control plane included.
	go test -count=1 ./...

# For example: make bench BENCH="-objects 3000"
BENCH :=

.PHONY: bench
bench: k8s build ## Measure time, requests, CPU and memory with 300 objects; BENCH has flags.
	@go build -o bin/bench ./test/bench
	@bin/bench $(BENCH)

.PHONY: update-golden
update-golden: k8s ## Rewrite the golden files from what the tests get.
	go test ./reconcilers/... ./test/integration/... -update

.PHONY: lint
lint: ## Run the linters.
	$(GOLANGCI_LINT) run

.PHONY: fmt
fmt: ## Format the code.
	$(GOLANGCI_LINT) fmt

.PHONY: generate
generate: ## Generate deep copies, CRDs, RBAC and webhook configurations.
	$(CONTROLLER_GEN) object paths=./api/... output:object:dir=$(OUT)/api/v1alpha1
	$(CONTROLLER_GEN) crd paths=./api/... output:crd:dir=$(OUT)/config/crd/bases
	$(CONTROLLER_GEN) rbac:roleName=manager-role paths=./reconcilers/... output:rbac:dir=$(OUT)/config/rbac
	$(CONTROLLER_GEN) webhook paths=./webhooks/... output:webhook:dir=$(OUT)/config/webhook

.PHONY: verify
verify: ## Fail if generated files, formatting or go.mod are not up to date.
	@hack/verify.sh
	$(GOLANGCI_LINT) fmt --diff
	go mod tidy -diff

.PHONY: clean
clean: ## Remove what was built. The Go build cache stays.
	rm -rf bin dist

.PHONY: help
help: ## Show this.
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z0-9-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
