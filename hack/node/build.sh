#!/bin/sh
# Usage: build.sh DIRECTORY
# Builds the programs of a real node into the directory, in the versions that are pinned in the
# modules below this directory and in hack/k8s, and downloads the Debian packages of its images.
# What exists there is not built again. Ollama needs a C compiler.
set -eu

out=$1
cd "$(dirname "$0")"
mkdir -p "$out"
. ../build.sh

# Those in $KUBEBUILDER_ASSETS do not count: the node starts only what is in this directory.
names=$(KUBEBUILDER_ASSETS='' missing kube-proxy kubelet containerd-shim-runc-v2 containerd kube-router ollama)
if [ -n "$names" ]; then
	echo "node: building$names"
	echo "node: this takes about 5 minutes on 2 cores with a cold Go build cache, after make k8s"
fi
case $names in
*kubelet* | *kube-proxy*)
	# The kubelet reports the version that the control plane has.
	build "node [1/4] kubelet" hack/k8s "$(kubernetes_ldflags)" \
		kubelet=k8s.io/kubernetes/cmd/kubelet kube-proxy=k8s.io/kubernetes/cmd/kube-proxy
	;;
esac
case $names in
*containerd*)
	# Without snapshotters and integrations that nothing here uses.
	commands=github.com/containerd/containerd/v2/cmd
	(
		GOFLAGS="$(go env GOFLAGS) -tags=no_btrfs,no_devmapper,no_zfs,no_aufs,no_tracing,no_rdt,no_systemd"
		export GOFLAGS
		build "node [2/4] containerd" hack/node/containerd "" \
			containerd=$commands/containerd containerd-shim-runc-v2=$commands/containerd-shim-runc-v2
	)
	;;
esac
case $names in
*kube-router*)
	# Most of what it consists of is in the kubelet, too, in the same versions.
	build "node [3/4] kube-router" hack/node/kube-router "" \
		kube-router=github.com/cloudnativelabs/kube-router/v2/cmd/kube-router
	;;
esac
case $names in
*ollama*)
	# Optimizing its SQLite would take half a minute of C compilation.
	(
		export CGO_ENABLED=1 CGO_CFLAGS=-O0
		build "node [4/4] ollama" hack/node/ollama "" ollama=github.com/ollama/ollama
	)
	;;
esac

# What the images of the originals have, as far as the operator's scripts and Ollama need it.
packages="base-files bash coreutils dash debianutils findutils grep libacl1 libattr1 libc6 libgcc-s1 libgmp10
	libpcre2-8-0 libselinux1 libtinfo6 mawk sed"
[ -e "$out/packages/complete" ] && [ "$out/packages/complete" -nt build.sh ] && exit 0
rm -rf "$out/packages"
mkdir -p "$out/packages"
echo "node: downloading $(echo "$packages" | wc -w) Debian packages"
# shellcheck disable=SC2086 # a list
download() { (cd "$out/packages" && apt-get -qq -o APT::Sandbox::User=root download $packages); }
download || { apt-get -qq update && download; }
touch "$out/packages/complete"
