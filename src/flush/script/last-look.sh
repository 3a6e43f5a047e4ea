
# --- last look: what happened while we published --------------------------------------------------------------------------

GREW=''        # something grew while the publisher ran
NOTHING_NEW='' # nor did anything else happen

# What appeared or was written while we published (a publisher's own log, for instance) is hashed, held and uploaded as well.
catch_up() {
  local i news=no count=${#FILES[@]}
  list_files
  if [ -z "$PUBLISHER_RAN" ] && ! has_changed; then return; fi
  watch
  scan_files
  save_deleted
  forget_replaced
  adopt_orphans
  for i in "${!LIST[@]}"; do
    parse_facts "${LIST_FACTS[i]}"
    if [ "$SIZE" = 0 ] || [ -n "${WRITING[$ID]}" ] || [ -n "${UNACCOUNTED[${LIST[i]}]}" ]; then continue; fi
    if [ -z "${FILE_AT[$ID]}" ]; then
      news=yes
    elif [ "${FACTS[${FILE_AT[$ID]}]}" != "${LIST_FACTS[i]}" ]; then
      if [ -n "$PUBLISHER_RAN" ]; then GREW=yes; else tell_unseen "${LIST[i]}"; fi
      UPLOADED[${FILES[${FILE_AT[$ID]}]}]='' # to unset it would execute a name such as $(id)
      unset "FILE_AT[$ID]"
      news=yes
    fi
  done
  [ "$news" = yes ] || [ "${#FILES[@]}" -gt "$count" ] || { NOTHING_NEW=yes && return; }
  add_to_inventory
  hold_inventory
  tell_shared_keys
  upload_directly
}

# What was hashed, and has its path no more: it is found where it is now, or adopted from its hold.
forget_replaced() {
  local i id
  for i in "${!LIST[@]}"; do
    parse_facts "${LIST_FACTS[i]}"
    id=$ID
    parse_facts "${FACTS[${NAMED[${LIST[i]}]:-$NEXT}]}"
    if [ -n "$ID" ] && [ "$ID" != "$id" ]; then unset "FILE_AT[$ID]"; fi
  done
}

has_changed() {
  local i
  for i in "${!LIST[@]}"; do
    parse_facts "${LIST_FACTS[i]}"
    if [ "$SIZE" != 0 ] && [ "${FACTS[${FILE_AT[$ID]:-0}]}" != "${LIST_FACTS[i]}" ]; then return; fi
  done
  return 1
}

# What grew, appeared or is still open for writing after all of this: a termination is not over while there is any.
look_again() {
  local i path
  [ -z "$GREW" ] || sleep "$BUFFER_SECONDS" # was it the publisher, or somebody who goes on?
  [ -n "$NOTHING_NEW" ] || look_for_strangers # otherwise we have done nothing since we looked
  ask_folders
  scan_mappings
  for i in "${!LIST[@]}"; do
    parse_facts "${LIST_FACTS[i]}"
    path=${LIST[i]}
    if [ -n "${WRITING[$ID]}" ]; then WRITERS_LEFT[$path]=${WRITING[$ID]}; fi
    if [ "$SIZE" = 0 ] || [ -n "${UNACCOUNTED[$path]}" ]; then continue; fi
    if [ -z "${FILE_AT[$ID]}" ]; then
      LIVE[$path]=$SIZE
    elif [ "${FACTS[${FILE_AT[$ID]}]}" != "${LIST_FACTS[i]}" ]; then
      LIVE[$path]=$SIZE
      [ -n "${WRITING[$ID]}" ] || tell_unseen "$path"
    fi
  done
  look_at_bodies
  find_services_left
  for i in "${!WRITING[@]}"; do # a hold or a deleted file that somebody has open
    path=${WATCHED[$i]:-${ORIGIN[$i]}}
    WRITERS_LEFT[$path]=${WRITERS_LEFT[$path]:-${WRITING[$i]}}
  done
}

# What lies under its hold alone can still grow, and what was deleted and saved as well.
look_at_bodies() {
  local i n=0 now
  local bodies=()
  save_deleted live
  look_at_holds
  for i in "${!FILES[@]}"; do
    parse_facts "${FACTS[i]}"
    [ -n "${HELD[$ID]}" ] || bodies+=("${BODIES[i]}")
  done
  ask_facts "${bodies[@]}"
  for i in "${!FILES[@]}"; do
    parse_facts "${FACTS[i]}"
    if [ -n "${HELD[$ID]}" ]; then now=${NOW[$ID]}; else now=${ANSWERS[n]} n=$((n + 1)); fi
    parse_facts "$now"
    [ "$SIZE${EMPTIED[${FACTS[i]}]}" != 01 ] || continue
    if [ -n "$ID" ] && [ "$now" != "${FACTS[i]}" ]; then LIVE[${FILES[i]}]=$SIZE; fi
  done
}

# An audit vouches only for what held still.
leave_out_what_changed() {
  local i moving=0
  ask_facts "${BODIES[@]}"
  local now=("${ANSWERS[@]}") n=0
  for i in "${!FILES[@]}"; do
    if [ "${now[n]}" != "${FACTS[i]}" ]; then moving=$((moving + 1)) && unset "FILES[i]"; fi
    n=$((n + 1))
  done
  [ "$moving" = 0 ] || note "$moving files changed while they were being archived"
}
