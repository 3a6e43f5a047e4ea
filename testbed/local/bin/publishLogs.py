#!/bin/sh
# Stands in for publishLogs.py on a local instance: see publish-logs.ts. A link to this file works as well.
here=$(dirname "$(readlink -f "$0")")
node=$here/../../../node_modules/.bin/node # the Node that the project is written for
[ -x "$node" ] || node=node
exec "$node" "$here/publish-logs.ts" "$@"
