#!/bin/sh
# Init container of Tabby. Tabby sets the mode of its root directory, so that it has to own it; volumes belong
# to root. For another user than root the root directory is a folder of the volume, and the data are moved
# there; for root they are moved back.
#
#   place-data.sh folder|volume VOLUME CONFIG
#
# VOLUME is the directory of the volume, and CONFIG the file that becomes config.toml of the folder.
set -u

volume=$2
folder=$2/tabby

# move FROM TO moves what is in a directory, and keeps what is in both.
move() {
    for file in "$1"/* "$1"/.[!.]*; do
        name=${file##*/}
        case $name in
        tabby | lost+found | config.toml | '*' | '.[!.]*') continue ;;
        esac
        if [ -e "$2/$name" ]; then
            echo "$name is in $1 and in $2, and stays" >&2
        else
            mv "$file" "$2/" || exit 1
        fi
    done
}

case $1 in
folder)
    mkdir -p "$folder" || exit 1
    move "$volume" "$folder"
    ln -sf "$3" "$folder/config.toml" || exit 1
    ;;
volume)
    [ -d "$folder" ] || exit 0
    move "$folder" "$volume"
    rm -f "$folder/config.toml"
    rmdir "$folder" || echo "$folder is not empty" >&2
    ;;
esac
