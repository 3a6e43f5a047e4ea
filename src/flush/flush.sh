#!/bin/bash
# Flushes this instance's logs to S3 and reports, on one line of standard output, every file that must be there.
# Runs as root through SSM. Safe to run twice, and twice at once. A step that fails is noted and the next one still runs:
# the report says what is true afterwards, and S3 alone decides whether it is enough.
# Needs bash 4.2, coreutils, gzip, logrotate and the AWS CLI. TERMINATION_GUARD_ROOT is a directory that stands for /.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
#@settings
declare -A LIVE=()

main() {
  prepare
  lock
  publish_with_platform # what is already rotated: shipped even if this run is cut short
  let_cron_finish
  quiesce
  rotate_all
  if [ "$QUIESCED" = no ]; then
    sleep "$BUFFER_SECONDS" # until the writer has written what it still holds
    rotate_all
  fi
  compress_leftovers
  publish_with_platform
  take_inventory
  upload_directly
  look_again
  report
}

# --- the ground to stand on -------------------------------------------------------------------------------------------

prepare() {
  exec 3>&1 1>&2 </dev/null # standard output is for the report alone
  export LC_ALL=C PATH="$PATH:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
  shopt -s nullglob
  IFS= # an unquoted variable is a glob, never words
  ROOT=${TERMINATION_GUARD_ROOT:-}
  NOTES=() QUIESCED=no FILES=() FACTS=() MD5S=() SHA256S=() UNREADABLE=''
  find_work_directory
  match_files "${LOGROTATE_CONFIGS[@]}"
  CONFIGS=("${MATCHES[@]}")
  find_publish_globs
  match_files "${GLOBS[@]}" "${LIVE_GLOBS[@]}"
  FOUND=$((${#CONFIGS[@]} + ${#MATCHES[@]})) # counted now too, since a publisher may remove what it has shipped
  choose_publisher
}

# A directory of our own, in memory where there is one, so that a full disk does not stop us.
find_work_directory() {
  local parent
  for parent in /run /var/run /dev/shm /tmp; do
    WORK=$ROOT$parent/termination-guard
    SAID=$WORK/said
    mkdir -p "$ROOT$parent" 2>/dev/null
    mkdir -m 700 "$WORK" 2>/dev/null
    if [ -O "$WORK" ] && [ ! -L "$WORK" ] && (echo probe >"$WORK/probe") 2>/dev/null; then return; fi
  done
  WORK='' SAID=/dev/null
  note 'nowhere to write (full disk?): nothing can be rotated'
}

# The kernel drops the lock when its holder dies, so there are no stale locks.
lock() {
  if [ -z "$WORK" ] || ! command -v flock >/dev/null; then return; fi
  exec 9>"$WORK/lock"
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

# Runs a command of the platform for so many seconds at most; what it says is kept for a note.
limited() { # <seconds> <command…>
  local seconds=$1
  rooted "$2"
  set -- "$REPLY" "${@:3}"
  if command -v timeout >/dev/null; then set -- timeout --foreground -k 10 "$seconds" "$@"; fi
  "$@" >"$SAID" 2>&1 3>&- 9>&-
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

match_files() { # <globs…> → MATCHES: the files that they match, each once
  local glob path
  local -A seen=()
  MATCHES=()
  for glob in "$@"; do
    rooted "$glob"
    for path in $REPLY; do
      if [ ! -f "$path" ] || [ -n "${seen[$path]}" ]; then continue; fi
      seen[$path]=1
      MATCHES+=("$path")
    done
  done
}

# Size, inode and time of each file, one line a file: when they are the same twice, nothing was written in between.
facts_of() {
  if stat -c %s / >/dev/null 2>&1; then stat -L -c '%s %i %y' -- "$@"; else stat -L -f '%z %i %Fm' -- "$@"; fi 2>/dev/null
}

# Whole seconds.
mtime_of() {
  stat -L -c %Y -- "$1" 2>/dev/null || stat -L -f %m -- "$1" 2>/dev/null || echo 0
}

md5_of() {
  if command -v md5sum >/dev/null; then md5sum -- "$@"; else md5 -q -- "$@"; fi 2>/dev/null
}

sha256_of() {
  if command -v sha256sum >/dev/null; then sha256sum -- "$@"; else shasum -a 256 -- "$@"; fi 2>/dev/null
}

# --- stop the writer, rotate ------------------------------------------------------------------------------------------

# A rotation that cron began may be between its copy and its truncation: what the writer wrote in between would be cut off,
# and stopping it writes much at once.
let_cron_finish() {
  local second
  command -v pgrep >/dev/null || return 0
  for ((second = 0; second < 30; second++)); do
    pgrep -x logrotate >/dev/null || return 0
    sleep 1
  done
  note 'another logrotate has been running for 30 seconds'
}

# Only in a termination: the instance is out of the load balancer, and stopping writes every buffer. QUIESCED=yes needs a
# writer that was seen running (now, or by an earlier flush) and none that is running still.
quiesce() {
  local i running stop stuck=no
  [ "$PURPOSE" = termination ] || return 0
  for i in "${!WRITERS[@]}"; do
    running="RUNNING_${i}[@]" stop="STOP_${i}[@]"
    limited 30 "${!running}" || continue
    limited "$STOP_SECONDS" "${!stop}" || note "stopping ${WRITERS[i]} ended with exit $?: $(said)"
    if has_stopped "${!running}"; then
      QUIESCED=yes
    else
      stuck=yes
      note "${WRITERS[i]} is still running"
    fi
  done
  if [ -n "$WORK" ] && [ "$QUIESCED" = yes ]; then : >"$WORK/quiesced"; fi
  if [ -n "$WORK" ] && [ -e "$WORK/quiesced" ]; then QUIESCED=yes; fi
  if [ "$stuck" = yes ]; then QUIESCED=no; fi
}

has_stopped() { # <command that succeeds while it runs…>
  local second
  for ((second = 0; ; second++)); do
    limited 30 "$@" || return 0
    [ "$second" -lt "$STOP_SECONDS" ] || return 1
    sleep 1
  done
}

rotate_all() {
  local config
  [ -n "$WORK" ] || return 0
  for config in "${CONFIGS[@]}"; do rotate "$config"; done
}

# Forced, since below its size threshold logrotate does nothing and says so to nobody. From a copy of the configuration that
# deletes nothing: `rotate 5` would remove the sixth-oldest file, published or not. With a state file of our own, so that
# cron's logrotate does not lock us out. A second rotation within one second fails with exit 1: hence the pause.
rotate() { # <config>
  local copy=$WORK/logrotate.conf attempt status
  if ! (umask 077 && without_deleting "$1" >"$copy") 2>"$SAID"; then
    note "cannot prepare the rotation of ${1#"$ROOT"}: $(said)"
    return
  fi
  for attempt in 1 2 3; do
    [ "$attempt" = 1 ] || sleep 1
    limited "$COMMAND_SECONDS" logrotate -f -s "$WORK/logrotate.state" "$copy"
    status=$?
    case $status in
      0) return ;;
      1 | 3) ;;
      *) break ;;
    esac
  done
  note "logrotate of ${1#"$ROOT"} ended with exit $status: $(said)"
}

without_deleting() { # <config>
  local kept='rotate 1000'
  echo "$kept" && sed -e "s/^[[:blank:]]*rotate[[:blank:]].*/$kept/" -e '/^[[:blank:]]*maxage[[:blank:]]/d' "$1"
}

find_live_logs() { # → MATCHES: the logs that the logrotate configurations are about
  local config glob globs=("${LIVE_GLOBS[@]}")
  for config in "${CONFIGS[@]}"; do
    while read -r glob; do
      if [ "$glob" = unreadable ]; then UNREADABLE=${config#"$ROOT"}; else globs+=("$glob"); fi
    done < <(globs_of_config "$config")
  done
  match_files "${globs[@]}"
}

globs_of_config() { # <config>: the globs before each brace, one a line
  local word rest place=top
  while IFS=$' \t' read -r word rest || [ -n "$word" ]; do
    case $place:$word in
      script:endscript) place=block ;;
      script:*) ;;
      block:prerotate | block:postrotate | block:firstaction | block:lastaction | block:preremove) place=script ;;
      block:'}'*) place=top ;;
      block:*) ;;
      top:[/\"\'\{]*)
        rest="$word $rest"
        printf '%s\n' "${rest%%\{*}" | xargs -n 1 printf '%s\n' || echo unreadable
        case $rest in *\{*) place=block ;; esac
        ;;
    esac
  done <"$1"
}

