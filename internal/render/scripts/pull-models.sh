#!/bin/sh
# postStart hook of Ollama: starts to pull the models of the list, and returns. As long as a hook runs,
# the container has no log and no address, cannot be deleted, and does not survive a kubelet's restart.
# Pods of earlier versions pass the models as arguments, which are ignored.
#
# With --run it pulls, until all models of the list are available: one after the other, so that
# those that fail do not delay the others, and again with growing pauses. A model that was available once
# is not pulled again: it may have been deleted on purpose. See common.sh for the state and more variables.
#
#   PULL_STALL   seconds without progress after which a pull is started again (default 600)
#   PULL_VERIFY  the same while a download is verified, which shows no progress (default 3600)
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

# summarize reads the output of "ollama pull", which draws a line for each layer ten times per second,
# and keeps the latest progress and the error in files, without what changes only for the eye. The progress
# is written every few seconds.
summarize() {
    # shellcheck disable=SC2020 # each becomes a line break
    tr '\033\r\000' '\n\n\n' | LC_ALL=C awk -v progress="$state/progress" -v error="$state/error" '
        {
            sub(/^\[[?0-9;]*[A-Za-z]/, "")
            gsub(/[^!-~]+/, " ")
            sub(/^ /, "")
            sub(/ $/, "")
        }
        /^(pulling|verifying|writing|removing|success)/ {
            layer = $0
            sub(/[:.].*/, "", layer)
            if (shown[layer] == $0) next
            shown[layer] = $0
            if (layer != latest || NR - written > 200) {
                latest = layer
                written = NR
                print substr($0, 1, 200) > progress
                close(progress)
            }
            next
        }
        $0 != "" && last !~ /^Error/ { last = substr($0, 1, 500) }
        END { print last > error }'
}

# watch MODEL logs the progress of the running pull, and stops it if it makes none, or if the model is
# no longer in the list.
watch() {
    idle=0
    silent=0
    before=
    logged=0
    while start_of "$pull" >/dev/null; do
        sleep 1
        idle=$((idle + 1))
        silent=$((silent + 1))
        text=
        { read -r text <"$state/progress"; } 2>/dev/null
        if [ -n "$text" ] && [ "$text" != "$before" ]; then
            idle=0
            before=$text
            report "$1"
        fi
        limit=${PULL_STALL:-600}
        case $before in
        verifying*) limit=${PULL_VERIFY:-3600} ;;
        esac
        if [ "$idle" -ge "$limit" ]; then
            why="no progress for $limit seconds"
        elif [ -r "$list" ] && ! contains "$list" "$1"; then
            why="no longer in the list"
        elif ! keep_reserved; then
            why="another pod pulls"
        else
            continue
        fi
        kill -KILL "$pull" 2>/dev/null
        return
    done
}

# report MODEL logs the progress after ten seconds or five percent.
report() {
    percent=0
    case $text in
    *[0-9]%*)
        percent=${text%%\%*}
        percent=${percent##*[!0-9]}
        ;;
    esac
    [ "${#percent}" -le 3 ] || percent=0
    [ "$percent" -ge "$logged" ] || logged=0
    if [ "$silent" -ge 10 ] || [ "$percent" -ge $((logged + 5)) ]; then
        say "$1: $text"
        silent=0
        logged=$percent
    fi
}

# pull MODEL pulls the model once.
pull() {
    say "pulling $1"
    rm -f "$state/pipe" "$state/progress" "$state/error"
    mkfifo "$state/pipe" || return 1
    ollama pull -- "$1" </dev/null >/dev/null 2>"$state/pipe" &
    pull=$!
    summarize <"$state/pipe" &
    summary=$!
    why=
    watch "$1"
    wait "$pull"
    status=$?
    pull=
    wait "$summary"
    if [ "$status" = 0 ] && is_available "$1"; then
        found "$1" available
        return 0
    fi
    [ -n "$why" ] || { read -r why <"$state/error"; } 2>/dev/null
    failed "$1" "${why:-the pull ended without a result}"
    return 1
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

# wait_for_change SECONDS waits for that long, or until the list changes, and then succeeds.
wait_for_change() {
    waited=0
    while [ "$waited" -lt "$1" ]; do
        sleep 5
        waited=$((waited + 5))
        [ "$(cat "$list")" = "$content" ] || return 0
    done
    return 1
}

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
pause=5
while :; do
    content=$(cat "$list")
    changed=false
    if pass; then
        [ "$(cat "$list")" != "$content" ] || break
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
