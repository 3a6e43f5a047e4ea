
# --- rotate: in an audit, what a rotation cannot hurt ---------------------------------------------------------------------

# Forced, since below its size threshold logrotate does nothing and says so to nobody; from a copy of the configuration that
# deletes nothing, and only where `logrotate -d` shows that this copy loses nothing.
rotate_where_safe() {
  local config copy why i
  list_files
  watch
  ask_facts "${LOGS[@]}" # also those that nobody publishes
  for i in "${!LOGS[@]}"; do WATCHED[${ANSWERS[i]%% *}]=${LOGS[i]}; done
  scan_processes
  [ -n "$WORK" ] || return 0
  for config in "${CONFIGS[@]}"; do
    copy=$WORK/logrotate.conf
    if ! (umask 077 && without_deleting "$config" >"$copy") 2>"$SAID"; then
      note "cannot prepare the rotation of ${config#"$ROOT"}: $(said)"
      continue
    fi
    TARGETS=() COMPRESSORS=() COPIED=()
    ask_about "$copy" "$config"
    [ "$ANSWERED" = yes ] || continue
    why_not
    if [ -n "$why" ]; then note "${config#"$ROOT"} is left alone: $why"; else rotate "$config" "$copy"; fi
  done
}

why_not() { # → why
  local log target
  local -A taken=()
  why=''
  if [ -n "$DELETES" ]; then why="its rotation would delete (${DELETES//"$ROOT"/})"; fi
  if [ -n "$LIMITS" ]; then why="it says elsewhere how many to keep (${LIMITS//"$ROOT"/})"; fi
  if [ -n "$SCRIPTS" ]; then why="its rotation runs a script (${SCRIPTS%%:*})"; fi
  for log in "${ROTATING[@]}"; do # also an empty one: its next line would go into what is unlinked
    target=${TARGETS[$log]}
    if [ -n "${taken[$target]}" ] || { [ -e "$target" ] && [ -z "${MOVED[$target]}" ]; }; then why="${target#"$ROOT"} would be overwritten"; fi
    taken[${target:-$log}]=1
    if [ -n "$target" ] && [ -z "${COPIED[$log]}${COMPRESSORS[$log]}" ]; then continue; fi # a mere new name costs no line
    if is_busy "$log"; then why="${log#"$ROOT"} is being written, and would be cut off or compressed meanwhile"; fi
  done
}

# Somebody has it open for writing, or wrote it within the last minute (and may open it by its name each time).
is_busy() { # <log>
  parse_facts "$(facts_of "$1")"
  [ -z "$ID" ] || [ -n "${WRITING[$ID]}" ] || [ "$MODIFIED" -gt $((MOMENT - 60)) ]
}

without_deleting() { # <config>
  local kept='rotate 1000'
  echo "$kept" && sed -e "s/^[[:blank:]]*rotate[[:blank:]=].*/$kept/" -e '/^[[:blank:]]*maxage[[:blank:]=]/d' "$1"
}

# With a state file of our own, so that cron's logrotate does not lock us out. A second rotation within one second fails with
# exit 1: hence the pause.
rotate() { # <config> <copy>
  local attempt status
  for attempt in 1 2 3; do
    [ "$attempt" = 1 ] || sleep 1
    limited "$COMMAND_SECONDS" logrotate -f -s "$WORK/logrotate.state" "$2"
    status=$?
    case $status in
      0) return ;;
      1 | 3) ;;
      *) break ;;
    esac
  done
  note "logrotate of ${1#"$ROOT"} ended with exit $status: $(said)"
}
