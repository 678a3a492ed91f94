# The LLM Operator. "make help" lists the targets.

SHELL := /bin/sh
.DEFAULT_GOAL := help

# All builds use the same settings, so that they share the build cache and need no C compiler.
# With -trimpath the cache is also shared by checkouts that have their own module cache.
export CGO_ENABLED := 0
export GOFLAGS := $(filter-out -trimpath,$(shell go env GOFLAGS)) -trimpath
PROGRESS := go run ./hack/progress

CONTROLLER_GEN := go tool -modfile=hack/tools/go.mod controller-gen
GOLANGCI_LINT := go tool -modfile=hack/lint/go.mod golangci-lint-kube-api-linter
ACTIONLINT := go tool -modfile=hack/lint/go.mod actionlint

# Directory that "make generate" writes to.
OUT := .

##@ Use

.PHONY: demo
demo: ## Start a cluster with the operator and run a short tour of its features.
	@mkdir -p bin
	@$(PROGRESS) build -label "kubectl llm" -ldflags="-s -w" -o bin/ ./cmd/kubectl-llm
	@hack/demo.sh offline
	@$(MAKE) --no-print-directory up
	@hack/demo.sh

.PHONY: recording
recording: up ## Record the tour as docs/images/tour.svg, on a cluster that it has not been taken on.
	@mkdir -p docs/images
	@go run ./hack/recording -title "A tour of the LLM Operator" -o docs/images/tour.svg hack/demo.sh

# Node of "make up": empty for those that KWOK simulates, or real.
NODE :=
REAL := $(filter real,$(NODE))
$(if $(filter-out real,$(NODE)),$(error NODE must be real or empty))

.PHONY: up
up: $(if $(REAL),node-requirements) k8s $(if $(REAL),node) build ## Start a local control plane with simulated nodes and the operator; NODE=real for a real node.
	@bin/cluster $(if $(REAL),node,up)

.PHONY: node-requirements
node-requirements:
	@hack/node/missing.sh

.PHONY: down
down: build ## Stop the cluster that "make up" started.
	@bin/cluster down

##@ Install on the cluster of your KUBECONFIG

# Image of the operator; empty means the released image.
IMG :=
# Directory of config/ to install: default (with cert-manager), self-signed or namespaced.
CONFIG := default
KUBECTL := kubectl

.PHONY: install
install: ## Install the CRDs only.
	@hack/manifests.sh crd | $(KUBECTL) apply --server-side -f -

.PHONY: uninstall
uninstall: ## Delete the CRDs and thereby EVERY OllamaDeployment: CONFIRM=yes.
	@[ "$(CONFIRM)" = yes ] || { echo 'this deletes every OllamaDeployment on the cluster; to proceed, run: make uninstall CONFIRM=yes' >&2; exit 1; }
	@hack/manifests.sh crd | $(KUBECTL) delete --ignore-not-found -f -

.PHONY: deploy
deploy: ## Install CRDs and operator: IMG=..., CONFIG=self-signed without cert-manager.
	@hack/manifests.sh $(CONFIG) $(IMG) | $(KUBECTL) apply --server-side -f -

.PHONY: undeploy
undeploy: ## Delete the operator. CRDs, OllamaDeployments and their children are retained.
	@hack/manifests.sh $(CONFIG) | awk 'BEGIN { RS = ORS = "---\n" } !/\nkind: CustomResourceDefinition\n/' | $(KUBECTL) delete --ignore-not-found -f -

.PHONY: build-installer
build-installer: ## Write all manifests to dist/install.yaml: IMG=..., CONFIG=...
	@mkdir -p dist
	@hack/manifests.sh $(CONFIG) $(IMG) >dist/install.yaml
	@echo "wrote dist/install.yaml"

.PHONY: image
image: ## Build dist/image.tar for amd64 and arm64, with SBOMs: IMG=...
	@cd hack/tools && go build -o ../../bin/ko ./ko
	@bin/ko $(if $(IMG),-tag $(IMG))
	@echo "wrote dist/image.tar"

# Version of "make release", such as v0.1.0.
VERSION :=
# Not empty: also of a checkout with changes, or of a version without a section in CHANGELOG.md.
SNAPSHOT :=

.PHONY: release
release: ## Make all files of a release in dist/release, and publish nothing: VERSION=v0.1.0 SNAPSHOT=1
	@go run ./hack/release -version "$(VERSION)" $(if $(SNAPSHOT),-snapshot)
	@go -C hack/olm run . "$(CURDIR)/dist/release/bundle"

##@ Develop

.PHONY: build
build: ## Build manager, kubectl-llm and cluster into bin/.
	@mkdir -p bin
	@$(PROGRESS) build -label operator -ldflags="-s -w" -o bin/ ./cmd/manager ./cmd/kubectl-llm ./test/cluster/cmd/cluster

# Minor version of Kubernetes for "make k8s" and "make test-integration"; empty means that of hack/k8s/go.mod.
KUBERNETES ?=

