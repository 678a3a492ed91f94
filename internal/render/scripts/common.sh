#!/bin/sh
# Functions of pull-models.sh, check-models.sh and drain.sh, which source this file. What they know about
# the models is in a directory, $state, that is new in each container:
#
#   there     models that are, or were, available, one per line
#   errors    for models that are not: the model, "refused" or "failed", and the error, tab-separated
#   ready     exists once the pod has been ready
#   stopping  exists once the pod is terminating
#   puller    symbolic link whose target names the process that pulls: the lock of that process
#
# A model is refused if the registry does not have it, or not for this version of Ollama.
#
#   PULL_LIST   file with the models, one per line (default: models, next to the scripts). The file sources
#               next to it, if there is one, has a line for each model that is not pulled by its name from a
#               registry with TLS: the model, the name that is pulled, the name that it gets, and --insecure
#               for a registry without TLS, tab-separated
#   PULL_LOG    file for the log (default: the container's log)
#   PULL_STATE  directory in which $state is created (default: /tmp or /dev/shm)
#
# shellcheck disable=SC2034 # the other scripts use the variables

# The server listens on 0.0.0.0; only requests to loopback bypass an HTTP proxy.
export OLLAMA_HOST=127.0.0.1:11434

scripts=${0%/*}
list=${PULL_LIST:-$scripts/models}
sources=${list%/*}/sources
data=${OLLAMA_MODELS:-${HOME:-/root}/.ollama/models}
tab=$(printf '\t')

# start_of prints the time at which a process started, in ticks since the machine did. It fails if
# the process has ended, even if its parent has not noticed.
start_of() {
    { read -r line <"/proc/$1/stat"; } 2>/dev/null || return 1
    # The program's name, in parentheses, may contain any character.
    # shellcheck disable=SC2086 # fields without spaces
    set -- ${line##*)}
    case $1 in
    [ZX]) return 1 ;;
    esac
    printf '%s' "${20:-0}"
}

# use_state sets $state. /dev/shm outlives the container, but not the name of the directory.
use_state() {
    name=llm-operator-$(start_of 1)
    for base in ${PULL_STATE:-/tmp /dev/shm}; do
        state=$base/$name
        if mkdir -p "$state" && : >>"$state/there" && : >>"$state/errors"; then
            return 0
        fi 2>/dev/null
    done
    echo "no directory for temporary files is writable" >&2
    return 1
}

# bounded SECONDS COMMAND... runs a command for that long at most.
if command -v timeout >/dev/null; then
    bounded() { timeout -s KILL "$@"; }
else
    bounded() {
        left=$1
        shift
        "$@" &
        while start_of "$!" >/dev/null; do
            [ "$left" -gt 0 ] || kill -KILL "$!"
            left=$((left - 1))
            sleep 1
        done
        wait "$!"
    }
fi

# puller_runs succeeds if the process that pulls has the lock and has not ended.
puller_runs() {
    holder=$(readlink "$state/puller") &&
        [ "$(start_of "${holder%-*}")" = "${holder#*-}" ]
}

# start_puller starts the process that pulls, unless it runs. It has none of the caller's files open,
# because a hook or a probe lasts until they are closed.
start_puller() {
    if [ -e "$state/stopping" ] || puller_runs; then
        return 0
    fi
    log=${PULL_LOG:-/proc/1/fd/1}
    # The log may belong to another user.
    (: >>"$log") 2>/dev/null || log=/dev/null
    session=$(command -v setsid)
    # shellcheck disable=SC2086 # setsid is not everywhere
    $session sh "$scripts/pull-models.sh" --run </dev/null >>"$log" 2>&1 &
}

# stop_puller stops the process that pulls, for good.
stop_puller() {
    : >"$state/stopping"
    if puller_runs; then
        kill "${holder%-*}"
    fi 2>/dev/null
}
