#!/bin/sh
# Verifies that the generated files are up to date.
set -eu

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
make --no-print-directory generate OUT="$out"

status=0
for file in $(cd "$out" && find . -type f); do
	if ! diff -u "$file" "$out/$file"; then
		echo "verify: $file is not up to date; run \"make generate\"" >&2
		status=1
	fi
done
# Of what was removed, its generated file may be left.
for file in docs/cli/* charts/llm-operator/files/*/* charts/llm-operator/files/*.*; do
	if [ ! -e "$out/$file" ]; then
		echo "verify: $file is no longer generated; delete it" >&2
		status=1
	fi
done
exit $status
