#!/bin/sh
# Waits until all of its arguments are files with content. The agent writes them: by renaming, so never in part.
set -u

for file in "$@"; do
  if [ ! -s "$file" ]; then
    echo "waiting for $file"
  fi
  until [ -s "$file" ]; do
    sleep 0.2
  done
done
