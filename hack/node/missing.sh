#!/bin/sh
# Prints in one line what a real node needs and this machine lacks, and how to install it. Fails if
# anything is missing.
set -u
PATH=$PATH:/usr/sbin:/sbin

[ "$(uname -s)" = Linux ] || { echo "a real node needs Linux"; exit 1; }
[ "$(id -u)" = 0 ] || { echo "a real node needs root, for its namespaces and containers"; exit 1; }
unshare --mount --net --pid --fork true 2>/dev/null || { echo "a real node needs the right to create namespaces (CAP_SYS_ADMIN)"; exit 1; }

packages=
need() { # PROGRAM PACKAGE
	command -v "$1" >/dev/null || packages="$packages $2"
}
need runc runc
need nft nftables
need ip iproute2
need dpkg-deb dpkg
need apt-get apt
need gcc gcc
[ -e /usr/include/stdlib.h ] || packages="$packages libc6-dev"
[ -x /usr/lib/cni/bridge ] || [ -x /opt/cni/bin/bridge ] || packages="$packages containernetworking-plugins"
[ -z "$packages" ] || { echo "a real node needs more programs: apt-get install --no-install-recommends$packages"; exit 1; }
