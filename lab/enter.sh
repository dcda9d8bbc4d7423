#!/bin/sh
# Runs a program inside cgroups: enter.sh FOLDER... -- PROGRAM ARGUMENT...
set -eu

while [ "$1" != -- ]; do
  echo $$ >"$1/cgroup.procs"
  shift
done
shift
exec "$@"
