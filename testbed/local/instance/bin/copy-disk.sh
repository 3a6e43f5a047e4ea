#!/bin/bash
# Copies the disk of a machine as it is at one moment: while it is copied, no process of the machine runs, so that the copy has
# all that was written until the last of them stood still, and nothing that was written later. (A snapshot of EBS has less: what
# the kernel has yet to write is not in it. A folder does not know that apart.) A program of its own, so that they go on even
# when whoever wants the copy is gone. Where there is no /proc they are not found, and the copy is of several moments.
#
#   copy-disk.sh <disk> <folder for the copy> [session …]
disk=$1 copy=$2 sessions=" ${*:3} "

# → pids: the machine's processes; moving: whether one of them, or a thread of one, runs.
look() {
  local stat line state session pid
  pids=() moving=''
  for stat in /proc/[0-9]*/stat; do
    { read -r line <"$stat"; } 2>/dev/null || continue
    # After the name, which may hold anything: state, parent, group, session.
    read -r state _ _ session _ <<<"${line##*) }"
    case $state$sessions in [!ZX]*" $session "*) pids+=("${line%% *}") ;; esac
  done
  for pid in "${pids[@]}"; do
    for stat in "/proc/$pid/task/"*/stat; do
      { read -r line <"$stat"; } 2>/dev/null || continue
      case ${line##*) } in [TtZX]*) ;; *) moving=yes ;; esac
    done
  done
}

# Again, because a process may have forked between the look and the signal; not for ever, because one that waits for its child
# to begin stands still only in its own way.
stand_still() {
  for _ in {1..300}; do
    look
    [ -n "$moving" ] || return
    kill -STOP "${pids[@]}"
    sleep 0.01
  done
} 2>/dev/null

go_on() {
  look
  [ "${#pids[@]}" = 0 ] || kill -CONT "${pids[@]}"
} 2>/dev/null

trap go_on EXIT
trap "exit 1" HUP INT TERM
stand_still
# What the kernel shows, and what is in memory, is on no disk.
shopt -s dotglob nullglob
names=()
for name in "$disk"/*; do
  case ${name##*/} in dev | proc | run | sys) ;; *) names+=("$name") ;; esac
done
mkdir -p "$copy" && cp -a -- "${names[@]}" "$copy/" || exit
trap - EXIT
go_on

# The logrotate of this computer reads the configurations, and has to be told where the machine's root is. A real disk does not say so.
root=$disk/
grep -rlIF -- "$root" "$copy/etc" | while IFS= read -r file; do
  text=$(<"$file")
  printf '%s\n' "${text//"$root"//}" >"$file"
done
