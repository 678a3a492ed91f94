#!/bin/sh
# Usage: build.sh DIRECTORY
# Builds the binaries of the local control plane into the directory, in the versions that are pinned
# in this module. Binaries that exist there or in $KUBEBUILDER_ASSETS are not built again.
set -eu

out=$1
cd "$(dirname "$0")"
mkdir -p "$out"
progress() { (cd ../.. && go run ./hack/progress build "$@"); }

version=$(go list -m -f '{{.Version}}' k8s.io/kubernetes)
minor=${version#v1.}
minor=${minor%%.*}
stamp=k8s.io/component-base/version
ldflags="-s -w -X $stamp.gitVersion=$version -X $stamp.gitMajor=1 -X $stamp.gitMinor=$minor -X $stamp.gitTreeState=clean"

missing=
for name in kubectl etcd kwok kube-apiserver kube-controller-manager kube-scheduler; do
	[ -x "$out/$name" ] || [ -x "${KUBEBUILDER_ASSETS:-/nonexistent}/$name" ] || missing="$missing $name"
done
if [ -n "$missing" ]; then
	echo "control plane: building$missing ($version)"
	echo "control plane: this takes about 8 minutes on 2 cores with a cold Go build cache, and seconds with a warm one"
fi

count=$(echo "$missing" | wc -w)
index=0
for name in $missing; do
	index=$((index + 1))
	case $name in
	etcd) package=go.etcd.io/etcd/server/v3 ;;
	kwok) package=sigs.k8s.io/kwok/cmd/kwok ;;
	*) package=k8s.io/kubernetes/cmd/$name ;;
	esac
	progress -label "control plane [$index/$count] $name" -C hack/k8s -ldflags "$ldflags" -o "$out/$name.part" "$package"
	mv "$out/$name.part" "$out/$name"
done

# KWOK's behavior is defined by stages: these make nodes and pods ready immediately, and provision
# volumes for PersistentVolumeClaims.
[ -s "$out/kwok.yaml" ] && [ "$out/kwok.yaml" -nt go.mod ] && exit 0
go mod download sigs.k8s.io/kwok
stages=$(go list -m -f '{{.Dir}}' sigs.k8s.io/kwok)/kustomize/stage
for file in node/fast/node-initialize pod/fast/pod-ready pod/fast/pod-delete \
	volume/fast/pvc-provision volume/fast/pv-bind volume/fast/pvc-delete volume/fast/pv-delete; do
	printf -- '---\n'
	cat "$stages/$file.yaml"
done >"$out/kwok.yaml.part"
mv "$out/kwok.yaml.part" "$out/kwok.yaml"
