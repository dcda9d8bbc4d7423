#!/bin/sh
# fill.sh FOLDER: takes all room of its file system, what is kept for root too. Says how many KiB are left.
set -eu

blocks=$(stat -f -c %f "$1")
size=$(stat -f -c %S "$1")
# Both go as far as there is room. What is reserved takes none on the computer below; what is written does.
fallocate -l $((blocks * size - 16777216)) "$1/filler" || true
dd if=/dev/zero of="$1/filler-end" bs=64k 2>/dev/null || true
sync "$1"
df --output=avail "$1" | tail -n 1
