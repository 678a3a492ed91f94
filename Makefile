# The LLM Operator. "make help" lists the targets.

SHELL := /bin/sh
.DEFAULT_GOAL := help

# The same settings for everything that is built, so that the build cache is shared
# and no C compiler is needed. With -trimpath it is shared with checkouts whose module
# cache is another folder, too.
export CGO_ENABLED := 0
export GOFLAGS := $(filter-out -trimpath,$(shell go env GOFLAGS)) -trimpath
PROGRESS := go run ./hack/progress

CONTROLLER_GEN := go tool -modfile=hack/tools/go.mod controller-gen
GOLANGCI_LINT := go tool -modfile=hack/lint/go.mod golangci-lint-kube-api-linter
ACTIONLINT := go tool -modfile=hack/lint/go.mod actionlint

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

##@ Install, on the cluster of your KUBECONFIG

# The operator's image, where another than the released one is wanted.
IMG :=
# A folder of config/: default (cert-manager), selfsigned or namespaced.
CONFIG := default
KUBECTL := kubectl

.PHONY: install
install: ## Install the CRD alone.
	@hack/manifests.sh crd | $(KUBECTL) apply --server-side -f -

.PHONY: uninstall
uninstall: ## Delete the CRD, and with it EVERY OllamaDeployment: CONFIRM=yes.
	@[ "$(CONFIRM)" = yes ] || { echo 'this deletes every OllamaDeployment of the cluster; if you mean it: make uninstall CONFIRM=yes' >&2; exit 1; }
	@hack/manifests.sh crd | $(KUBECTL) delete --ignore-not-found -f -

.PHONY: deploy
deploy: ## Install CRD and operator: IMG=..., CONFIG=selfsigned without cert-manager.
	@hack/manifests.sh $(CONFIG) $(IMG) | $(KUBECTL) apply --server-side -f -

.PHONY: undeploy
undeploy: ## Delete the operator. CRD, objects and what they made stay.
	@hack/manifests.sh $(CONFIG) | awk 'BEGIN { RS = ORS = "---\n" } !/\nkind: CustomResourceDefinition\n/' | $(KUBECTL) delete --ignore-not-found -f -

.PHONY: build-installer
build-installer: ## Write dist/install.yaml, one file to apply: IMG=..., CONFIG=...
	@mkdir -p dist
	@hack/manifests.sh $(CONFIG) $(IMG) >dist/install.yaml
	@echo "wrote dist/install.yaml"

.PHONY: image
image: ## Build dist/image.tar for amd64 and arm64, and bills of materials: IMG=...
	@cd hack/tools && go build -o ../../bin/ko ./ko
	@bin/ko $(if $(IMG),-tag $(IMG))
	@echo "wrote dist/image.tar"

##@ Develop

.PHONY: build
build: ## Build the operator, kubectl-llm and the embedded cluster's command into bin/.
	@mkdir -p bin
	@$(PROGRESS) build -label operator -ldflags="-s -w" -o bin/ ./cmd/manager ./cmd/kubectl-llm ./test/cluster/cmd/cluster

.PHONY: k8s
k8s: ## Build Kubernetes, etcd and KWOK into bin/k8s, where they are missing.
	@hack/k8s/build.sh "$(CURDIR)/bin/k8s"

.PHONY: cert-manager
cert-manager: ## Build cert-manager for the tests of the installation, where it is missing.
	@hack/certmanager/build.sh "$(CURDIR)/bin/k8s"

.PHONY: test
test: k8s ## Run all tests, those on the real control plane included.
	@$(PROGRESS) test $$(go list ./... | grep -v /test/install)
	@$(MAKE) --no-print-directory test-validation test-install

# How many objects test-validation tries: a million takes about half an hour.
CASES := 10000

.PHONY: test-validation
test-validation: ## Try children of random objects on Kubernetes' own validation: CASES=1000000.
	cd test/validation && go test -count=1 -timeout 2h . -args -cases $(CASES)

.PHONY: test-all
test-all: test ## Run all tests, and those that take longer than CI may.
	@$(MAKE) --no-print-directory test-validation CASES=1000000

.PHONY: test-install
test-install: k8s cert-manager ## Run the tests of the installation: manifests, chart, image.
	@$(PROGRESS) test ./test/install
	cd hack/tools && go test -count=1 ./...

# For example: make bench BENCH="-objects 3000"
BENCH :=

.PHONY: bench
bench: k8s build ## Measure time, requests, CPU and memory with 300 objects; BENCH has flags.
	@go build -o bin/bench ./test/bench
	@bin/bench $(BENCH)

.PHONY: figures
figures: ## Print the size of the code, and the length and complexity of its functions.
	@go run ./hack/figures

.PHONY: update-golden
update-golden: k8s ## Rewrite the golden files from what the tests get.
	go test $$(grep -rl --include='*_test.go' llm-operator/test/golden . | xargs -n1 dirname | sort -u) -update

.PHONY: lint
lint: ## Run the linters.
	@echo "lint: with an empty Go build cache the linters are built first, which takes about 3 minutes on 2 cores"
	$(GOLANGCI_LINT) run
	$(ACTIONLINT)

.PHONY: fmt
fmt: ## Format the code.
	$(GOLANGCI_LINT) fmt

.PHONY: generate
generate: ## Generate deep copies, CRDs, RBAC, webhook configurations, the chart's copies, docs.
	$(CONTROLLER_GEN) object paths=./api/... output:object:dir=$(OUT)/api/v1alpha1
	$(CONTROLLER_GEN) crd paths=./api/... output:crd:dir=$(OUT)/config/crd/bases
	$(CONTROLLER_GEN) rbac:roleName=manager-role paths=./reconcilers/... output:rbac:dir=$(OUT)/config/rbac
	$(CONTROLLER_GEN) webhook paths=./webhooks/... output:webhook:dir=$(OUT)/config/webhook
	@mkdir -p $(OUT)/charts/llm-operator/files/crds
	@cp $(OUT)/config/crd/bases/*.yaml $(OUT)/charts/llm-operator/files/crds/
	@cp $(OUT)/config/rbac/role.yaml $(OUT)/charts/llm-operator/files/role.yaml
	@cp $(OUT)/config/webhook/manifests.yaml $(OUT)/charts/llm-operator/files/webhooks.yaml
	@cp config/prometheus/rules.yaml $(OUT)/charts/llm-operator/files/rules.yaml
	@mkdir -p $(OUT)/docs/cli
	@go tool -modfile=hack/tools/go.mod crd-ref-docs --source-path=api --config=docs/api-reference.config.yaml --renderer=markdown --output-path=$(OUT)/docs/api-reference.md >/dev/null
	@go run ./cmd/kubectl-llm/docs $(OUT)/docs/cli

.PHONY: verify
verify: ## Fail if generated files, formatting or go.mod are not up to date.
	@hack/verify.sh
	$(GOLANGCI_LINT) fmt --diff
	go mod tidy -diff
	@for module in hack/certmanager hack/tools test/validation; do (cd $$module && go mod tidy -diff && go vet ./... && test -z "$$(gofmt -l .)") || exit 1; done

.PHONY: clean
clean: ## Remove what was built. The Go build cache stays.
	rm -rf bin dist

.PHONY: help
help: ## Show this.
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z0-9-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
