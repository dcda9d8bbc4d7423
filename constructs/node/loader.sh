#!/bin/sh
# Brings the agent onto a machine that has none, and starts it. Retries for ever: a store or a mirror that is away is no
# fault of this machine. The part that knows the cloud stands before this one.
# shellcheck disable=SC2154 # variables of the other part
set -u

home=/opt/coppice
node=$home/bin/node
agent=$home/agent/agent.js
machine=$(cat /etc/coppice/machine.json)

endpoint=$(field endpoint "$machine")
role=$(field role "$machine")

# Requests are signed with the time, and certificates are compared with it. The date of the store's answer stands in
# for time servers that are silent for a minute; nothing vouches for it before the clock is right, as nothing does for NTP.
set_clock() {
  date=$(curl -sSkI -m 10 "$endpoint" | sed -n 's/^date: \([^\r]*\).*/\1/ip')
  [ -n "$date" ] && store=$(date -d "$date" +%s) || return 1
  waited=0
  while skew=$(($(date +%s) - store)) && [ "${skew#-}" -gt 240 ] && [ "$(timedatectl show -p NTPSynchronized --value)" != yes ]; do
    sleep 1
    waited=$((waited + 1))
    store=$((store + 1))
    # A date before the image was built is wrong, whoever says it.
    if [ $waited -ge 60 ]; then
      [ "$store" -ge "$(date -r /usr/lib/os-release +%s)" ] && date -s "@$store" || return 1
    fi
  done
}

# verified SHA256 FILE
verified() {
  echo "$1  $2" | sha256sum -c --status
}

# take SHA256 FILE [URL]: succeeds with a file that has the digest; only such a one goes to its place, by renaming.
take() {
  store_get "artifacts/$1" "$2" && verified "$1" "$2" && return
  [ $# = 3 ] && curl -fsSL --connect-timeout 10 -m 900 -o "$2" "$3" && verified "$1" "$2"
}

runtime() {
  [ -x $node ] && return
  take "$(field sha256 "$machine")" node.tar.gz "$(field url "$machine")" &&
    tar -xzOf node.tar.gz --wildcards '*/bin/node' >node && chmod 755 node && mv node $node
}

# Only those that are through a roll-out boot the candidate, and the one that it names as long as it has not failed, on record or
# by the store's clock. In an emergency all do.
choose='
const [, text, skew, ...names] = process.argv;
const r = JSON.parse(text);
const late = Date.parse(r.until) <= Date.now() - skew * 1000;
if (r.state === "rolling" && !late) r.done.push(r.emergency ? names[0] : r.machine);
console.log(names.some((n) => r.done.includes(n)) ? r.candidate : r.good);
'

# Leaves the configuration that this machine boots in the file of that name.
configuration() {
  if store_get "rollout/$role" rollout; then
    digest=$($node -e "$choose" "$(cat rollout)" "$skew" "$(field name "$machine")" "$instance") &&
      store_get "config/$role/$digest" configuration && verified "$digest" configuration
  else
    # A role may not list the store, and then an object that is not there is forbidden.
    case $status in 403 | 404) store_get "desired/$role" configuration ;; *) false ;; esac
  fi
}

# The two forms below are fixed: the program writes them, one field a line.
named_agent() {
  digest=$(sed -n 's/^  "agent": "\([0-9a-f]*\)",*$/\1/p' configuration)
  # From here on, a machine that stays without an agent is better replaced.
  [ -n "$digest" ] && systemctl start coppice-deadline.timer
}

# An agent that is here already replaces itself: that is a roll-out.
bring_agent() {
  [ -e $agent ] && return
  take "$digest" agent.js || {
    store_get desired/agent desired && field bundle "$(cat desired)" | base64 -d >agent.js && verified "$digest" agent.js
  } || return
  mv agent.js $agent
}

attempt() {
  step='time of the store' && set_clock &&
    step='identity from the cloud' && identify &&
    step=runtime && runtime &&
    step="configuration of $role" && configuration &&
    step="agent in the configuration of $role" && named_agent &&
    step="agent $digest" && bring_agent
}

# On the disk of the programs: what is verified goes to its place by one rename.
mkdir -p $home/agent $home/loader
cd $home/loader || exit
wait=2
until attempt; do
  echo "no $step yet"
  sleep $((wait / 2 + $(od -An -N1 -tu1 /dev/urandom) % wait))
  [ $wait -gt 40 ] || wait=$((wait * 2))
done
cd / && rm -r $home/loader
systemctl start --no-block coppice-agent.service
