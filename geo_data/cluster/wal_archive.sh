#!/bin/sh
# wal_archive.sh FOLDER PATH NAME: put one piece of the write-ahead log away, whole and on the disk. PostgreSQL calls it for
# each piece and calls it again for ever when it fails, so nothing is thrown away that is not safe.
set -eu
folder=$1 source=$2 kept=$1/$3.gz part=$1/.$3.part

if [ -e "$kept" ]; then # a crash came between the rename and our answer, or somebody else uses this folder
    if gzip -dc "$kept" | cmp -s - "$source"; then
        sync "$kept" "$folder"
        exit 0
    fi
    echo "$kept holds something else: two databases must not share one backup folder" >&2
    exit 1
fi
gzip -nc1 "$source" >"$part"
sync "$part"
mv -n "$part" "$kept"
[ ! -e "$part" ] # -n left it: somebody was quicker
sync "$folder"
