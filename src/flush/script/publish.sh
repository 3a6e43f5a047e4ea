
# --- publish: the platform's own way -----------------------------------------------------------------------------------

# UPLOAD='' asks for the platform's own publisher. Without one here, we upload every file ourselves.
PUBLISHER_RAN=''

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
  PUBLISHER_RAN=yes
  if [ "${#PUBLISHER[@]}" -gt 0 ]; then
    limited "$COMMAND_SECONDS" "${PUBLISHER[@]}" || note "${PUBLISHER[0]} ended with exit $?: $(said)"
  fi
  for command in "${CRON_COMMANDS[@]}"; do
    limited "$COMMAND_SECONDS" sh -c "$command" || note "the publisher in $PUBLISHER_CRON ended with exit $?: $(said)"
  done
}
