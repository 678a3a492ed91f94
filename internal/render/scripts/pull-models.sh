#!/bin/sh
# postStart hook of Ollama: starts to pull the models of the list, and returns. As long as a hook runs,
# the container has no log and no address, cannot be deleted, and does not survive a kubelet's restart.
# Pods of earlier versions pass the models as arguments, which are ignored.
#
# With --run it pulls, until all models of the list are available: one after the other, so that
# those that fail do not delay the others, and again with growing pauses. A model that was available once
# is not pulled again: it may have been deleted on purpose. See common.sh for the state and more variables.
#
#   PULL_SHARED  set if pods share the volume; see shared-volume.sh
set -u

# shellcheck source=common.sh
. "${0%/*}/common.sh"
# A hook that fails would end the container; the readiness probe reports the same.
use_state || exit 0

if [ "${1:-}" != --run ]; then
    start_puller
    exit 0
fi

images=/var/lib/llm-operator/images

# Only pods that share a volume have to reserve it.
reserve() { :; }
keep_reserved() { :; }
release() { :; }

say() { printf 'pull-models: %s\n' "$*"; }

# lock makes this the only process that pulls.
lock() {
    me=$$-$(start_of $$)
    for _ in 1 2 3; do
        ln -s "$me" "$state/puller" 2>/dev/null && return 0
        puller_runs && return 1
        # Another process may have taken over the lock of one that has ended.
        mv -f "$state/puller" "$state/puller.$$" 2>/dev/null || continue
        if [ "$(readlink "$state/puller.$$")" != "$holder" ]; then
            mv -f "$state/puller.$$" "$state/puller"
        fi
        rm -f "$state/puller.$$"
    done
    return 1
}

is_locked() { [ "$(readlink "$state/puller")" = "$me" ]; }

# contains FILE MODEL succeeds if the model is a line of the file.
contains() {
    while IFS= read -r line; do
        [ "$line" != "$2" ] || return 0
    done <"$1"
    return 1
} 2>/dev/null

is_available() { bounded 20 ollama show -- "$1" </dev/null >/dev/null 2>&1; }

# note MODEL [KIND ERROR] replaces the model's line in the errors.
note() {
    {
        while IFS= read -r line; do
            case $line in
            "$1$tab"*) ;;
            *) printf '%s\n' "$line" ;;
            esac
        done <"$state/errors"
        [ $# = 1 ] || printf '%s\t%s\t%s\n' "$@"
    } >"$state/errors.new"
    mv -f "$state/errors.new" "$state/errors"
}

# found MODEL TEXT records that the model is available.
found() {
    printf '%s\n' "$1" >>"$state/there"
    note "$1"
    say "$1 is $2"
    changed=true
}

# failed MODEL ERROR records why the model is not available. What was refused remains refused until it
# is available: that the registry fails later does not mean that it has the model.
failed() {
    say "$1: $2"
    if ! contains "$list" "$1"; then
        note "$1"
        return
    fi
    case $2 in
    *"file does not exist"* | *"manifest: 400: "* | *"manifest: 404: "* | *"manifest: 412: "* | \
        *"requires a newer version"* | *"invalid model name"* | *"requires MLX support"*)
        note "$1" refused "$2"
        ;;
    *)
        while IFS="$tab" read -r model kind _; do
            [ "$model$tab$kind" != "$1${tab}refused" ] || return 0
        done <"$state/errors"
        note "$1" failed "$2"
        ;;
    esac
}

# obtain MODEL makes the model available, if it never was.
obtain() {
    ! contains "$state/there" "$1" || return 0
    # Pulling an available model would fail if the registry does not respond.
    if is_available "$1" || ! reserve "$1"; then
        found "$1" "already available"
        return 0
    fi
    pull "$1"
    result=$?
    release
    return "$result"
}

# pass goes over the list. It fails if a model is not available.
pass() {
    complete=true
    while IFS= read -r model; do
        is_locked || exit 0
        [ -z "$model" ] || obtain "$model" || complete=false
    done <"$list"
    [ "$complete" = true ]
}

# wanted prints the list, and where its models are pulled from.
wanted() { cat "$list" "$sources" 2>/dev/null; }

# wait_for_change SECONDS waits for that long, or until the list changes, and then succeeds.
wait_for_change() {
    waited=0
    while [ "$waited" -lt "$1" ]; do
        sleep 5
        waited=$((waited + 5))
        [ "$(wanted)" = "$content" ] || return 0
    done
    return 1
}

# shellcheck source=pull-model.sh
. "$scripts/pull-model.sh"

lock || exit 0
if [ -n "${PULL_SHARED:-}" ]; then
    # shellcheck source=shared-volume.sh
    . "$scripts/shared-volume.sh"
fi
pull=
trap '[ -z "$pull" ] || kill -KILL "$pull"; release; exit 143' TERM
until bounded 20 ollama list >/dev/null 2>&1; do
    sleep 1
done
# Without images there is no init container. The server has read its models by now, and does not mind that
# files go.
[ -d "$images" ] || sh "$scripts/link-models.sh" "$data" "$images"
pause=5
while :; do
    content=$(wanted)
    changed=false
    if pass; then
        [ "$(wanted)" != "$content" ] || break
        continue
    fi
    [ "$changed" = false ] || pause=5
    if wait_for_change "$pause"; then
        pause=5
    elif [ "$pause" -lt 300 ]; then
        pause=$((pause * 2))
        [ "$pause" -lt 300 ] || pause=300
    fi
done
rm -f "$state/puller"
