#!/bin/sh
# Waits until the Ollama server at OLLAMA_HOST has all models named by the
# arguments. Run as an init container, which shows in its log what it waits for;
# Tabby exits at once when a model is not there.
#
#   OLLAMA_PAUSE  seconds between two looks (default 5)
set -u

for model in "$@"; do
    until ollama show -- "$model" >/dev/null 2>&1; do
        printf 'waiting for model %s at %s\n' "$model" "$OLLAMA_HOST"
        sleep "${OLLAMA_PAUSE:-5}"
    done
    printf 'model %s is there\n' "$model"
done
