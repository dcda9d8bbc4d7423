#!/bin/sh
# After the agent ended. A new bundle that has failed three times before it proved itself makes room for the one before it,
# which then says in the store that the roll-out failed. The agent writes and removes the file `.trial`.
set -u

bundle=/opt/coppice/agent/agent.js
[ "$SERVICE_RESULT" != success ] && [ -f $bundle.trial ] || exit 0
failures=$(($(cat $bundle.trial) + 1))
echo $failures >$bundle.trial
[ $failures -ge 3 ] || exit 0
sha256sum <$bundle | cut -c1-64 >$bundle.refused
mv $bundle.last $bundle
rm $bundle.trial
