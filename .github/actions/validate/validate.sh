#!/usr/bin/env bash
# Builds kubectl-llm from the action's own commit and validates the files in $FILES, one per
# line, with the policies in $POLICY.
set -euo pipefail

(cd "$GITHUB_ACTION_PATH/../../.." && CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o "$RUNNER_TEMP/kubectl-llm" ./cmd/kubectl-llm)

args=(validate --recursive --output=github)
[ "$WARNINGS_AS_ERRORS" != true ] || args+=(--warnings-as-errors)
[ "$ALLOW_EMPTY" != true ] || args+=(--allow-empty)
[ "$ALLOW_HOST_PATH" != true ] || args+=(--allow-host-path)
[ "$CHECK_REGISTRY" != true ] || args+=(--check-registry)
while IFS= read -r file; do
	[ -z "$file" ] || args+=("--policy=$file")
done <<<"$POLICY"
args+=(--)
while IFS= read -r file; do
	[ -z "$file" ] || args+=("$file")
done <<<"$FILES"

"$RUNNER_TEMP/kubectl-llm" "${args[@]}"
