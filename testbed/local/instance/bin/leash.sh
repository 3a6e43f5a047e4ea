#!/bin/bash
# Runs a command on a leash. The caller starts this in a session of its own and holds the other end of its standard
# input; when the caller goes away, however suddenly, the input ends and the whole session is killed. So nothing that a
# machine runs outlives the program that pretends to be its hardware.
#
#   leash.sh <command> [argument …]
exec 3<&0 0</dev/null

# A disk without room: files can be made, and nothing written into them. A write fails, and nobody is killed for it.
if [ -n "$DISK_IS_FULL" ]; then
  trap '' XFSZ
  ulimit -S -f 0
fi

kill_session() {
  # Not only the process group: `timeout` and job control put children into groups of their own.
  for stat in /proc/[0-9]*/stat; do
    { read -r line <"$stat"; } 2>/dev/null || continue
    pid=${line%% *}
    # After the name, which may hold anything: state, parent, group, session.
    read -r _ _ _ session _ <<<"${line##*) }"
    [ "$session" = "$$" ] && [ "$pid" != "$$" ] && [ "$pid" != "$BASHPID" ] && kill -KILL "$pid"
  done 2>/dev/null
  kill -KILL 0
}

{
  read -r -u 3 _
  kill_session
} >/dev/null 2>&1 &
watch=$!

"$@" 3<&-
status=$?

kill "$watch" 2>/dev/null
exit "$status"
