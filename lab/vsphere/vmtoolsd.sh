#!/bin/sh
# Stands in for VMware's tools: vmtoolsd --cmd "info-get KEY", and nothing else. What no file has is not set.
set -eu

[ "$1" = --cmd ] || exit 64
file=/usr/lib/coppice-lab/guestinfo/${2#info-get }
if [ -r "$file" ]; then
  cat "$file"
  echo
else
  echo "No value found" >&2
  exit 1
fi
