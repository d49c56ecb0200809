#!/bin/sh
# run-local.sh [members]: the cluster on this machine, for trying; Ctrl-C ends it. Needs the packages of README.md.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
for node in "$here"/../../.runtime/node_modules/node-linux-*/bin/node; do
  [ -x "$node" ] && exec "$node" "$here/run-local.ts" "$@"
done
exec node "$here/run-local.ts" "$@"
