#!/bin/sh
# Brings the agent onto a machine that has none, and starts it. What the agent finds out later is not decided here.
# Retries for ever: a store or a mirror that is away is no fault of this machine. The part that knows the cloud stands before it.
set -u
umask 022

root=${COPPICE_ROOT:-}
home=$root/opt/coppice
run=$root/run/coppice
node=$home/bin/node
agent=$home/agent/agent.js

say() {
  if [ "$1" != "${said:-}" ]; then echo "$1"; fi
  said=$1
}

# Requests are signed with the time, and certificates are compared with it. The date of the store's answer stands in
# for a time server that is silent; nothing vouches for it before the clock is right, as nothing vouches for NTP.
set_clock() {
  date=$(curl --silent --insecure --head --max-time 10 "$COPPICE_ENDPOINT" | tr -d '\r' | sed -n 's/^[Dd]ate: //p')
  if [ -z "$date" ]; then return 1; fi
  store=$(date --date "$date" +%s) || return 1
  skew=$(($(date +%s) - store))
  if [ "${skew#-}" -lt 240 ]; then return 0; fi
  waited=0
  until [ "$(timedatectl show --property NTPSynchronized --value)" = yes ]; do
    if [ $waited -ge 60 ]; then
      # A date before the image was built is wrong, whoever says it.
      if [ "$store" -lt "$(date --reference /usr/lib/os-release +%s)" ]; then return 1; fi
      say "no time server for 60 s: taking the store's time, $date"
      date --set "$date" >/dev/null
      return
    fi
    sleep 1
    waited=$((waited + 1))
  done
}

# verified SHA256 FILE
verified() {
  echo "$1  $2" | sha256sum --check --status
}

# take SHA256 FILE [URL]: a file in full and as expected, or none.
take() {
  rm -f "$2"
  if [ "$(store_get "artifacts/$1" "$2")" = 200 ] && verified "$1" "$2"; then return 0; fi
  if [ -n "${3:-}" ] && curl --silent --show-error --fail --location --connect-timeout 10 --max-time 900 --output "$2" "$3" &&
    verified "$1" "$2"; then return 0; fi
  rm -f "$2"
  return 1
}

runtime() {
  if [ -x "$node" ]; then return 0; fi
  case $(uname -m) in
    aarch64) url=$COPPICE_RUNTIME_ARM64 sha256=$COPPICE_RUNTIME_ARM64_SHA256 ;;
    *) url=$COPPICE_RUNTIME_AMD64 sha256=$COPPICE_RUNTIME_AMD64_SHA256 ;;
  esac
  take "$sha256" "$work/node.tar.gz" "$url" || return 1
  mkdir -p "$home/bin"
  tar -xzOf "$work/node.tar.gz" --wildcards '*/bin/node' >"$node.part" && chmod 0755 "$node.part" && mv "$node.part" "$node"
}

# Prints the digest of the configuration that this machine boots: only the machine that a roll-out names, and those that are
# through, boot the candidate, and only as long as the roll-out has time left by the store's clock.
choose='
const { readFileSync } = require("fs");
const [file, ...names] = process.argv.slice(1);
const rollout = JSON.parse(readFileSync(file, "utf8"));
const now = Date.parse(/^date: (.*)$/im.exec(readFileSync(file + ".headers", "utf8"))[1]);
const running = rollout.state === "rolling" && rollout.candidate && !(Date.parse(rollout.until) <= now);
const named = names.some((name) => name === rollout.machine || rollout.done.includes(name));
console.log(running && named ? rollout.candidate : rollout.good);
'

# Leaves the configuration in $work/configuration.
configuration() {
  case $(store_get "rollout/$COPPICE_ROLE" "$work/rollout") in
    200)
      # shellcheck disable=SC2154 # identify() of the cloud's part reads it
      digest=$("$node" -e "$choose" "$work/rollout" "$COPPICE_NAME" "$instance") || return 1
      [ "$(store_get "config/$COPPICE_ROLE/$digest" "$work/configuration")" = 200 ] && verified "$digest" "$work/configuration"
      ;;
    # A role may not list the store, and then an object that is not there is forbidden.
    403 | 404) [ "$(store_get "desired/$COPPICE_ROLE" "$work/configuration")" = 200 ] ;;
    *) return 1 ;;
  esac
}

bundle='
const { readFileSync, writeFileSync } = require("fs");
const [file, out] = process.argv.slice(1);
writeFileSync(out, Buffer.from(JSON.parse(readFileSync(file, "utf8")).bundle, "base64"));
'

# install_agent SHA256
install_agent() {
  if ! take "$1" "$work/agent.js"; then
    [ "$(store_get desired/agent "$work/desired-agent")" = 200 ] || return 1
    "$node" -e "$bundle" "$work/desired-agent" "$work/agent.js" && verified "$1" "$work/agent.js" || return 1
  fi
  mkdir -p "$home/agent"
  cp "$work/agent.js" "$agent.part" && mv "$agent.part" "$agent"
}

attempt() {
  set_clock || { say "the store does not tell the time: $COPPICE_ENDPOINT"; return 1; }
  identify || { say "the cloud does not say who this machine is"; return 1; }
  runtime || { say "no source has the agent's runtime with its digest"; return 1; }
  configuration || { say "the store has no configuration for $COPPICE_ROLE"; return 1; }
  sha256=$("$node" -p 'JSON.parse(require("fs").readFileSync(process.argv[1], "utf8")).agent ?? ""' "$work/configuration") || return 1
  if [ -z "$sha256" ]; then
    say "the configuration for $COPPICE_ROLE names no agent: waiting for one that does"
    return 1
  fi
  # From here on a machine without an agent is the machine's own fault: see the deadline.
  [ -e "$run/store-answered" ] || : >"$run/store-answered"
  # After a reboot; a newer one is a roll-out, and the agent's own business.
  if [ -e "$agent" ]; then return 0; fi
  install_agent "$sha256" || { say "no source has the agent with its digest, $sha256"; return 1; }
}

mkdir -p "$run"
work=$(mktemp -d "$run/loader.XXXXXX")
trap 'rm -rf "$work"' EXIT
until attempt; do
  sleep "${COPPICE_PAUSE:-$((5 + $(od -An -N2 -tu2 /dev/urandom) % 56))}"
done
say "starting the agent"
systemctl start --no-block coppice-agent.service
