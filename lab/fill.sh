#!/bin/sh
# fill.sh FOLDER: takes all room of its file system, what is kept for root too. Says how many KiB are left.
set -eu

blocks=$(stat -f -c %f "$1")
size=$(stat -f -c %S "$1")
# Room that is reserved takes none on the computer below; the last part is written, as far as it goes.
fallocate -l $((blocks * size - 16777216)) "$1/filler"
dd if=/dev/zero of="$1/filler-end" bs=64k 2>/dev/null || true
sync "$1"
df --output=avail "$1" | tail -n 1
