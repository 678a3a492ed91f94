#!/bin/sh
# Usage: build.sh DIRECTORY
# Builds the binaries of the local control plane into the directory, in the versions that are pinned
# in this module. Binaries that exist there or in $KUBEBUILDER_ASSETS are not built again.
set -eu

out=$1
cd "$(dirname "$0")"
mkdir -p "$out"
. ../build.sh

names=$(missing kubectl etcd kwok kube-apiserver kube-controller-manager kube-scheduler)
if [ -n "$names" ]; then
	echo "control plane: building$names ($(go list -m -f '{{.Version}}' k8s.io/kubernetes))"
	echo "control plane: this takes about 8 minutes on 2 cores with a cold Go build cache, and seconds with a warm one"
fi

flags=$(kubernetes_ldflags)
count=$(echo "$names" | wc -w)
index=0
for name in $names; do
	index=$((index + 1))
	case $name in
	etcd) package=go.etcd.io/etcd/server/v3 ;;
	kwok) package=sigs.k8s.io/kwok/cmd/kwok ;;
	*) package=k8s.io/kubernetes/cmd/$name ;;
	esac
	build "control plane [$index/$count] $name" hack/k8s "$flags" "$name=$package"
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
