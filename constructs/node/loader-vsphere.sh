#!/bin/sh
# The part of the loader that knows vSphere: who this machine is, and requests signed with the credential of its tier.
# shellcheck disable=SC2034,SC2154 # variables of the other part

# Part of Flatcar's /usr on VMware since 3760 (github.com/flatcar/Flatcar/issues/1144), and of the package open-vm-tools elsewhere.
guestinfo() {
  vmtoolsd --cmd "info-get guestinfo.coppice.$1"
}

# Sets $instance and $credentials; the agent signs with the latter too. What stands in guestinfo is read at every boot.
# The serial number is the UUID that the vCenter knows the machine by, written otherwise: VMware-42 07 b5 .. ..-.. ..
identify() {
  uuid=$(sed 's/^VMware-//;s/[ -]//g;s/^\(.\{8\}\)\(.\{4\}\)\(.\{4\}\)\(.\{4\}\)/\1-\2-\3-\4-/' /sys/class/dmi/id/product_serial) &&
    this=$(guestinfo machine) && credentials=$(guestinfo store) && [ -n "$credentials" ] &&
    instance=$(field name "$this").$uuid &&
    (umask 077 && printf '%s\n' "$credentials" >/etc/coppice/store-credentials.new) &&
    mv /etc/coppice/store-credentials.new /etc/coppice/store-credentials.json
}

# store_get KEY FILE: the object, or nothing and a failure; $status is what the store said.
# The credential goes through a pipe, as arguments of a process are for all to read.
store_get() {
  status=$(
    printf 'user = "%s:%s"\n' "$(field accessKeyId "$credentials")" "$(field secretAccessKey "$credentials")" |
      curl -K - -sS --connect-timeout 10 -m 900 --aws-sigv4 "aws:amz:$(field region "$machine"):s3" \
        -H 'x-amz-content-sha256: UNSIGNED-PAYLOAD' -o "$2" -w '%{http_code}' "$endpoint/$(field bucket "$machine")/$1"
  )
  [ "$status" = 200 ]
}
