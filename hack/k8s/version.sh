#!/bin/sh
# Usage: version.sh DIRECTORY MINOR
# Builds the API server, controller manager and scheduler of a minor version of versions.txt, such as 1.32, into
# the directory, from a module that is generated for it. Programs that exist there are not built again.
set -eu

out=$1 minor=$2
cd "$(dirname "$0")"
mkdir -p "$out"
. ../build.sh
unset KUBEBUILDER_ASSETS

version=$(awk -v minor="$minor" '$1 == minor { print $2 }' versions.txt)
if [ -z "$version" ]; then
	echo "KUBERNETES must be one of$(awk '!/^#/ { printf " %s", $1 }' versions.txt), or empty for $(go list -m -f '{{.Version}}' k8s.io/kubernetes)" >&2
	exit 1
fi
# Programs of another patch are built again.
[ "$(cat "$out/version" 2>/dev/null)" = "$version" ] || rm -f "$out"/kube-*
echo "$version" >"$out/version"
names=$(missing kube-apiserver kube-controller-manager kube-scheduler)
[ -n "$names" ] || exit 0
echo "control plane of $version: building$names; this takes about 8 minutes on 2 cores with a cold Go build cache"

# published MODULE VERSION prints the version, or that of the nearest earlier patch whose module is published.
published() {
	patch=${2##*.}
	while [ "$patch" -ge 0 ]; do
		if answer=$(cd / && go mod download "$1@${2%.*}.$patch" 2>&1 >/dev/null); then
			echo "${2%.*}.$patch"
			return
		fi
		case $answer in
		*"404 Not Found"* | *"410 Gone"* | *"is not available"* | *"unknown revision"* | *"invalid version"*) ;;
		*)
			echo "$answer" >&2
			return 1
			;;
		esac
		patch=$((patch - 1))
	done
	return 1
}

# The sources of Kubernetes replace its staging modules by local directories, which its module does not have. go.sum
# is its own; the checksums of the staging modules are verified with Go's checksum database.
module=$(mktemp -d)
trap 'rm -rf "$module"' EXIT
downloaded=$(cd / && go mod download -json "k8s.io/kubernetes@$version") || {
	echo "$downloaded" >&2
	exit 1
}
source=$(echo "$downloaded" | awk -F '"' '$2 == "Dir" { print $4 }')
{
	echo "module control-plane"
	grep '^go ' "$source/go.mod"
	echo "require k8s.io/kubernetes $version"
	for name in $(awk '$3 ~ /^\.\/staging\// { print $1 }' "$source/go.mod"); do
		# Samples are not published, and nothing imports them.
		case $name in */sample-*) continue ;; esac
		staging=$(published "$name" "v0.${version#v1.}") || { echo "$name of Kubernetes $version is not published" >&2; exit 1; }
		echo "replace $name => $name $staging"
	done
} >"$module/go.mod"
cp "$source/go.sum" "$module/go.sum"
chmod u+w "$module/go.sum"

flags=$(kubernetes_ldflags "$version")
GOFLAGS="$(go env GOFLAGS) -mod=mod"
GOWORK=off
export GOFLAGS GOWORK
for name in $names; do
	build "control plane of $version, $name" "$module" "$flags" "$name=k8s.io/kubernetes/cmd/$name"
done
