#!/bin/sh
# Waits until the Ollama server at OLLAMA_HOST has all models named by the
# arguments. Run as an init container, which shows in its log what it waits for and
# why; Tabby exits at once when a model is not there.
#
#   OLLAMA_PAUSE  seconds between two looks (default 5)
set -u

# A shell that is the first process of a container ignores SIGTERM unless it traps
# it, and runs its trap only between commands or while it waits: whatever takes time
# runs in the background.
running=
trap 'kill "$running" 2>/dev/null; exit 143' TERM

in_background() {
    "$@" &
    running=$!
    wait "$running"
}

look() {
    if why=$(ollama show -- "$1" 2>&1 >/dev/null); then
        return 0
    fi
    printf 'waiting for model %s at %s: %s\n' "$1" "$OLLAMA_HOST" \
        "$(printf '%s\n' "$why" | grep '[^[:space:]]' | tail -n 1)"
    return 1
}

for model in "$@"; do
    until in_background look "$model"; do
        in_background sleep "${OLLAMA_PAUSE:-5}"
    done
    printf 'model %s is there\n' "$model"
done
