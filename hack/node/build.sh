#!/bin/sh
# Usage: build.sh DIRECTORY
# Builds the programs of a real node into the directory, in the versions that are pinned in the
# modules below this directory and in hack/k8s, and downloads the Debian packages of its images.
# What exists there is not built again. Ollama needs a C compiler.
set -eu

out=$1
cd "$(dirname "$0")"
mkdir -p "$out"

# The kubelet reports this version, as the control plane does.
version=$(cd ../k8s && go list -m -f '{{.Version}}' k8s.io/kubernetes)
minor=${version#v1.}
minor=${minor%%.*}
stamp=k8s.io/component-base/version
kubernetes="-X $stamp.gitVersion=$version -X $stamp.gitMajor=1 -X $stamp.gitMinor=$minor -X $stamp.gitTreeState=clean"

missing=
for name in kube-proxy kubelet containerd-shim-runc-v2 containerd ollama; do
	[ -x "$out/$name" ] || missing="$missing $name"
done
if [ -n "$missing" ]; then
	echo "node: building$missing"
	echo "node: this takes about 5 minutes on 2 cores with a cold Go build cache, after make k8s"
fi

# build NAME MODULE PACKAGE LDFLAGS
count=$(echo "$missing" | wc -w)
index=0
build() {
	index=$((index + 1))
	(cd ../.. && go run ./hack/progress build -label "node [$index/$count] $1" -C "$2" -ldflags "-s -w $4" -o "$out/$1.part" "$3")
	mv "$out/$1.part" "$out/$1"
}
for name in $missing; do
	case $name in
	kubelet | kube-proxy)
		build "$name" hack/k8s "k8s.io/kubernetes/cmd/$name" "$kubernetes"
		;;
	containerd*)
		# Snapshotters that nothing here uses.
		GOFLAGS="$(go env GOFLAGS) -tags=no_btrfs,no_devmapper,no_zfs,no_aufs" \
			build "$name" hack/node/containerd "github.com/containerd/containerd/v2/cmd/$name" ""
		;;
	ollama)
		CGO_ENABLED=1 build "$name" hack/node/ollama github.com/ollama/ollama ""
		;;
	esac
done

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
