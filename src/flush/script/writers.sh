
# --- writers: asked to end, and seen to have ended ------------------------------------------------------------------------

declare -A WATCHED_FOLDERS=() # folder, or a glob of folders → 1
declare -A HAD_WRITER=()      # device:inode → 1 when somebody was seen writing it
declare -A SETTLED=()         # device:inode → facts when everybody had been asked to end, unless somebody still had it open
RAN=()     # the services of the profile that ran when this flush began
STOPPED='' # a service of the profile was stopped by this flush

watch() { # LIST, and the census wherever it is now
  local i id path
  WATCHED=()
  for id in "${!ORIGIN[@]}"; do WATCHED[$id]=${ORIGIN[$id]}; done
  for i in "${!LIST[@]}"; do
    parse_facts "${LIST_FACTS[i]}"
    WATCHED[$ID]=${LIST[i]}
    WATCHED_FOLDERS[${LIST[i]%/*}/]=1
  done
  for path in "${GLOBS[@]}" "${LIVE_GLOBS[@]}" "${!PATTERNS[@]}" "${!KNOWN_LOGS[@]}"; do
    rooted "$path"
    for id in "${REPLY%/*}/" ${REPLY%/*}/; do WATCHED_FOLDERS[$id]=1; done
  done
  for path in "${LOGS[@]}"; do WATCHED_FOLDERS[${path%/*}/]=1; done
}

# The kernel knows who writes: each process's open files, by device and inode, and what it has mapped to write. The mappings cost
# more than all the rest: they are read at the start and at the end.
scan_files() {
  local files i line id links size name
  local deleted=() names=()
  local -A unopened=() # of several who have it open, one may have just ended
  WRITING=() PIDS=()
  files=(/proc/[0-9]*/fd/[0-9]*)
  for ((i = 0; i < ${#files[@]}; i += 5000)); do
    lines_of "$(exec stat -L -c '%f %d:%i %h %s %n' -- "${files[@]:i:5000}" 2>/dev/null)" '[!8]*' # the regular files
    for line in "${SPLIT[@]}"; do
      line=${line#* } id=${line%% *}
      line=${line#* } links=${line%% *}
      line=${line#* } size=${line%% *}
      name=${line#* }
      if [ -n "${WATCHED[$id]}" ]; then
        see_writer "$id" "$name"
      elif [ "$links" = 0 ]; then
        deleted+=("$id $size") names+=("$name")
      fi
    done
  done
  ANSWERS=()
  [ "${#names[@]}" = 0 ] || ask_batch readlink "${names[@]}"
  for i in "${!names[@]}"; do
    [ -n "${ANSWERS[i]}" ] || continue # who had it open has just ended
    id=${deleted[i]% *} name=${names[i]}
    open_deleted "$id" "${deleted[i]#* }" "$name" "${ANSWERS[i]%' (deleted)'}"
    [ -z "${SAVING[$id]}" ] || see_writer "$id" "$name"
  done
  for id in "${!unopened[@]}"; do
    [ -n "${SAVING[$id]}" ] ||
      unaccounted "${ORIGIN[$id]}" "${unopened[$id]}" 'deleted while a process has it open, and cannot be opened'
  done
}

see_writer() { # <device:inode> </proc/…/fd/…>
  local key value flags='' pid=${2#/proc/}
  pid=${pid%%/*}
  [ "$pid" != "$$" ] || return 0
  while IFS=$' \t' read -r key value; do
    [ "$key" != flags: ] || flags=$value
  done 2>/dev/null <"${2/\/fd\//\/fdinfo\/}"
  case $flags in
    '') [ -e "$2" ] || return 0 ;; # it has just ended; where it has not, it is a writer until we know better
    *[1256]) ;;
    *) return 0 ;;
  esac
  is_writing "$1" "$pid"
}

is_writing() { # <device:inode> <pid>
  local name=''
  { read -r name <"/proc/$2/comm"; } 2>/dev/null
  WRITING[$1]="${name:-one that ended}, pid $2"
  HAD_WRITER[$1]=1
  PIDS+=("$2")
}

scan_mappings() {
  local line id device hex
  local -A devices=()
  local patterns=()
  for id in "${!WATCHED[@]}"; do
    device=${id%%:*}
    printf -v hex '%02x:%02x' $(((device >> 8) & 0xfff)) $(((device & 0xff) | ((device >> 12) & 0xfff00)))
    [ -n "${devices[$hex]}" ] || patterns+=(-e " .w.s [0-9a-f]* $hex ")
    devices[$hex]=$device
  done
  [ "${#patterns[@]}" -gt 0 ] || return 0
  while IFS=$' \t' read -r line _ _ hex id _; do
    id=${devices[$hex]}:$id
    [ -n "${WATCHED[$id]}" ] || continue
    line=${line#/proc/}
    is_writing "$id" "${line%%/*}"
  done < <(grep -H "${patterns[@]}" /proc/[0-9]*/maps 2>/dev/null)
}

# The profile says how to stop a service gently. Whether writing is over is asked of the kernel, and who else writes is asked to
# end as well: the instance is out of the load balancer, and stopping writes every buffer.
stop_writers() {
  local i running stop
  watch
  scan_files
  scan_mappings
  save_deleted
  for i in "${!WRITERS[@]}"; do
    running="RUNNING_${i}[@]" stop="STOP_${i}[@]"
    limited 30 "${!running}" || continue
    limited "$STOP_SECONDS" "${!stop}" || note "stopping ${WRITERS[i]} ended with exit $?: $(said)"
    RAN+=("$i")
    if has_stopped "${!running}"; then STOPPED=yes; else note "${WRITERS[i]} is still running"; fi
  done
  [ "${#RAN[@]}" = 0 ] || look_for_strangers
  end_strangers
  settle
}

# How each log is left by whoever was asked to end: what grows from here on, a stopped service did not write.
settle() {
  local i n=0
  ask_facts "${LIST[@]}"
  for i in "${!LIST[@]}"; do
    LIST_FACTS[i]=${ANSWERS[n]} n=$((n + 1))
    parse_facts "${LIST_FACTS[i]}"
    if [ -n "$ID" ] && [ -z "${WRITING[$ID]}" ]; then SETTLED[$ID]=${LIST_FACTS[i]}; fi
  done
}

# A service that did not stop, or was started again, writes whether or not it has a log open at this moment.
find_services_left() {
  local i running path=${LOGS[0]:-${LIST[0]:-$ROOT/}}
  for i in "${RAN[@]}"; do
    running="RUNNING_${i}[@]"
    if limited 30 "${!running}"; then WRITERS_LEFT[$path]=${WRITERS_LEFT[$path]:-${WRITERS[i]} (service)}; fi
  done
}

has_stopped() { # <command that succeeds while it runs…>
  local second
  for ((second = 0; ; second++)); do
    limited 30 "$@" || return 0
    [ "$second" -lt "$STOP_SECONDS" ] || return 1
    sleep 1
  done
}

end_strangers() { # who was seen at the last look, and then at each further one
  local pid until=$((SECONDS + STOP_SECONDS)) left
  local -A asked=() ours=()
  find_ancestors
  while :; do
    left=no
    for pid in "${PIDS[@]}"; do
      [ -z "${ours[$pid]}" ] || continue
      left=yes
      if [ "$END_UNKNOWN_WRITERS" = yes ] && [ -z "${asked[$pid]}" ] && [ "${#asked[@]}" -lt 50 ]; then
        asked[$pid]=1
        kill -TERM "$pid" 2>/dev/null
        kill -CONT "$pid" 2>/dev/null # one that is stopped would not hear of it
      fi
    done
    if [ "$left" = no ] || [ "$SECONDS" -ge "$until" ] || is_out_of_time; then return; fi
    sleep 0.3
    look_for_strangers
  done
}

look_for_strangers() {
  list_files
  watch
  scan_files
}

find_ancestors() { # → ours: pid 1, ourselves, and all between
  local pid=$$ key value
  ours[1]=1
  while [ -n "$pid" ] && [ "$pid" -gt 1 ]; do
    ours[$pid]=1
    while IFS=$' \t' read -r key value && [ "$key" != PPid: ]; do :; done 2>/dev/null <"/proc/$pid/status" || return
    pid=$value
    [ -z "${ours[$pid]}" ] || return 0
  done
}

# Somebody may still have a buffer for a log unless who had it open was seen, and has ended. One whose log is as an earlier flush
# hashed it, longer ago than buffers live, has none.
wait_for_buffers() {
  local i
  for i in "${!LIST[@]}"; do
    if [ "${#LOGS[@]}" -gt 0 ] && [ -z "${KNOWN_LOGS[${LIST[i]}]}" ]; then continue; fi # otherwise nobody says which of them are logs
    parse_facts "${LIST_FACTS[i]}"
    if [ -z "$ID" ] || [ "$SIZE" = 0 ] || is_as_before "$ID"; then continue; fi
    if [ -n "${HAD_WRITER[$ID]}" ] && [ -z "${WRITING[$ID]}" ]; then continue; fi
    sleep "$BUFFER_SECONDS"
    return
  done
}

# As an earlier flush hashed it, longer ago than any buffer lives.
is_as_before() { # <device:inode>
  local digest=${DIGESTS[${CENSUS[$1]:-none}]}
  [ -n "$digest" ] && [ "${digest%% *}" -lt $((MOMENT - BUFFER_SECONDS)) ]
}

# What grew after everybody had ended, or although nobody was seen to write it and no service was stopped: somebody is there whom we
# cannot see. It is remembered, since being silent now is no sign that it is gone; a reboot is.
find_unseen_writers() {
  local i boot='' seen path
  { read -r boot </proc/sys/kernel/random/boot_id; } 2>/dev/null
  if [ -n "$STATE" ] && [ -f "$STATE/unseen" ]; then
    while IFS=$'\t' read -r -d '' seen path; do
      if [ "$seen" = "$boot" ] && [ -z "$STOPPED" ]; then WRITERS_LEFT[$ROOT$path]=${WRITERS_LEFT[$ROOT$path]:-unknown}; fi
    done <"$STATE/unseen"
  fi
  for i in "${!LIST[@]}"; do
    parse_facts "${LIST_FACTS[i]}"
    if [ -n "${SETTLED[$ID]}" ] && [ "${SETTLED[$ID]}" != "${LIST_FACTS[i]}" ]; then tell_unseen "${LIST[i]}"; fi
    if [ -z "${CENSUS[$ID]}" ] || [ "${CENSUS[$ID]}" = "${LIST_FACTS[i]}" ]; then continue; fi
    if [ -n "${HAD_WRITER[$ID]}" ] || [ -n "$STOPPED" ]; then continue; fi
    tell_unseen "${LIST[i]}"
  done
}

tell_unseen() { # <path>
  local boot=''
  { read -r boot </proc/sys/kernel/random/boot_id; } 2>/dev/null
  WRITERS_LEFT[$1]=${WRITERS_LEFT[$1]:-unknown}
  [ -z "$STATE" ] || printf '%s\t%s\0' "$boot" "${1#"$ROOT"}" >>"$STATE/unseen"
}