.PHONY: k8s
k8s: ## Build Kubernetes, etcd and KWOK if they are missing: KUBERNETES=1.32 for another version.
	@$(if $(KUBERNETES),KUBEBUILDER_ASSETS=) hack/k8s/build.sh "$(CURDIR)/bin/k8s" $(if $(KUBERNETES),kubectl etcd kwok)
	@$(if $(KUBERNETES),hack/k8s/version.sh "$(CURDIR)/bin/k8s-$(KUBERNETES)" $(KUBERNETES))

.PHONY: cert-manager
cert-manager: ## Build cert-manager for the installation tests if it is missing.
	@hack/certmanager/build.sh "$(CURDIR)/bin/k8s"

.PHONY: node
node: ## Build kubelet, kube-proxy, kube-router, containerd and Ollama into bin/node if they are missing.
	@hack/node/build.sh "$(CURDIR)/bin/node"

.PHONY: test
test: k8s ## Run all tests, including those against a real control plane and a real node.
	@# The tests of the scripts in the pods depend on time: nothing else runs beside them, and they may
	@# be repeated.
	@$(PROGRESS) test $$(go list ./... | grep -v -e '/test/install$$' -e '/test/node$$' -e '/test/upgrade$$' -e '/test/chaos$$' -e '/test/cluster/cmd/cluster$$')
	@$(MAKE) --no-print-directory test-validation test-install test-upgrade test-chaos test-node

# Number of random objects in test-validation; a million take about half an hour.
CASES := 10000

.PHONY: test-validation
test-validation: ## Validate children of random objects with Kubernetes' own validation: CASES=1000000.
	cd test/validation && go test -count=1 -timeout 2h . -args -cases $(CASES)

.PHONY: test-all
test-all: test test-operations ## Run all tests, including those that take too long for CI.
	@$(MAKE) --no-print-directory test-validation CASES=1000000

.PHONY: test-integration
test-integration: k8s ## Run the integration tests: KUBERNETES=1.32 against another version.
	@$(if $(KUBERNETES),KUBEBUILDER_ASSETS="$(CURDIR)/bin/k8s-$(KUBERNETES)") $(PROGRESS) test ./test/integration

# Duration, or number of inputs as 200000x, for which "make fuzz" runs each target.
FUZZTIME := 30s

.PHONY: fuzz
fuzz: ## Run each fuzz target: FUZZTIME=200000x FUZZ=FuzzReview WORKERS=1 CORPUS=10, see hack/fuzz.sh.
	@FUZZTIME=$(FUZZTIME) FUZZ="$(FUZZ)" WORKERS=$(WORKERS) CORPUS=$(CORPUS) hack/fuzz.sh

.PHONY: test-install
test-install: k8s cert-manager ## Run the installation tests: manifests, chart, image.
	@$(PROGRESS) test ./test/install
	cd hack/tools && go test -count=1 ./...
	cd hack/bench && go test -count=1 ./...

.PHONY: test-operations
test-operations: k8s ## Test alerts and dashboard on Prometheus' engine, and the bundle with the library of OLM; verify their modules.
	@for module in hack/olm test/prometheus; do \
		(cd $$module && go mod tidy -diff && test -z "$$(gofmt -l .)" && LLM_OPERATOR_REQUIRE_CLUSTER=1 go test -count=1 ./...) || exit 1; \
	done

.PHONY: test-upgrade
test-upgrade: k8s ## Test the upgrade from an earlier commit, which the git history has to contain.
	@$(PROGRESS) test ./test/upgrade

.PHONY: test-chaos
test-chaos: k8s ## Test the fault campaign itself, and run a short one.
	@$(PROGRESS) test ./test/chaos

# Flags of the fault campaign, for example: make chaos CHAOS="-seed 1 -duration 1h -rounds 20"
CHAOS :=

.PHONY: chaos
chaos: k8s build ## Look for violated invariants with random changes and faults, about 10 minutes: CHAOS=...
	@go build -o bin/chaos ./test/chaos
	@bin/chaos $(CHAOS)

.PHONY: test-node
test-node: ## Run the tests on a real node with the real Ollama, as root.
	@missing=$$(hack/node/missing.sh) || { echo "test-node is skipped: $$missing"; [ -z "$$LLM_OPERATOR_REQUIRE_NODE" ]; exit; }; \
	hack/k8s/build.sh "$(CURDIR)/bin/k8s" && hack/certmanager/build.sh "$(CURDIR)/bin/k8s" && hack/node/build.sh "$(CURDIR)/bin/node" && \
	$(PROGRESS) test ./test/node && $(PROGRESS) test ./test/cluster/cmd/cluster

# Flags of the benchmark, for example: make bench BENCH="-objects 3000"
BENCH :=

.PHONY: bench
bench: k8s build ## Measure time, requests, CPU and memory with 300 objects: BENCH=...
	@go build -o bin/bench ./test/bench
	@bin/bench $(BENCH)

.PHONY: bench-check
bench-check: k8s build ## Compare ratios and counts of the benchmarks with their budgets.
	@go build -o bin/bench ./test/bench
	@hack/bench-check.sh

# Numbers of objects that "make scale" measures.
SIZES := 300 1000 3000 10000

