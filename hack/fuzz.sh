#!/usr/bin/env bash
# Runs each fuzz target, one after another, for FUZZTIME: a duration, or a number of inputs as 200000x. Prints how many
# inputs each has tried, and the sum, and ends with the first target that fails: the input is in its testdata/fuzz.
#
#	FUZZ      extended regular expression of the targets (default: all)
#	WORKERS   processes at a time (default: the CPUs)
#	CORPUS    how many of the inputs that have reached new code are kept in testdata/fuzz of each target, the smallest
#	          ones (default: 0)
#
# Inputs are not minimized: with Go's default, targets stand still after seconds while they minimize for a minute.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

log=$(mktemp)
trap 'rm -f "$log"' EXIT
targets=$(hack/fuzz-targets.sh | grep -E " (${FUZZ:-.*})\$") || { echo "fuzz: no target matches ${FUZZ:-}" >&2; exit 1; }
count=$(wc -l <<<"$targets")
workers=${WORKERS:-$(getconf _NPROCESSORS_ONLN)}

# keep copies the smallest inputs that have reached new code, at most CORPUS of them, into the package.
keep() {
	local found kept=$1/testdata/fuzz/$2
	found=$(go env GOCACHE)/fuzz/$(go list "$1")/$2
	[ "${CORPUS:-0}" -gt 0 ] && [ -d "$found" ] || return 0
	mkdir -p "$kept"
	find "$found" -type f -size -8k -printf '%s %p\n' | sort -n | head -n "$CORPUS" | cut -d ' ' -f 2- | xargs -r cp -t "$kept"
}

sum=0 n=0
while read -r dir target; do
	n=$((n + 1)) begun=$SECONDS
	printf '%d/%d %s %s: ' "$n" "$count" "$dir" "$target"
	if ! go test -run '^$' -fuzz "^$target\$" -fuzztime "${FUZZTIME:-30s}" -fuzzminimizetime 1x -parallel "$workers" "$dir" >"$log" 2>&1; then
		printf 'failed\n'
		cat "$log"
		echo "fuzz: $target in $dir failed" >&2
		exit 1
	fi
	inputs=$(sed -nE 's/.*execs: ([0-9]+).*/\1/p' "$log" | tail -n 1)
	new=$(sed -nE 's/.*new interesting: ([0-9]+).*/\1/p' "$log" | tail -n 1)
	sum=$((sum + ${inputs:-0}))
	printf '%d inputs in %d s, %d of them reached new code\n' "${inputs:-0}" $((SECONDS - begun)) "${new:-0}"
	keep "$dir" "$target"
done <<<"$targets"
printf '%d inputs in %d targets, none failed\n' "$sum" "$count"
