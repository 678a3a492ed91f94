#!/bin/sh
# Functions of pull-models.sh for pods that share a volume, of which only one may pull at a time: Ollama
# servers do not know of each other's downloads, and write to the same files. Clocks of nodes may
# differ, so that only changes are compared.
#
#   PULL_STALE  seconds after which a reservation that its pod does not renew is void (default 60)
#   PULL_QUIET  seconds in which nobody may have written to unfinished downloads (default 30)
#
# shellcheck disable=SC2154 # pull-models.sh sets the variables

data=${OLLAMA_MODELS:-${HOME:-/root}/.ollama/models}
reservation=$data/.llm-operator-pull
pod=${HOSTNAME:-pod}-$me
beats=0
renewed=0
unchanged=0
seen=

# beat renews the reservation. It fails if another pod has taken it over.
beat() {
    { read -r holder _ <"$reservation/holder"; } 2>/dev/null && [ "$holder" = "$pod" ] || return 1
    beats=$((beats + 1))
    printf '%s %s\n' "$pod" "$beats" >"$reservation/holder"
} 2>/dev/null

# keep_reserved is called every second.
keep_reserved() {
    renewed=$(((renewed + 1) % 5))
    [ "$renewed" != 0 ] || beat
}

# try_reserve reserves the volume, or records how long its holder has not renewed the reservation. Without
# a directory for it the volume cannot be written to, which the pull reports.
try_reserve() {
    ! beat || return 0
    mkdir -p "$data" 2>/dev/null
    # Another pod may release it between two looks.
    if mkdir "$reservation" || mkdir "$reservation"; then
        printf '%s 0\n' "$pod" >"$reservation/holder"
        return 0
    fi 2>/dev/null
    [ -d "$reservation" ] || return 0
    now=$(cat "$reservation/holder" 2>/dev/null)
    [ "$now" = "$seen" ] || unchanged=0
    seen=$now
    if [ "$unchanged" -ge "${PULL_STALE:-60}" ]; then
        mv "$reservation" "$reservation.$pod" 2>/dev/null && rm -rf "$reservation.$pod"
        unchanged=0
    fi
    return 1
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
        if is_available "$1"; then
            release
            return 1
        fi
    done
    if is_available "$1"; then
        release
        return 1
    fi
}
