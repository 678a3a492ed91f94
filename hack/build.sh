# Functions of the build scripts, which source this file in their own directory.
# shellcheck shell=sh

# kubernetes_ldflags [VERSION] prints the flags by which programs of Kubernetes report the version; without one,
# that of the module in hack/k8s.
kubernetes_ldflags() {
	version=${1:-$(cd ../../hack/k8s && go list -m -f '{{.Version}}' k8s.io/kubernetes)}
	minor=${version#v1.}
	minor=${minor%%.*}
	stamp=k8s.io/component-base/version
	echo "-X $stamp.gitVersion=$version -X $stamp.gitMajor=1 -X $stamp.gitMinor=$minor -X $stamp.gitTreeState=clean"
}

# missing NAME... prints the programs that are neither in $out nor in $KUBEBUILDER_ASSETS.
missing() {
	for name; do
		[ -x "$out/$name" ] || [ -x "${KUBEBUILDER_ASSETS:-/nonexistent}/$name" ] || printf ' %s' "$name"
	done
}

# build LABEL MODULE LDFLAGS NAME=PACKAGE... builds packages of a module into $out. What is interrupted
# leaves no program there.
build() {
	label=$1 module=$2 ldflags=$3
	shift 3
	part=$out/part
	rm -rf "$part"
	mkdir -p "$part"
	packages=
	for program; do
		packages="$packages ${program#*=}"
	done
	# shellcheck disable=SC2086 # a list
	(cd ../.. && go run ./hack/progress build -label "$label" -C "$module" -ldflags "-s -w $ldflags" -o "$part/" $packages)
	for program; do
		built=${program#*=}
		case ${built##*/} in v[0-9]*) built=${built%/*} ;; esac # as go build does
		mv "$part/${built##*/}" "$out/${program%%=*}"
	done
	rmdir "$part"
}
