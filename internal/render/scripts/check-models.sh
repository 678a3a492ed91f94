#!/bin/sh
# Readiness probe of Ollama: succeeds once each model of the list is available or refused, and at least
# one is available, and from then on as long as the server responds: models that are added later do not
# make the pod unready. It also starts pull-models.sh for models that were not available yet, if that
# has ended. Pods of earlier versions pass the models as arguments, which are ignored.
set -u

# shellcheck source=common.sh
. "${0%/*}/common.sh"
use_state || exit 1

listed=/dev/null
[ -e "$state/ready" ] || listed=$state/listed
if ! bounded 10 ollama list >"$listed" 2>/dev/null; then
    echo "the Ollama server does not respond" >&2
    exit 1
fi

# is_complete succeeds if all models of the list are, or were, available to pull-models.sh.
is_complete() {
    awk '
        file == "there" { there[$0] }
        file == "list" && $0 != "" && !($0 in there) { missing = 1 }
        END { exit missing + 0 }' file=there "$state/there" file=list "$list"
}

is_complete || start_puller
[ ! -e "$state/ready" ] || exit 0

# missing prints the first model that the pod has to wait for, and why; nothing if the pod is ready. The
# server's list has shortened names; those that do not match are found by pull-models.sh.
missing() {
    LC_ALL=C awk -F '\t' '
        function short(name) {
            name = tolower(name)
            sub(/^registry\.ollama\.ai\//, "", name)
            sub(/^library\//, "", name)
            return name
        }
        file == "there" { there[short($1)] }
        file == "listed" { split($1, columns, " "); there[short(columns[1])] }
        file == "errors" { refused[$1] = $2 == "refused"; error[$1] = $3 }
        file == "list" && $0 != "" {
            if (short($0) in there) { available = 1; next }
            if (first == "" || !refused[$0] && !waiting) first = $0
            if (!refused[$0]) waiting = 1
        }
        END {
            if (available && !waiting) exit
            if (first == "") print "the list of models is empty"
            else print "model " first ": " (error[first] != "" ? error[first] : "not available yet")
        }' file=there "$state/there" file=listed "$state/listed" file=errors "$state/errors" file=list "$list"
}

why=$(missing) || exit 1
if [ -n "$why" ]; then
    printf '%s\n' "$why" >&2
    exit 1
fi
: >"$state/ready"
