#!/bin/sh
# Pulls the models named by the arguments into the Ollama server of this container.
# Run as its postStart hook: the exit status decides whether the container lives.
# What is on standard error then is shown in the pod's status, and replaced as soon
# as the container waits for its next start; the container's termination message
# stays.
#
#   OLLAMA_WAIT      seconds to wait for the server (default 120)
#   OLLAMA_ATTEMPTS  attempts per model (default 5)
#   OLLAMA_BACKOFF   seconds before the second attempt, doubled each time (default 5)
#   OLLAMA_LOG       where progress goes (default the container's log)
#   OLLAMA_MESSAGE   the container's termination message (default /dev/termination-log)
set -u

# The server listens on all addresses; through a proxy only loopback is reached directly.
export OLLAMA_HOST=127.0.0.1:11434

# The log belongs to the user that the container started as; a hook that may not
# write there must not fail because of it.
writable() {
    if (: >>"$1") 2>/dev/null; then
        printf '%s' "$1"
    else
        printf /dev/null
    fi
}
log=$(writable "${OLLAMA_LOG:-/proc/1/fd/1}")
message=$(writable "${OLLAMA_MESSAGE:-/dev/termination-log}")

escape=$(printf '\033')

say() {
    printf 'pull-models: %s\n' "$*" >>"$log"
}

complain() {
    printf '%s\n' "$*" >&2
    printf '%s\n' "$*" >>"$message"
}

waited=0
until ollama list >/dev/null 2>&1; do
    if [ "$waited" -ge "${OLLAMA_WAIT:-120}" ]; then
        say "the Ollama server does not answer after ${waited}s"
        complain "the Ollama server does not answer after ${waited}s"
        exit 1
    fi
    sleep 1
    waited=$((waited + 1))
done

# pull tries one model until it is there or the attempts are used up. The last
# error stays in $error.
pull() {
    attempt=1
    pause=${OLLAMA_BACKOFF:-5}
    while :; do
        say "pulling $1 (attempt $attempt)"
        # Progress is drawn on standard error with control characters; only its last
        # line is the error.
        if error=$(ollama pull -- "$1" 2>&1 >>"$log"); then
            say "$1 is there"
            return 0
        fi
        error=$(printf '%s\n' "$error" | tr '\r' '\n' | sed "s/$escape\[[0-9;?]*[A-Za-z]//g" | grep '[^[:space:]]' | tail -n 1)
        say "$1: $error"
        [ "$attempt" -lt "${OLLAMA_ATTEMPTS:-5}" ] || return 1
        sleep "$pause"
        pause=$((pause * 2))
        attempt=$((attempt + 1))
    done
}

failed=0
for model in "$@"; do
    # Pulling asks the registry even for what is there, and fails when it is away.
    if ollama show -- "$model" >/dev/null 2>&1; then
        say "$model is there already"
        continue
    fi
    if ! pull "$model"; then
        failed=$((failed + 1))
        complain "model $model: $error"
    fi
done
[ "$failed" -eq 0 ]
