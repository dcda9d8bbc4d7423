#!/bin/sh
# In a machine of the lab, when containerd runs: brings images that no registry here has. images IMAGE ALIAS...
set -eu

images() {
  /opt/coppice/bin/ctr --namespace k8s.io images "$@"
}

images import /usr/lib/coppice-lab/images.tar
while [ $# -gt 0 ]; do
  images tag --force "$1" "$2"
  shift 2
done
