#!/bin/sh
# Functions of pull-models.sh for pods that share a volume, of which only one may pull at a time: Ollama
# servers do not know of each other's downloads, and write to the same files. Clocks of nodes may
# differ, so that only changes are compared.
#
#   PULL_STALE  seconds after which a reservation that its pod does not renew is void (default 60)
#   PULL_QUIET  seconds in which nobody may have written to unfinished downloads (default 30)
#
# shellcheck disable=SC2154 # pull-models.sh sets the variables

reservation=$data/.llm-operator-pull
pod=${HOSTNAME:-pod}-$me
beats=0
renewed=0
unchanged=0
seen=

# hold makes this pod the holder of the reservation. No two reservations look alike, not even of one pod.
hold() {
    beats=$((beats + 1))
    unchanged=0
    printf '%s %s\n' "$pod" "$beats" >"$reservation/holder"
} 2>/dev/null

# beat renews the reservation. It fails if another pod has taken it over.
beat() {
    { read -r owner _ <"$reservation/holder"; } 2>/dev/null && [ "$owner" = "$pod" ] && hold
}

# keep_reserved is called every second.
keep_reserved() {
    renewed=$(((renewed + 1) % 5))
    [ "$renewed" != 0 ] || beat
}

# try_reserve reserves the volume, or records how long its holder has not renewed the reservation.
try_reserve() {
    ! beat || return 0
    mkdir -p "$data"
    if mkdir "$reservation"; then
        hold
        return 0
    fi
    if [ ! -d "$reservation" ]; then
        # Another pod has released it, or nobody can write to the volume, which the pull reports.
        mkdir "$reservation.$pod" || return 0
        rmdir "$reservation.$pod"
        return 1
    fi
    now=$(cat "$reservation/holder")
    [ "$now" = "$seen" ] || unchanged=0
    seen=$now
    [ "$unchanged" -ge "${PULL_STALE:-60}" ] && take_over
} 2>/dev/null

# take_over makes a void reservation that of this pod, under a lock: several pods may find it void, and
# its holder may have been slow.
take_over() {
    if ! mkdir "$reservation/taken"; then
        # The pod that has the lock may be gone too.
        [ "$unchanged" -lt $((2 * ${PULL_STALE:-60})) ] || rmdir "$reservation/taken"
        return 1
    fi
    taken=1
    [ "$(cat "$reservation/holder")" = "$seen" ] && hold && taken=0
    rmdir "$reservation/taken"
    return "$taken"
}

release() {
    ! beat || rm -rf "$reservation"
}

# snapshot prints what changes while a server downloads. Opening a file updates what a network file
# system knows of it.
snapshot() {
    for file in "$data"/blobs/*-partial*; do
        if : <"$file"; then
            stat -c '%n %s %b %Y' "$file"
        fi 2>/dev/null
    done
}

# is_quiet succeeds if no server downloads to the volume, such as for the operator.
is_quiet() {
    before=$(snapshot)
    quiet=0
    while [ -n "$before" ] && [ "$quiet" -lt "${PULL_QUIET:-30}" ]; do
        sleep 5
        quiet=$((quiet + 5))
        beat
        [ "$(snapshot)" = "$before" ] || return 1
    done
}

# reserve MODEL waits until this pod may pull. It fails if the model is available then.
reserve() {
    until try_reserve && is_quiet; do
        sleep 5
        unchanged=$((unchanged + 5))
        beat
        ! is_available "$1" || break
    done
    is_available "$1" || return 0
    release
    return 1
}
