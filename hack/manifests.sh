#!/bin/sh
# Usage: manifests.sh DIRECTORY [IMAGE]
# Prints the manifests of the given directory of config/, with IMAGE instead of the released image.
set -eu

cd "$(dirname "$0")/.."
kustomize() { go tool -modfile=hack/tools/go.mod kustomize build "$@"; }

directory=$1
image=${2:-}
if [ -z "$image" ]; then
	kustomize "config/$directory"
	exit
fi

# kustomize accepts only relative paths to bases, so the overlay has to be inside the project.
mkdir -p dist
overlay=$(mktemp -d dist/overlay.XXXXXX)
trap 'rm -rf "$overlay"' EXIT
name=$image tag='' digest=''
case $name in *@*) digest=${name#*@} name=${name%%@*} ;; esac
# A colon after the last slash separates the tag; one before it separates a port.
case ${name##*/} in *:*) tag=${name##*:} name=${name%:*} ;; esac
{
	printf 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: ["../../config/%s"]\n' "$directory"
	printf 'images:\n  - name: ghcr.io/geeper-io/llm-operator\n    newName: "%s"\n' "$name"
	[ -z "$tag" ] || printf '    newTag: "%s"\n' "$tag"
	[ -z "$digest" ] || printf '    digest: "%s"\n' "$digest"
} >"$overlay/kustomization.yaml"
kustomize "$overlay"
