# Copies what the image ships in the folder $1 into the volume $2, which hides it: it
# would be downloaded again. Run as an init container, once for each image: another
# image ships other files. What is there already is the user's and stays, but for the
# cache, where the image's own files take the place of an earlier image's.
#
# The text is an argument of the shell, because Open WebUI has no ConfigMap.
set -u

seed() {
    cd "$1" || return 1
    shipped=$(find . -type f -exec cksum {} + | sort | cksum)
    [ "$shipped" != "$(cat "$2/.seeded" 2>/dev/null)" ] || return 0
    # A pod that was killed while it copied has left a file.
    find "$2" -maxdepth 1 -name '.seeding-*' -mmin +60 -exec rm -f {} +
    copy="$2/.seeding-${HOSTNAME:-pod}"
    find . | while IFS= read -r file; do
        if [ -d "$file" ] && [ ! -L "$file" ]; then
            mkdir -p "$2/$file" || exit 1
            continue
        fi
        case $file in
        ./cache/*) [ ! -d "$2/$file" ] && ! cmp -s "$file" "$2/$file" || continue ;;
        *) [ ! -e "$2/$file" ] && [ ! -L "$2/$file" ] || continue ;;
        esac
        # Another pod may be reading the file, so it is replaced at once.
        cp -P "$file" "$copy" && mv -f "$copy" "$2/$file" || exit 1
    done && printf '%s\n' "$shipped" >"$2/.seeded"
}

# A shell that is the first process of a container ignores SIGTERM unless it traps
# it, and runs its trap only between commands or while it waits.
running=
trap 'kill "$running" 2>/dev/null; exit 143' TERM
seed "$@" &
running=$!
wait "$running" && exit 0

# Data that were seeded before are used all the same: a full volume must not keep
# Open WebUI from starting.
echo "what the image ships could not be copied" >&2
[ -e "$2/.seeded" ]
