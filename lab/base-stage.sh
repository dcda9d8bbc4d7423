#!/bin/sh
# Makes the root file system that all machines of the lab share: base-stage.sh FOLDER SUITE PACKAGE...
# In two stages: debootstrap does not resolve the virtual dependencies that cloud-init has.
set -eu
root=$1
suite=$2
shift 2

debootstrap --variant=minbase "$suite" "$root"
cp /etc/resolv.conf "$root/etc/resolv.conf"
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod +x "$root/usr/sbin/policy-rc.d"
chroot "$root" apt-get update -q
DEBIAN_FRONTEND=noninteractive chroot "$root" apt-get install -y -q --no-install-recommends "$@"
chroot "$root" apt-get clean
rm -rf "$root"/var/lib/apt/lists/* "$root/usr/sbin/policy-rc.d"

# Machines get an id of their own. Only this word makes a boot the first one, when systemd applies presets; an empty file does not.
rm -f "$root/var/lib/dbus/machine-id" "$root/etc/hostname"
echo uninitialized >"$root/etc/machine-id"
