#!/bin/bash
# Builds all fuzz targets for OSS-Fuzz, in its image, with the inputs that are kept in testdata/fuzz.
# compile_native_go_fuzzer_v2 is the one that knows the helpers in a package's other test files. It finds a target by
# the beginning of its name, in the package and those below: no name may begin with another's there.
#
# Source: google.github.io/oss-fuzz, getting-started/new-project-guide/go-lang; google/oss-fuzz,
# infra/base-images/base-builder (compile_native_go_fuzzer_v2).
set -euo pipefail

# The tool replaces a file of the toolchain, which Go refuses in one that it has downloaded itself.
export GOTOOLCHAIN=local

module=$(go list -m)
targets=$(hack/fuzz-targets.sh)
while read -r dir target; do
	name=$(printf '%s' "${dir#./}/$target" | tr '/' '_' | tr -d '-')
	compile_native_go_fuzzer_v2 "$module/${dir#./}" "$target" "$name"
done <<<"$targets"
