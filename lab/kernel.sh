#!/bin/sh
# In a machine of the lab, before anything else: writable controllers of cgroup v1, shared mounts, a log of the kernel; and
# settings of the kernel that look as if they were the machine's own, so that no machine changes its host.
set -u

mount -o remount,bind,rw /sys/fs/cgroup
for controller in /sys/fs/cgroup/*/; do
  mount -o remount,bind,rw "$controller"
done
mount --make-rshared /
rm -f /dev/kmsg
mknod /dev/kmsg c 1 11

# Devices that only other hardware has, beside those of this computer.
devices=/usr/lib/coppice-lab/class
[ ! -d $devices ] || mount -t overlay overlay -o lowerdir=$devices:/sys/class /sys/class

# Everything but the settings of the network, which belong to the machine's namespace, is read-only from here on.
run=/run/coppice-lab/sys
mkdir -p $run
mount --bind /proc/sys/net $run
mount --bind /proc/sys /proc/sys
# Private, or every mount below would be made twice.
mount --make-private /proc/sys
mount -o remount,bind,ro /proc/sys
mount --bind $run /proc/sys/net
umount $run

# own NAME VALUE
own() {
  echo "$2" >"$run-$1"
  mount --bind "$run-$1" "/proc/sys/$(echo "$1" | tr . /)"
}
own vm.overcommit_memory 0
own vm.panic_on_oom 0
own kernel.panic 0
own kernel.panic_on_oops 0
own kernel.softlockup_panic 0
own kernel.keys.root_maxkeys 200
own kernel.keys.root_maxbytes 20000
own fs.inotify.max_user_instances 128
own fs.inotify.max_user_watches 8192
# Of the computer alone; kube-proxy wants at least so many.
own net.netfilter.nf_conntrack_max 1048576
exit 0
