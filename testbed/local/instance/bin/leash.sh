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

# The living of this session besides the watch and its own look. Not only the process group: `timeout` and job control put
# children into groups of their own.
members() {
  for stat in /proc/[0-9]*/stat; do
    { read -r line <"$stat"; } 2>/dev/null || continue
    pid=${line%% *}
    # After the name, which may hold anything: state, parent, group, session.
    read -r state _ _ session _ <<<"${line##*) }"
    [ "$session" = "$$" ] && [ "$pid" != "$watch" ] && [ "$pid" != "$BASHPID" ] && [ "$state" != Z ] && echo "$pid"
  done 2>/dev/null
}

kill_session() {
  local watch=$BASHPID members
  # The leader first: it would end the watch as soon as the command has ended, with the rest of the session still alive.
  kill -KILL "$$"
  # Again, because a process may have forked between the look and the blow; not for ever, because one that waits for a
  # disk dies only when the disk has answered.
  for _ in {1..50}; do
    members=$(members)
    [ -z "$members" ] && break
    # shellcheck disable=SC2086 # one word a process
    kill -KILL $members
  done
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
