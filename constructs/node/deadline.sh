#!/bin/sh
# Gives the machine up, as its first argument says, when it has no agent although the store has told it which: then a fresh
# machine helps. Runs from 20 minutes after boot until there is an agent, and gives a late answer of the store its time too.
set -u

until systemctl is-active --quiet coppice-agent.service; do
  if [ -n "$(find "${COPPICE_ROOT:-}/run/coppice/store-answered" -mmin +15 2>/dev/null)" ]; then
    echo "no agent for 20 minutes: $1"
    systemctl "$1"
    exit
  fi
  sleep 60
done