# Rotated files that `delaycompress` left uncompressed, so that a publish glob ending in .gz misses them.
find_leftovers() { # → LEFTOVERS
  local glob path log logs candidates=()
  LEFTOVERS=()
  find_live_logs
  logs=("${MATCHES[@]}")
  find_publish_globs
  for glob in "${GLOBS[@]}"; do
    case $glob in *\*.gz) candidates+=("${glob%.gz}[0-9]") ;; esac
  done
  match_files "${candidates[@]}"
  for path in "${MATCHES[@]}"; do
    for log in "${logs[@]}"; do
      case ${path##*/} in "${log##*/}"?*) ;; *) continue ;; esac
      LEFTOVERS+=("$path")
      break
    done
  done
}

# Not in an audit: what a writer still writes to a file that gzip has read would be gone.
compress_leftovers() {
  local path
  [ "$PURPOSE" = termination ] || return 0
  find_leftovers
  for path in "${LEFTOVERS[@]}"; do
    limited "$COMMAND_SECONDS" gzip -f -- "$path" || note "cannot compress ${path#"$ROOT"}: $(said)"
  done
}

# --- publish ----------------------------------------------------------------------------------------------------------

# UPLOAD='' asks for the platform's own publisher. Without one here, we upload every file ourselves.
choose_publisher() {
  CRON_COMMANDS=()
  [ -z "$UPLOAD" ] || return 0
  rooted "${PUBLISHER[0]}"
  if [ -n "$REPLY" ] && command -v "$REPLY" >/dev/null; then return; fi
  PUBLISHER=()
  rooted "$PUBLISHER_CRON"
  if [ -f "$REPLY" ]; then read_cron "$REPLY"; fi
  if [ "${#CRON_COMMANDS[@]}" = 0 ]; then UPLOAD='*'; fi
}

