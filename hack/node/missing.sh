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
need iptables iptables
need ipset ipset
need ip iproute2
need dpkg-deb dpkg
need apt-get apt
need gcc gcc
need redis-server redis-server
[ -e /usr/include/stdlib.h ] || packages="$packages libc6-dev"
[ -x /usr/lib/cni/bridge ] || [ -x /opt/cni/bin/bridge ] || packages="$packages containernetworking-plugins"
# Debian's versions of PostgreSQL have a directory each, which is not in PATH.
set -- /usr/lib/postgresql/*/bin/postgres
[ -x "$1" ] || packages="$packages postgresql"
[ -z "$packages" ] || { echo "a real node needs more programs: apt-get install --no-install-recommends$packages"; exit 1; }
unshare --net ipset list >/dev/null 2>&1 || { echo "a real node needs IP sets of the kernel, for network policies (the module ip_set)"; exit 1; }
