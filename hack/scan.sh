#!/usr/bin/env bash
# Looks for known vulnerabilities in what the operator and kubectl llm reach, and fails if there are any. For scanners
# that look at versions only, dist/llm-operator.openvex.json says of those in the dependencies which do not apply, and
# why. Asks vuln.go.dev.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

govulncheck() {
	go tool -modfile=hack/scan/go.mod govulncheck "$@" ./cmd/manager ./cmd/kubectl-llm
}

mkdir -p dist
govulncheck -format openvex | sed 's/"Unknown Author"/"The LLM Operator Authors"/' >dist/llm-operator.openvex.json
govulncheck
