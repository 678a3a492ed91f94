#!/bin/sh
# Init container of Tabby: waits until the Ollama server at OLLAMA_HOST has all models that are
# passed as arguments, because Tabby exits if one is not available. The log shows what it is
# waiting for and why.
#
#   OLLAMA_PAUSE  seconds between two checks (default 5)
set -u

# The first process of a container ignores SIGTERM unless it traps it, and a shell runs traps only
# between commands and in "wait", so slow commands run in the background.
running=
trap 'kill "$running" 2>/dev/null; exit 143' TERM

in_background() {
    "$@" &
    running=$!
    wait "$running"
}

check() {
    if why=$(ollama show -- "$1" 2>&1 >/dev/null); then
        return 0
    fi
    printf 'waiting for model %s at %s: %s\n' "$1" "$OLLAMA_HOST" \
        "$(printf '%s\n' "$why" | grep '[^[:space:]]' | tail -n 1)"
    return 1
}

for model in "$@"; do
    until in_background check "$model"; do
        in_background sleep "${OLLAMA_PAUSE:-5}"
    done
    printf 'model %s is available\n' "$model"
done
