#!/bin/sh
# Prints the manifests of a folder of config/, $1, with the image $2 in the place of
# the released one, if it is given.
set -eu

cd "$(dirname "$0")/.."
kustomize() { go tool -modfile=hack/tools/go.mod kustomize build "$@"; }

folder=$1
image=${2:-}
if [ -z "$image" ]; then
	kustomize "config/$folder"
	exit
fi

# kustomize takes bases by relative paths only, so the overlay stands in the project.
mkdir -p dist
overlay=$(mktemp -d dist/overlay.XXXXXX)
trap 'rm -rf "$overlay"' EXIT
name=$image tag='' digest=''
case $name in *@*) digest=${name#*@} name=${name%%@*} ;; esac
# What follows a colon behind the last slash is the tag; one before is a port.
case ${name##*/} in *:*) tag=${name##*:} name=${name%:*} ;; esac
{
	printf 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: ["../../config/%s"]\n' "$folder"
	printf 'images:\n  - name: ghcr.io/geeper-io/llm-operator\n    newName: "%s"\n' "$name"
	[ -z "$tag" ] || printf '    newTag: "%s"\n' "$tag"
	[ -z "$digest" ] || printf '    digest: "%s"\n' "$digest"
} >"$overlay/kustomization.yaml"
kustomize "$overlay"
