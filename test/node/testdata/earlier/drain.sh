#!/bin/sh
# Delays stopping the Ollama server, which cuts off running responses when it receives
# SIGTERM. Runs as the container's preStop hook, within the pod's grace period.
#
#   OLLAMA_DRAIN_DELAY  seconds in which new connections still arrive, until every
#                       node knows that the pod is terminating (default 5)
#   OLLAMA_DRAIN_LIMIT  seconds after which it stops waiting for running responses
#                       (default 25)
#   OLLAMA_PROC         the proc file system (default /proc)
set -u

proc=${OLLAMA_PROC:-/proc}

# connected succeeds if a client other than from loopback is connected to port 11434
# (2CAA in hexadecimal).
connected() {
    for table in "$proc/net/tcp" "$proc/net/tcp6"; do
        [ -r "$table" ] || continue
        while read -r _ server client state _; do
            case $server:$state in
            *:2CAA:01) ;;
            *) continue ;;
            esac
            case $client in
            0100007F:* | 00000000000000000000000001000000:* | 0000000000000000FFFF00000100007F:*) ;;
            *) return 0 ;;
            esac
        done <"$table"
    done
    return 1
}

# activity prints the CPU time, in ticks, that the container's processes have used.
activity() {
    total=0
    for stat in "$proc"/[0-9]*/stat; do
        # The program's name, in parentheses, may contain any character.
        { read -r line <"$stat"; } 2>/dev/null || continue
        # shellcheck disable=SC2086 # the fields are numbers
        set -- ${line##*)}
        total=$((total + ${12:-0} + ${13:-0}))
    done
    printf '%s' "$total"
}

# traffic prints the bytes received and sent on all interfaces except loopback.
traffic() {
    total=0
    while read -r interface received _ _ _ _ _ _ _ sent _; do
        case $interface in
        lo: | Inter* | face*) ;;
        *:) total=$((total + received + sent)) ;;
        esac
    done 2>/dev/null <"$proc/net/dev"
    printf '%s' "$total"
}

# answering succeeds if a client is connected and the server uses CPU or the network,
# because clients also keep idle connections open. A probe takes less than 1000 bytes.
answering() {
    connected || return 1
    ticks=$(activity)
    bytes=$(traffic)
    sleep 1
    [ $(($(activity) - ticks)) -ge 10 ] || [ $(($(traffic) - bytes)) -ge 1000 ]
}

began=$(date +%s)
sleep "${OLLAMA_DRAIN_DELAY:-5}"
while [ $(($(date +%s) - began)) -lt "${OLLAMA_DRAIN_LIMIT:-25}" ] && answering; do :; done
