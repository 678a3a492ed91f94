#!/bin/sh
# Init container of Tabby. Tabby sets the mode of its root directory, so that it has to own it; volumes belong
# to root. For another user than root the root directory is a folder of the volume, and the data are moved
# there; for root they are moved back.
#
#   place-data.sh folder|volume VOLUME CONFIG
#
# VOLUME is the directory of the volume, and CONFIG the file that becomes config.toml of the folder, by
# which the folder is known as the operator's.
set -u

volume=$2
folder=$2/tabby
earlier=$2/tabby.old

# move TO FILE... moves those of the files that exist, and keeps what the directory has.
move() {
    to=$1
    shift
    for file; do
        name=${file##*/}
        [ "$name" != config.toml ] || continue
        [ -e "$file" ] || [ -L "$file" ] || continue
        if [ -e "$to/$name" ]; then
            echo "$file stays, because there is $to/$name" >&2
        else
            mv "$file" "$to/" || exit 1
        fi
    done
}

# empty FOLDER TO moves all of a folder, and removes it.
empty() {
    move "$2" "$1"/* "$1"/.[!.]*
    rm -f "$1/config.toml"
    rmdir "$1" || echo "$1 is not empty" >&2
}

case $1 in
folder)
    # A folder of an earlier user is replaced by one of this user. Its files have a group that may write.
    if [ -d "$folder" ] && [ ! -O "$folder" ] && [ ! -e "$earlier" ]; then
        mv "$folder" "$earlier" || exit 1
    fi
    mkdir -p "$folder" && ln -sf "$3" "$folder/config.toml" || exit 1
    if [ -d "$earlier" ]; then
        empty "$earlier" "$folder"
    fi
    # Source: TabbyML/tabby, crates/tabby-common/src/path.rs. What else is in the volume is not Tabby's.
    for name in cache corpus ee events index models repositories usage_anonymous_id; do
        move "$folder" "$volume/$name"
    done
    ;;
volume)
    [ -L "$folder/config.toml" ] || exit 0
    empty "$folder" "$volume"
    ;;
esac