.PHONY: scale
scale: k8s build ## Measure how costs grow with the number of objects, for docs/performance.md, in some hours: SIZES="300 1000".
	@go build -o bin/bench ./test/bench
	@rm -f bin/scale.txt
	@for size in $(SIZES); do \
		bin/bench -objects $$size -only operator -timeout 2h >bin/bench.txt || exit 1; \
		cat bin/bench.txt; \
		grep ^Benchmark bin/bench.txt >>bin/scale.txt; \
	done
	@mv bin/scale.txt test/bench/testdata/scale.txt
	@$(MAKE) --no-print-directory plots

.PHONY: plots
plots: ## Draw the table and the plots of docs/performance.md from test/bench/testdata/scale.txt.
	@mkdir -p docs/images
	@go -C hack/bench run ./scale "$(CURDIR)/test/bench/testdata/scale.txt" "$(CURDIR)/docs/performance.md" "$(CURDIR)/docs/images/scale.svg"

.PHONY: dashboard-picture
dashboard-picture: k8s ## Draw docs/images/dashboard.svg from what Prometheus scrapes from an operator in 3 minutes.
	@mkdir -p docs/images
	cd test/prometheus && LLM_OPERATOR_REQUIRE_CLUSTER=1 go test -count=1 -run TestDashboardOnCluster . -args -duration 3m -picture "$(CURDIR)/docs/images/dashboard.svg"

.PHONY: figures
figures: ## Print the size of the code, and the length and complexity of its functions.
	@go run ./hack/figures

.PHONY: update-golden
update-golden: k8s ## Update the golden files with the actual output of the tests.
	go test $$(grep -rl --include='*_test.go' llm-operator/test/golden . | xargs -n1 dirname | sort -u) -update

.PHONY: lint
lint: ## Run the linters.
	@echo "lint: with an empty Go build cache, building the linters takes about 3 minutes on 2 cores"
	$(GOLANGCI_LINT) run
	cd test/node/doubles && $(patsubst -modfile=%,-modfile=$(CURDIR)/%,$(GOLANGCI_LINT)) run
	$(ACTIONLINT)

.PHONY: scan
scan: ## Look for known vulnerabilities that are reached, and write what does not apply to dist as OpenVEX.
	@hack/scan.sh

.PHONY: fmt
fmt: ## Format the code.
	$(GOLANGCI_LINT) fmt

.PHONY: generate
generate: ## Generate DeepCopy methods, CRDs, RBAC, webhook configurations, chart files and docs.
	$(CONTROLLER_GEN) object:headerFile=hack/boilerplate.go.txt paths=./api/... output:object:dir=$(OUT)/api/v1alpha1
	$(CONTROLLER_GEN) crd paths=./api/... output:crd:dir=$(OUT)/config/crd/bases
	@go run ./hack/descriptions $(OUT)/config/crd/bases/*.yaml
	$(CONTROLLER_GEN) rbac:roleName=manager-role paths=./reconcilers/... output:rbac:dir=$(OUT)/config/rbac
	$(CONTROLLER_GEN) webhook paths=./webhooks/... output:webhook:dir=$(OUT)/config/webhook
	@go run ./hack/matchconditions $(OUT)/config/webhook/manifests.yaml
	@mkdir -p $(OUT)/charts/llm-operator/files/crds
	@cp $(OUT)/config/crd/bases/*.yaml $(OUT)/charts/llm-operator/files/crds/
	@cp $(OUT)/config/rbac/role.yaml $(OUT)/charts/llm-operator/files/role.yaml
	@cp $(OUT)/config/webhook/manifests.yaml $(OUT)/charts/llm-operator/files/webhooks.yaml
	@cp config/prometheus/rules.yaml $(OUT)/charts/llm-operator/files/rules.yaml
	@cp config/grafana/dashboard.json $(OUT)/charts/llm-operator/files/dashboard.json
	@mkdir -p $(OUT)/charts/llm-operator/files/policies
	@go run ./hack/chartdocs charts/llm-operator $(OUT)/charts/llm-operator/README.md
	@cp $(filter-out %/kustomization.yaml %/bindings.yaml %/configmap.yaml,$(wildcard config/policies/*.yaml)) $(OUT)/charts/llm-operator/files/policies/
	@mkdir -p $(OUT)/docs/cli
	@go tool -modfile=hack/tools/go.mod crd-ref-docs --source-path=api --config=docs/api-reference.config.yaml --renderer=markdown --output-path=$(OUT)/docs/api-reference.md >/dev/null
	@go run ./cmd/kubectl-llm/docs $(OUT)/docs/cli

.PHONY: verify
verify: ## Verify that generated files, formatting and go.mod are up to date.
	@hack/verify.sh
	$(GOLANGCI_LINT) fmt --diff
	go mod tidy -diff
	@for module in hack/bench hack/certmanager hack/tools test/node/doubles test/validation; do (cd $$module && go mod tidy -diff && go vet ./... && test -z "$$(gofmt -l .)") || exit 1; done

.PHONY: clean
clean: ## Delete build output. The Go build cache is preserved.
	rm -rf bin dist

.PHONY: help
help: ## Show this help.
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z0-9-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
