#!/bin/sh
# postStart hook of Ollama: pulls the models that are passed as arguments. If it fails, the
# container is restarted. Standard error is then shown in the pod's status until the container
# waits for its restart; the termination message is shown longer.
#
#   OLLAMA_WAIT      seconds to wait for the server (default 120)
#   OLLAMA_ATTEMPTS  attempts per model (default 5)
#   OLLAMA_BACKOFF   seconds before the second attempt, doubled after each (default 5)
#   OLLAMA_LOG       file for the progress (default the container's log)
#   OLLAMA_MESSAGE   file for the termination message (default /dev/termination-log)
set -u

# The server listens on 0.0.0.0; only requests to loopback bypass an HTTP proxy.
export OLLAMA_HOST=127.0.0.1:11434

# The log may belong to another user, which must not make the hook fail.
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

info() {
    printf 'pull-models: %s\n' "$*" >>"$log"
}

fail() {
    printf '%s\n' "$*" >&2
    printf '%s\n' "$*" >>"$message"
}

waited=0
until ollama list >/dev/null 2>&1; do
    if [ "$waited" -ge "${OLLAMA_WAIT:-120}" ]; then
        info "the Ollama server does not respond after ${waited}s"
        fail "the Ollama server does not respond after ${waited}s"
        exit 1
    fi
    sleep 1
    waited=$((waited + 1))
done

# pull pulls a model with retries. If all attempts fail, it sets $error.
pull() {
    attempt=1
    pause=${OLLAMA_BACKOFF:-5}
    while :; do
        info "pulling $1 (attempt $attempt)"
        # Progress is printed to standard error, too; the error is the last line.
        if error=$(ollama pull -- "$1" 2>&1 >>"$log"); then
            info "$1 is available"
            return 0
        fi
        error=$(printf '%s\n' "$error" | tr '\r' '\n' | sed "s/$escape\[[0-9;?]*[A-Za-z]//g" | grep '[^[:space:]]' | tail -n 1)
        info "$1: $error"
        [ "$attempt" -lt "${OLLAMA_ATTEMPTS:-5}" ] || return 1
        sleep "$pause"
        pause=$((pause * 2))
        attempt=$((attempt + 1))
    done
}

failed=0
for model in "$@"; do
    # Pulling an available model would fail if the registry is not reachable.
    if ollama show -- "$model" >/dev/null 2>&1; then
        info "$model is already available"
        continue
    fi
    if ! pull "$model"; then
        failed=$((failed + 1))
        fail "model $model: $error"
    fi
done
[ "$failed" -eq 0 ]
