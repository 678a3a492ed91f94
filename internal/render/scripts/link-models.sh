#!/bin/sh
# Links the models of mounted images into Ollama's folder, and removes what is left of images that are not
# mounted any more. Runs as an init container: when the server starts, it deletes layers that no model has.
# Without images pull-models.sh runs it.
#
#   link-models.sh MODELS MOUNTS [MOUNT IMAGE]...
#
# MODELS is Ollama's folder, MOUNTS the directory of all mounts, and IMAGE the name of the one at MOUNT. What
# MODELS has stays.
#
# Layers are links. Manifests are copies, because the server writes them in place, which a link would turn into
# a write to the image, and lists no model at all if one of them is a link to nothing. They are older than any
# list of models: the operator deletes only what was pulled for its list.
#
# Source: ollama/ollama v0.32.15, manifest/manifest.go (Manifests), server/images.go (PullModel, PruneLayers).
set -u

models=$1
mounts=$2
shift 2

fail() {
    echo "$*" >&2
    exit 1
}

# is_gone FILE succeeds for a link to an image that is not mounted, or does not have the layer any more.
is_gone() {
    [ -L "$1" ] && [ ! -e "$1" ] || return 1
    case $(readlink "$1") in
    "$mounts"/*) ;;
    *) return 1 ;;
    esac
}

# layers_of MANIFEST prints the files of the layers, in Ollama's folder.
layers_of() {
    grep -o 'sha256:[0-9a-f]\{64\}' "$1" | while IFS=: read -r _ hex; do
        printf '%s\n' "$models/blobs/sha256-$hex"
    done
}

# link_layers MOUNT IMAGE
link_layers() {
    if [ ! -d "$1/models/manifests" ] || [ ! -d "$1/models/blobs" ]; then
        fail "the image $2 has no models: it must have the folders /models/manifests and /models/blobs"
    fi
    for layer in "$1"/models/blobs/sha256-*; do
        link=$models/blobs/${layer##*/}
        [ -e "$link" ] || [ ! -e "$layer" ] || ln -sfn "$layer" "$link" || fail "$2 could not be linked"
    done
}

# remove_gone removes what is left of images, and models that lack a layer with it: what is listed is pulled.
remove_gone() {
    for manifest in "$models"/manifests/*/*/*/*; do
        [ -f "$manifest" ] || continue
        layers_of "$manifest" | while IFS= read -r layer; do
            ! is_gone "$layer" || rm -f "$manifest"
        done
    done
    for layer in "$models"/blobs/sha256-*; do
        ! is_gone "$layer" || rm -f "$layer"
    done
}

# copy_manifests MOUNT IMAGE
copy_manifests() {
    for manifest in "$1"/models/manifests/*/*/*/*; do
        to=$models/manifests/${manifest#"$1/models/manifests/"}
        if [ ! -f "$manifest" ] || [ -e "$to" ]; then
            continue
        fi
        missing=$(layers_of "$manifest" | while IFS= read -r layer; do
            [ -e "$layer" ] || printf '%s ' "${layer##*/}"
        done)
        if [ -n "$missing" ]; then
            echo "$2 lacks layers of ${manifest#"$1/models/manifests/"}: $missing" >&2
            continue
        fi
        copy "$manifest" "$to" || fail "$2 could not be linked"
    done
}

# copy FROM TO puts the whole file there at once: another pod's server may be reading the folder.
copy() {
    new=$models/.llm-operator-${HOSTNAME:-pod}
    mkdir -p "${2%/*}" && cat "$1" >"$new" && touch -t 197001020000 "$new" && mv -f "$new" "$2"
}

# each FUNCTION [MOUNT IMAGE]...
each() {
    function=$1
    shift
    while [ $# -gt 0 ]; do
        "$function" "$1" "$2"
        shift 2
    done
}

[ $# = 0 ] || mkdir -p "$models/blobs" "$models/manifests" || exit 1
each link_layers "$@"
remove_gone
each copy_manifests "$@"
