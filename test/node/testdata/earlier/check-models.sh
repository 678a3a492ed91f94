#!/bin/sh
# Readiness probe of Ollama: succeeds if the server has all models that are passed as arguments.
set -u

export OLLAMA_HOST=127.0.0.1:11434

for model in "$@"; do
    if ! ollama show -- "$model" >/dev/null 2>&1; then
        printf 'model %s is not available\n' "$model" >&2
        exit 1
    fi
done
