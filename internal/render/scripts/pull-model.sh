#!/bin/sh
# Functions of pull-models.sh that pull one model, with its progress in the log.
#
#   PULL_STALL   seconds without progress after which a pull is started again (default 600)
#   PULL_VERIFY  the same while a download is verified, which shows no progress (default 3600)
#
# shellcheck disable=SC2154 # pull-models.sh and common.sh set the variables

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
# no longer in the list or pulled from elsewhere.
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
        elif [ "$(find_source "$1" && echo "$from $insecure")" != "$from $insecure" ]; then
            why="pulled from elsewhere now"
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

# find_source MODEL sets the name that is pulled, the name that the model gets, and the flag of its registry.
find_source() {
    from=$1
    to=$1
    insecure=
    [ -r "$sources" ] || return 0
    while IFS="$tab" read -r model from to insecure; do
        [ "$model" != "$1" ] || return 0
    done <"$sources"
    from=$1
    to=$1
    insecure=
}

# rename gives the model that was pulled its own name.
rename() {
    [ "$from" != "$to" ] || return 0
    bounded 60 ollama cp -- "$from" "$to" </dev/null >/dev/null 2>&1 &&
        bounded 60 ollama rm -- "$from" </dev/null >/dev/null 2>&1
}

# pull MODEL pulls the model once.
pull() {
    find_source "$1"
    say "pulling $from"
    rm -f "$state/pipe" "$state/progress" "$state/error"
    mkfifo "$state/pipe" || return 1
    ollama pull ${insecure:+"$insecure"} -- "$from" </dev/null >/dev/null 2>"$state/pipe" &
    pull=$!
    summarize <"$state/pipe" &
    summary=$!
    why=
    watch "$1"
    wait "$pull"
    status=$?
    pull=
    wait "$summary"
    [ "$status" != 0 ] || rename
    # The operator may have renamed it.
    if [ "$status" = 0 ] && is_available "$1"; then
        found "$1" available
        return 0
    fi
    [ -n "$why" ] || { read -r why <"$state/error"; } 2>/dev/null
    failed "$1" "${why:-the pull ended without a result}"
    return 1
}
