#!/bin/sh
# Builds the binaries of the embedded control plane, and cert-manager for the tests
# of the installation, into the folder named by $1 from the versions pinned in this
# module and in hack/certmanager. What is already there, or in
# $KUBEBUILDER_ASSETS, is not built again.
set -eu

out=$1
cd "$(dirname "$0")"
mkdir -p "$out"

version=$(go list -m -f '{{.Version}}' k8s.io/kubernetes)
minor=${version#v1.}
minor=${minor%%.*}
stamp=k8s.io/component-base/version
ldflags="-s -w -X $stamp.gitVersion=$version -X $stamp.gitMajor=1 -X $stamp.gitMinor=$minor -X $stamp.gitTreeState=clean"

# KWOK has no behaviour of its own: these stages make nodes and pods ready at once,
# and volumes for claims.
stages=$(go list -m -f '{{.Dir}}' sigs.k8s.io/kwok)/kustomize/stage
for file in node/fast/node-initialize pod/fast/pod-ready pod/fast/pod-delete \
	volume/fast/pvc-provision volume/fast/pv-bind volume/fast/pvc-delete volume/fast/pv-delete; do
	printf -- '---\n'
	cat "$stages/$file.yaml"
done >"$out/kwok.yaml"

certmanager=$(cd ../certmanager && go mod download github.com/cert-manager/cert-manager && go list -m -f '{{.Dir}}' github.com/cert-manager/cert-manager)
for file in "$certmanager"/deploy/crds/cert-manager.io_*.yaml "$certmanager"/deploy/crds/acme.cert-manager.io_*.yaml; do
	printf -- '---\n'
	cat "$file"
done >"$out/cert-manager-crds.yaml"

missing=
for name in kube-apiserver kube-controller-manager kube-scheduler kubectl etcd kwok cert-manager; do
	[ -x "$out/$name" ] || [ -x "${KUBEBUILDER_ASSETS:-/nonexistent}/$name" ] || missing="$missing $name"
done
[ -n "$missing" ] || exit 0
echo "control plane: building$missing ($version)"
echo "control plane: with an empty Go build cache this takes about 15 minutes on 2 cores; with a warm one, seconds"

count=$(echo "$missing" | wc -w)
number=0
for name in $missing; do
	number=$((number + 1))
	module=.
	case $name in
	cert-manager) module=../certmanager package=. ;;
	etcd) package=go.etcd.io/etcd/server/v3 ;;
	kwok) package=sigs.k8s.io/kwok/cmd/kwok ;;
	*) package=k8s.io/kubernetes/cmd/$name ;;
	esac
	start=$(date +%s)
	echo "control plane: [$number/$count] $name ..."
	# The build runs in the background so that a long one can show that it is alive.
	go build -C "$module" -mod=readonly -ldflags "$ldflags" -o "$out/$name.part" "$package" &
	build=$!
	trap 'kill $build 2>/dev/null || true; rm -f "$out/$name.part"' EXIT INT TERM
	while kill -0 $build 2>/dev/null; do
		sleep 1
		elapsed=$(($(date +%s) - start))
		[ $((elapsed % 30)) -ne 0 ] || echo "control plane: [$number/$count] $name ... ${elapsed}s"
	done
	wait $build
	trap - EXIT INT TERM
	mv "$out/$name.part" "$out/$name"
	echo "control plane: [$number/$count] $name done in $(($(date +%s) - start))s"
done
