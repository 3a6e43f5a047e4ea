
# --- deleted: what a process has open, and no folder any more -------------------------------------------------------------

declare -A SAVING=()  # device:inode of a deleted file → our own descriptor of it
declare -A SAVED=()   # device:inode of a deleted file → its facts when it was saved
declare -A COPIES=()  # device:inode of a deleted file → the copy of it, which is held

# The deleted files that a process still holds are opened by us too, so that the bytes survive their writer.
open_deleted() { # <device:inode> <size> </proc/…/fd/…> <path>: unopened
  local path=$4 fd
  if [ -n "${SAVING[$1]}" ] || [ -n "${HELD[$1]}" ]; then return; fi
  find_watched "$3" || return 0
  if is_exempt "$path"; then return; fi
  [ "$2" = 0 ] || [ -n "${ORIGIN[$1]}" ] || CENSUS_COUNT=$((CENSUS_COUNT + 1))
  ORIGIN[$1]=$path KNOWN_LOGS[$path]=1 # what it was rotated to is beside it
  if [ "${#SAVING[@]}" -lt 200 ] && exec {fd}<"$3"; then SAVING[$1]=$fd; else unopened[$1]=$2; fi 2>/dev/null
}

# Where it was, as we name that folder: its process may name it through a link, or as a container has it. The folder may be gone, too.
find_watched() { # </proc/…/fd/…> → path
  local folder=${path%/*}/ known
  local there=${1%/fd/*}/root$folder
  [ -z "${WATCHED_FOLDERS[$folder]}" ] || return 0
  [ -d "$there" ] || { matches_one_of "$folder" "${!WATCHED_FOLDERS[@]}" && return; }
  for known in "${!WATCHED_FOLDERS[@]}"; do
    if [ "$known" -ef "$there" ]; then path=$known${path##*/} && return; fi
  done
  return 1
}

# First before their writers are asked to end, since with a flush that is killed after that they would be gone; then what was written
# since. Two that had one name are two. Where there is no room, they are uploaded from our descriptor, under a name of their own: the
# next flush has nothing of them.
save_deleted() { # [live: what is saved only now comes too late for this flush]
  local id path facts size folder fd copy
  for id in "${!SAVING[@]}"; do
    path=${ORIGIN[$id]} fd=/proc/$$/fd/${SAVING[$id]} copy=${COPIES[$id]}
    facts=$(facts_of "$fd")
    [ -z "$copy" ] || [ -e "$copy" ] || copy='' SAVED[$id]='' # somebody removed it
    [ "${SAVED[$id]}" != "$facts" ] || continue
    SAVED[$id]=$facts
    parse_facts "$facts"
    size=$SIZE
    [ -z "$1" ] || LIVE[$path]=$size
    if [ -n "$copy" ]; then
      if add_to_copy; then continue; fi
      rm -f -- "$copy"
      unset "COPIES[$id]"
    else
      for folder in "${HOLD_FOLDERS[@]}"; do
        copy=$folder/$MOMENT-$$-$id/${path#"$ROOT"/}
        if add_to_copy; then
          parse_facts "$(facts_of "$copy")"
          unset "HELD[$id]"
          COPIES[$id]=$copy HELD[$ID]=$copy ORIGIN[$ID]=$path
          note "${path#"$ROOT"} was deleted while a process had it open: saved"
          continue 2
        fi
        rm -f -- "$copy"
      done
    fi
    if [ -n "$1" ]; then unaccounted "$path" "$size" 'deleted while a process has it open, and there is no room to save it'; fi
    [ -n "${HELD[$id]}" ] || ORIGIN[$id]=$path-deleted-${id#*:}
    HELD[$id]=$fd
  done
}

add_to_copy() { # copy, fd
  mkdir -p "${copy%/*}" && parse_facts "$(facts_of "$copy")" && tail -c "+$((SIZE + 1))" -- "$fd" >>"$copy"
} 2>/dev/null
