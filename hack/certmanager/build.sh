#!/bin/sh
# Usage: build.sh DIRECTORY
# Builds cert-manager's controllers and copies its CRDs into the directory, for the installation tests.
set -eu

out=$1
cd "$(dirname "$0")"
mkdir -p "$out"
. ../build.sh

if [ ! -x "$out/cert-manager" ]; then
	build cert-manager hack/certmanager "" cert-manager=github.com/geeper-io/llm-operator/hack/certmanager
fi

[ -s "$out/cert-manager-crds.yaml" ] && [ "$out/cert-manager-crds.yaml" -nt go.mod ] && exit 0
go mod download github.com/cert-manager/cert-manager
crds=$(go list -m -f '{{.Dir}}' github.com/cert-manager/cert-manager)/deploy/crds
for file in "$crds"/cert-manager.io_*.yaml "$crds"/acme.cert-manager.io_*.yaml; do
	printf -- '---\n'
	cat "$file"
done >"$out/cert-manager-crds.yaml.part"
mv "$out/cert-manager-crds.yaml.part" "$out/cert-manager-crds.yaml"
