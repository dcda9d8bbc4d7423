#!/bin/sh
# late-deadline HOUR HOW: a machine whose agent has been away for longer than any person's night is given up, one after
# the other, while the agents of other machines work: then it is this machine that is broken. HOUR has so many seconds. The
# part that knows the cloud stands before this one.
# shellcheck disable=SC2034,SC2154 # variables of the other parts
set -u

hour=$1
how=$2
machine=$(cat /etc/coppice/machine.json)
name=$(field name "$machine")
endpoint=$(field endpoint "$machine")
seen=/run/coppice/agent-seen

read -r up _ </proc/uptime
up=${up%.*}
mkdir -p /run/coppice
# Counted from the first look of this boot, and in seconds that no clock can change.
if systemctl is-active --quiet coppice-agent.service || [ ! -e $seen ]; then
  echo "$up" >$seen
  exit
fi

# Seats by their number. Machines of a pool, which have none, over a day.
case $(field role "$machine") in
worker) hours=$((0x$(head -c 2 /etc/machine-id) % 24)) ;;
*) hours=${name##*-} ;;
esac
[ $((up - $(cat $seen))) -ge $(((6 + hours) * hour)) ] || exit 0

identify || exit
cd "$(mktemp -d)" || exit
# In the configuration that the agent applied last, as the program writes it: one field a line.
seats=$(sed -n 's/^ *"name": "\(\(etcd\|master\)-[0-9]\)",*$/\1/p' /var/lib/coppice/configuration.json)
for seat in $seats; do
  [ "$seat" != "$name" ] || continue
  store_get "seats/$seat" status || continue
  # Every agent says something twice an hour.
  at=$(field at "$(cat status)")
  # Of no text at all, date makes the midnight of today.
  [ -n "$at" ] || continue
  at=$(date -d "$at" +%s) || continue
  age=$(($(date +%s) - at))
  [ $age -lt $((hour * 3 / 4)) ] || continue
  echo "no agent on $instance for $(((up - $(cat $seen)) / 60)) minutes, and $seat has one: $how"
  systemctl "$how"
  break
done
rm -r "$PWD"
