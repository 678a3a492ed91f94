#!/usr/bin/env bash
# Prints the directory and the name of each fuzz target.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

grep -rnoE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+\(' . |
	sed -E 's#/[^/]+:[0-9]+:func (Fuzz[A-Za-z0-9_]+)\(# \1#' | sort
