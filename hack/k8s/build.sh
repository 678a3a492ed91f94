#!/bin/sh
# Usage: build.sh DIRECTORY [NAME...]
# Builds the binaries of the local control plane, or those that are named, into the directory, in the versions
# that are pinned in this module. Binaries that exist there or in $KUBEBUILDER_ASSETS are not built again.
set -eu

out=$1
shift
cd "$(dirname "$0")"
mkdir -p "$out"
. ../build.sh

[ $# -gt 0 ] || set -- kubectl etcd kwok kube-apiserver kube-controller-manager kube-scheduler
names=$(missing "$@")
if [ -n "$names" ]; then
	echo "control plane: building$names ($(go list -m -f '{{.Version}}' k8s.io/kubernetes))"
	echo "control plane: this takes about 8 minutes on 2 cores with a cold Go build cache, and seconds with a warm one"
fi

# One build, so that one program is compiled while another is linked, which keeps a single core busy.
programs=
for name in $names; do
	case $name in
	etcd) package=go.etcd.io/etcd/server/v3 ;;
	kwok) package=sigs.k8s.io/kwok/cmd/kwok ;;
	*) package=k8s.io/kubernetes/cmd/$name ;;
	esac
	programs="$programs $name=$package"
done
# shellcheck disable=SC2086 # a list
[ -z "$programs" ] || build 'control plane' hack/k8s "$(kubernetes_ldflags)" $programs

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
