#!/bin/sh
# Succeeds when the Ollama server of this container has all models named by the
# arguments. Run as its readiness probe.
set -u

export OLLAMA_HOST=127.0.0.1:11434

for model in "$@"; do
    if ! ollama show -- "$model" >/dev/null 2>&1; then
        printf 'model %s is not there\n' "$model" >&2
        exit 1
    fi
done
