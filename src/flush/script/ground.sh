
# --- ground: where to stand, how long, and what to say ------------------------------------------------------------------

stand() {
  local tool
  exec 3>&1 1>&2 </dev/null # standard output is for the report alone
  export LC_ALL=C PATH="$PATH:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
  export AWS_METADATA_SERVICE_TIMEOUT=5 AWS_METADATA_SERVICE_NUM_ATTEMPTS=3
  shopt -s nullglob lastpipe
  IFS= # an unquoted variable is a glob, never words
  ROOT=${TERMINATION_GUARD_ROOT:-}
  NOTES=() FOUND=0 SECONDS=0
  printf -v MOMENT '%(%s)T' -1
  [ -n "$(exec stat -c %s / 2>/dev/null)" ] || die 'there is no stat here'
  for tool in cp grep gzip ls mv od readlink sed tr xargs; do type "$tool" >/dev/null || die "there is no $tool here"; done
  know_the_time
  find_work_directory
}

find_what_to_flush() {
  find_state_directory
  match_files "${LOGROTATE_CONFIGS[@]}"
  CONFIGS=("${MATCHES[@]}")
  match_files "${LOGROTATE_SYSTEM[@]}"
  SYSTEM_CONFIGS=("${MATCHES[@]}")
  find_cron_configs
  find_publish_globs
}

# Well before SSM cuts us off, what is known is reported.
know_the_time() {
  local margin=$((5 + EXECUTION_TIMEOUT / 20))
  [ "$margin" -lt 60 ] || margin=60
  DEADLINE=$((EXECUTION_TIMEOUT - margin))
}

remaining() { # → REPLY: seconds
  REPLY=$((DEADLINE - SECONDS))
}

is_out_of_time() {
  [ "$SECONDS" -ge "$DEADLINE" ]
}

# A directory of our own, in memory where there is one, so that a full disk does not stop us.
find_work_directory() {
  local parent
  for parent in /run /var/run /dev/shm /tmp; do
    WORK=$ROOT$parent/termination-guard${SALVAGE:+-salvage} # this machine's own flush waits for no salvage
    SAID=$WORK/said
    if is_ours "$WORK" && { : >>"$SAID"; } 2>/dev/null; then return; fi
  done
  WORK='' SAID=/dev/null
  note 'nowhere to write (full disk?)'
}

# What must survive a reboot: what earlier flushes held, hashed and told. An image made of this machine is not this machine.
find_state_directory() {
  local path
  STATE=$ROOT/var/lib/termination-guard/$INSTANCE_ID
  if is_ours "${STATE%/*}" && is_ours "$STATE"; then
    if [ -f "$STATE/logs" ]; then while read -r -d '' path; do KNOWN_LOGS[$ROOT$path]=1; done <"$STATE/logs"; fi
    return
  fi
  STATE=''
  note 'nothing can be remembered in /var/lib/termination-guard (full disk?)'
}

is_ours() { # <directory>
  # shellcheck disable=SC2174 # what it lies in is everybody's
  [ -d "$1" ] || mkdir -p -m 700 "$1" 2>/dev/null
  [ -O "$1" ] && [ ! -L "$1" ] && { echo probe >"$1/probe"; } 2>/dev/null
}

# The kernel drops the lock when its holder dies, so there are no stale locks. On the folder itself, since a file may find no room.
lock() {
  if [ -z "$WORK" ] || ! command -v flock >/dev/null || ! exec 9<"$WORK"; then return; fi
  flock -w "$COMMAND_SECONDS" 9 || die "another flush is still running after $COMMAND_SECONDS seconds"
}

note() {
  [ "${#NOTES[@]}" -lt 20 ] || return 0
  NOTES+=("${1:0:300}")
  printf 'termination-guard: %s\n' "${1:0:300}"
}

die() {
  printf 'termination-guard: %s\n' "${1:0:300}"
  exit 1
}

# Runs a command for so many seconds at most, and never beyond our own end. In a subshell it takes the shell's place.
bounded() { # <seconds> <command…>
  local seconds=$1
  shift
  remaining
  [ "$REPLY" -ge "$seconds" ] || seconds=$((REPLY < 1 ? 1 : REPLY))
  if command -v timeout >/dev/null; then set -- timeout --foreground -k 10 "$seconds" "$@"; fi
  [ "$BASH_SUBSHELL" = 0 ] || exec "$@" 3>&- 8>&- 9>&-
  "$@" 3>&- 8>&- 9>&-
}

# A command of the platform, if it is there; what it says is kept for a note.
limited() { # <seconds> <command…>
  { : >"$SAID"; } 2>/dev/null || SAID=/dev/null # whose folder somebody removed, and which would keep the command from being run
  rooted "$2"
  if ! command -v "$REPLY" >/dev/null; then echo 'there is no such program' >"$SAID" && return 127; fi
  bounded "$1" "$REPLY" "${@:3}" >"$SAID" 2>&1
}

said() {
  tail -c 200 "$SAID" | tr '\n\t\0' '   '
}

rooted() { # <path, or command on PATH> → REPLY
  case $1 in
    "$ROOT"/*) REPLY=$1 ;;
    /*) REPLY=$ROOT$1 ;;
    *) REPLY=$1 ;;
  esac
}

# A rotation that cron began may be between its copy and its truncation: what the writer wrote in between would be cut off.
let_cron_finish() {
  local second
  [ "$PURPOSE" != termination ] || keep_cron_away
  command -v pgrep >/dev/null || return 0
  for ((second = 0; second < 30; second++)); do
    pgrep -x logrotate >/dev/null || return 0
    sleep 1
  done
  note 'another logrotate has been running for 30 seconds'
}

# While its state is locked, logrotate rotates nothing (from 3.15 on, where the state is not everybody's to read). What it would rotate
# while we look at it, a publisher might take away, and nobody could say that it was not cut.
keep_cron_away() {
  local state
  command -v flock >/dev/null || return 0
  for state in "$ROOT"/var/lib/logrotate/{logrotate.status,status} "$ROOT"/var/lib/logrotate.status; do
    if [ -f "$state" ] && { exec 8<"$state"; } 2>/dev/null; then
      flock -w 30 8
      return 0
    fi
  done
}