# The commands of a file in /etc/cron.d: `minute hour day month weekday user command`, or `@hourly user command`.
read_cron() { # <file> → CRON_COMMANDS
  local first rest fields
  while IFS=$' \t' read -r first rest || [ -n "$first" ]; do
    case $first in
      [0-9*]*) fields=5 ;;
      @*) fields=1 ;;
      *) continue ;;
    esac
    for ((; fields > 0; fields--)); do
      rest=${rest#*[[:blank:]]}
      rest=${rest#"${rest%%[![:blank:]]*}"}
    done
    CRON_COMMANDS+=("${rest//\\%/%}")
  done <"$1"
}

# Its exit code is only noted: it has been seen to upload half and exit 0.
publish_with_platform() {
  local command
  [ -z "$UPLOAD" ] || return 0
  if [ "${#PUBLISHER[@]}" -gt 0 ]; then
    limited "$COMMAND_SECONDS" "${PUBLISHER[@]}" || note "${PUBLISHER[0]} ended with exit $?: $(said)"
  fi
  for command in "${CRON_COMMANDS[@]}"; do
    limited "$COMMAND_SECONDS" sh -c "$command" || note "the publisher in $PUBLISHER_CRON ended with exit $?: $(said)"
  done
}

find_publish_globs() { # → GLOBS: the profile's, and those that the platform lists in files, one a line
  local file line
  GLOBS=("${PUBLISH_GLOBS[@]}")
  match_files "${PUBLISH_GLOB_FILES[@]}"
  for file in "${MATCHES[@]}"; do
    while IFS=$' \t' read -r line || [ -n "$line" ]; do
      case $line in /*) GLOBS+=("${line%$'\r'}") ;; esac
    done <"$file"
  done
}

# --- the inventory, which becomes the manifest --------------------------------------------------------------------------

take_inventory() {
  local i
  find_publish_globs
  match_files "${GLOBS[@]}"
  FOUND=$((FOUND + ${#MATCHES[@]}))
  for ((i = 0; i < ${#MATCHES[@]}; i += 200)); do hash_files "${MATCHES[@]:i:200}"; done
}

# Many files in few processes. A batch in which a file changed or vanished meanwhile is done again file by file; a file
# that changes even then is left out here and found by look_again. Empty files hold no log.
hash_files() { # <files…>
  local i file md5 sha256 facts md5s sha256s again
  mapfile -t facts < <(facts_of "$@")
  { mapfile -t md5s <&4 && mapfile -t sha256s <&5; } 4< <(md5_of "$@") 5< <(sha256_of "$@") # both at once
  mapfile -t again < <(facts_of "$@")
  if [ "${#facts[@]}:${#md5s[@]}:${#sha256s[@]}:${facts[*]}" != "$#:$#:$#:${again[*]}" ]; then
    if [ $# = 1 ]; then
      note "${1#"$ROOT"} cannot be read, or is being written to"
      return
    fi
    for file in "$@"; do hash_files "$file"; done
    return
  fi
  for i in "${!facts[@]}"; do
    [ "${facts[i]%% *}" -gt 0 ] || continue
    FILES+=("${@:i+1:1}")
    FACTS+=("${facts[i]}")
    md5=${md5s[i]#\\} sha256=${sha256s[i]#\\} # a backslash comes first when the name has odd characters
    MD5S+=("${md5:0:32}")
    SHA256S+=("${sha256:0:64}")
  done
}

# UPLOAD is `*` for every file, otherwise a list: only what is also in the inventory is ever uploaded. The body is checked by
# S3 against the digest that the manifest reports, so that a file which changes meanwhile is refused.
upload_directly() {
  local i path pid pids=() failed=0 checksum=no
  local -A wanted=()
  if [ -z "$UPLOAD" ] || [ "${#FILES[@]}" = 0 ]; then return; fi
  if [ "$UPLOAD" != '*' ]; then
    while read -r -d '' path; do wanted[$path]=1; done < <(printf '%s' "$UPLOAD" | base64 -d | gzip -dc)
    [ "${#wanted[@]}" -gt 0 ] || note 'the list of files to upload cannot be read'
  fi
  if aws s3api put-object --generate-cli-skeleton 2>/dev/null | grep -q ChecksumSHA256; then checksum=yes; fi
  for i in "${!FILES[@]}"; do
    path=${FILES[i]#"$ROOT"}
    [ "$UPLOAD" = '*' ] || [ -n "${wanted[$path]}" ] || continue
    upload "$i" "$checksum" 3>&- 9>&- &
    pids+=($!)
    [ "${#pids[@]}" -lt 4 ] || { # four at once
      for pid in "${pids[@]}"; do wait "$pid" || failed=$((failed + 1)); done
      pids=()
    }
  done
  for pid in "${pids[@]}"; do wait "$pid" || failed=$((failed + 1)); done
  [ "$failed" = 0 ] || note "$failed uploads failed: $(said)"
}

upload() { # <index in FILES> <whether the CLI knows --checksum-sha256>
  local file=${FILES[$1]} size=${FACTS[$1]%% *} path key error
  path=${file#"$ROOT"}
  case $KEY_RULE in
    underscores) key=$PREFIX${path//\//_} ;;
    path) key=$PREFIX${path#/} ;;
  esac
  if [ "$size" -gt 5368709120 ]; then # more than one PUT can carry
    set -- s3 cp --only-show-errors "$file" "s3://$BUCKET/$key"
  elif [ "$2" = yes ]; then
    set -- s3api put-object --bucket "$BUCKET" --key "$key" --body "$file" \
      --content-md5 "$(base64_of "${MD5S[$1]}")" --checksum-sha256 "$(base64_of "${SHA256S[$1]}")"
  else
    set -- s3api put-object --bucket "$BUCKET" --key "$key" --body "$file" --content-md5 "$(base64_of "${MD5S[$1]}")"
  fi
  error=$(aws --region "$REGION" "$@" 2>&1 >/dev/null) && return
  printf '%s' "$error" >"$SAID"
  return 1
}

base64_of() { # <hex digits>
  # shellcheck disable=SC2059 # the digits become the format: \x41\x42…
  printf "$(printf '%s' "$1" | sed 's/../\\x&/g')" | base64 | tr -d '\n'
}

# --- the last look, and the report --------------------------------------------------------------------------------------

# What grew, appeared or stayed behind after all of this is live: a termination is not over while there is any.
look_again() {
  local i path
  local -A known=()
  for i in "${!FILES[@]}"; do known[${FILES[i]}]=1; done
  recheck_inventory
  [ "$PURPOSE" = termination ] || return 0
  match_files "${GLOBS[@]}" # found again, since files may have appeared
  for path in "${MATCHES[@]}"; do [ -n "${known[$path]}" ] || still_live "$path"; done
  find_live_logs
  for path in "${MATCHES[@]}"; do [ -n "${known[$path]}" ] || still_live "$path"; done
  find_leftovers
  for path in "${LEFTOVERS[@]}"; do still_live "$path"; done
}

# A file that grew since it was hashed is live in a termination; an audit vouches only for what held still. A file that
# vanished stays in a termination's manifest: if S3 has it, all is well, and if not, somebody must know.
recheck_inventory() {
  local i from now count=${#FILES[@]} moving=0
  for ((from = 0; from < count; from += 200)); do
    mapfile -t now < <(facts_of "${FILES[@]:from:200}")
    [ "${now[*]}" != "${FACTS[*]:from:200}" ] || continue
    for ((i = from; i < from + 200 && i < count; i++)); do
      [ "$(facts_of "${FILES[i]}")" != "${FACTS[i]}" ] || continue
      moving=$((moving + 1))
      if [ "$PURPOSE" = termination ]; then still_live "${FILES[i]}"; else unset "FILES[i]"; fi
    done
  done
  [ "$moving" = 0 ] || note "$moving files changed while they were being archived"
}

still_live() { # <file>
  local facts
  facts=$(facts_of "$1")
  [ "${facts%% *}" -gt 0 ] 2>/dev/null && LIVE[$1]=${facts%% *}
}

# Where it cannot be known which logs there are, there is no manifest: one without files would pass for an empty instance.
report() {
  local line packed key digest
  [ "${#GLOBS[@]}" -gt 0 ] || die 'nothing here says which files must be in S3: is this the right profile?'
  if [ "${#LOGROTATE_CONFIGS[@]}" -gt 0 ] && [ "${#CONFIGS[@]}" = 0 ]; then
    die 'no logrotate configuration found: is this the right profile?'
  fi
  [ "$FOUND" -gt 0 ] || die 'no file of the profile is on this machine, not even an empty one: is this the right profile?'
  [ -z "$UNREADABLE" ] || die "cannot tell which logs $UNREADABLE is about"
  packed=$(records | gzip -n | base64 | tr -d '\n')
  [ -n "$packed" ] || die 'cannot pack the manifest'
  line="termination-guard manifest 2 $packed end"
  if [ "${#line}" -gt 20000 ]; then # SSM keeps the first 24,000 characters of what a command says
    key=$MANIFEST_PREFIX$INSTANCE_ID/$(date -u +%Y%m%dT%H%M%SZ)-$$.gz
    digest=$(printf '%s' "$packed" | base64 -d | sha256_of -)
    printf '%s' "$packed" | base64 -d | aws --region "$REGION" s3 cp - "s3://$BUCKET/$key" >"$SAID" 2>&1 ||
      die "cannot put the manifest into S3: $(said)"
    line="termination-guard manifest-at 2 $key ${digest:0:64} end"
  fi
  printf '%s\n' "$line" >&3
}

records() { # NUL after each; the path comes last, since it may hold anything but NUL
  local i path text
  printf 'manifest\t2\t%s\t%s\t%s\0' "$INSTANCE_ID" "$PURPOSE" "$((${#FILES[@]} + ${#LIVE[@]}))"
  for i in "${!FILES[@]}"; do
    printf 'file\t%s\t%s\t%s\t%s\t-\t-\t%s\0' "${FACTS[i]%% *}" "${MD5S[i]}" "${SHA256S[i]}" "$(mtime_of "${FILES[i]}")" "${FILES[i]#"$ROOT"}"
  done
  for path in "${!LIVE[@]}"; do printf 'live\t%s\t%s\0' "${LIVE[$path]}" "${path#"$ROOT"}"; done
  for text in "${NOTES[@]}"; do printf 'note\t%s\0' "$text"; done
  printf 'end\t%s\0' "$((1 + ${#FILES[@]} + ${#LIVE[@]} + ${#NOTES[@]}))"
}

main "$@"
