#!/bin/sh
# What Flatcar's program of this name does: all certificates of the folder go into the bundle.
set -eu
cd /etc/ssl/certs
openssl rehash . || true
bundle=$(mktemp ca-certificates.crt.XXXXXX)
cat ./*.[0-9] >"$bundle"
chmod 644 "$bundle"
mv -f "$bundle" ca-certificates.crt
