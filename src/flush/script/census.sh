
# --- census: what held bytes before we touched anything, and how it is held -----------------------------------------------

declare -A CENSUS=()  # device:inode → facts at the start
declare -A ORIGIN=()  # device:inode → the path where it was
declare -A HELD=()    # device:inode → a hard link of ours
declare -A FORMS=()   # device:inode → facts of a compressed form that was checked to hold the same bytes
declare -A OLD=() # device:inode of a compressed form of the census → 1
declare -A FORM_FACTS=() # device:inode → its facts before that was checked
declare -A NOW=()     # device:inode → the facts of its hold at the last look
declare -A ENDINGS=() # device:inode → the last bytes that a log had at the start
HOLD_FOLDERS=() HOLDS=0 CENSUS_COUNT=0

take_census() {
  local i
  local paths=() facts=()
  load_holds
  load_memory
  list_files
  ask_folders
  for i in "${!LIST[@]}"; do
    parse_facts "${LIST_FACTS[i]}"
    CENSUS[$ID]=${LIST_FACTS[i]}
    ORIGIN[$ID]=${LIST[i]}
  done
  for i in "${!CENSUS[@]}"; do
    parse_facts "${CENSUS[$i]}"
    [ "$SIZE" = 0 ] || CENSUS_COUNT=$((CENSUS_COUNT + 1))
  done
  paths=("${LIST[@]}") facts=("${LIST_FACTS[@]}")
  hold
  know_endings
}

# Where each file ends, logs first: what is written to it later leaves that as it is, unless somebody cuts it or writes over it.
# All are read at once. Each is read again by itself unless it is still as it was in the census.
know_endings() {
  local i known text n=0 at=0 bytes=0
  local chosen=() files=()
  for known in 1 ''; do
    for i in "${!LIST[@]}"; do
      parse_facts "${LIST_FACTS[i]}"
      if [ "$SIZE" = 0 ] || [ "${KNOWN_LOGS[${LIST[i]}]}" != "$known" ]; then continue; fi
      [ "${#chosen[@]}" -lt 1000 ] || break 2
      chosen+=("$i") files+=("${LIST[i]}") bytes=$((bytes + (SIZE < 64 ? SIZE : 64)))
    done
  done
  [ "$bytes" -gt 0 ] || return 0
  text=$(last_bytes_of "$bytes" "${files[@]}")
  ask_facts "${files[@]}"
  [ "${#text}" = $((bytes * 3)) ] || ANSWERS=() # one that is shorter moves those after it
  for i in "${chosen[@]}"; do
    parse_facts "${LIST_FACTS[i]}"
    bytes=$((SIZE < 64 ? SIZE : 64))
    ENDINGS[$ID]=${text:at:bytes * 3}
    [ "${ANSWERS[n]}" = "${LIST_FACTS[i]}" ] || ENDINGS[$ID]=$(ending_of "${LIST[i]}" "$SIZE")
    n=$((n + 1)) at=$((at + bytes * 3))
  done
}

last_bytes_of() { # <how many there are of all> <files…>: in one line
  of_each tail -q -c 64 -- "${@:2}" | exec od -An -v -tx1 "-w$1"
} 2>/dev/null

ending_of() { # <file> <size>
  exec od -An -v -tx1 -w64 -j "$(($2 > 64 ? $2 - 64 : 0))" -N "$(($2 > 64 ? 64 : $2))" -- "$1" 2>/dev/null
}

# What could not be held may be another file by now.
has_its_ending() { # <device:inode> <size at the start>
  local file=${HELD[$1]} now=${NOW[$1]} at=${FILE_AT[$1]}
  [ -n "$file" ] || file=${BODIES[at]} now=${FACTS[at]}
  [ -z "${ENDINGS[$1]}" ] || [ "$now" = "${CENSUS[$1]}" ] || [ "$(ending_of "$file" "$2")" = "${ENDINGS[$1]}" ]
}

# By a rotation of somebody's that copied the file and cut it: its last bytes are where they were, in what is new.
is_copied() { # <device:inode> <size at the start>
  local i
  if [ -z "${ENDINGS[$1]}" ] || is_out_of_time; then return 1; fi
  for i in "${!FILES[@]}"; do
    parse_facts "${FACTS[i]}"
    [ -z "${CENSUS[$ID]}${OLD[$ID]}" ] || continue
    [ "$(ending_of <(exec gzip -dcfq -- "${BODIES[i]}") "$2")" != "${ENDINGS[$1]}" ] || return 0
  done
  return 1
} 2>/dev/null

# Every hold that an earlier flush left: part of the census whatever became of its path.
load_holds() {
  local folder path i
  local holds=() origins=()
  [ -n "$STATE" ] || return 0
  HOLD_FOLDERS=("$STATE/held")
  if [ -f "$STATE/hold-folders" ]; then mapfile -t -O 1 HOLD_FOLDERS <"$STATE/hold-folders"; fi
  shopt -s globstar dotglob
  for folder in "${HOLD_FOLDERS[@]}"; do
    for path in "$folder"/*/**; do
      [ -f "$path" ] || continue
      holds+=("$path")
      path=${path#"$folder"/*/}
      origins+=("$ROOT/$path")
    done
  done
  shopt -u globstar dotglob
  ask_facts "${holds[@]}"
  for i in "${!holds[@]}"; do
    parse_facts "${ANSWERS[i]}"
    [ -n "$ID" ] || continue
    HELD[$ID]=${holds[i]} ORIGIN[$ID]=${origins[i]} CENSUS[$ID]=${ANSWERS[i]}
  done
}

look_at_holds() { # → NOW; a hold that somebody removed is none
  local id i=0
  ask_facts "${HELD[@]}"
  for id in "${!HELD[@]}"; do
    NOW[$id]=${ANSWERS[i]}
    [ -n "${NOW[$id]}" ] || unset "HELD[$id]"
    i=$((i + 1))
  done
}

# Whether its compressed form is known, and nobody has written to it since.
has_form() { # <device:inode>
  [ -n "${FORMS[$1]}" ] && [ "${NOW[$1]:-${FORM_FACTS[$1]}}" = "${FORM_FACTS[$1]}" ]
}

# Whether that form is in the inventory, and as it was when it was checked. Where its key is also another's, it is named for that.
is_in_form() { # <device:inode>
  local form=${FORMS[$1]:-none} at
  at=${FILE_AT[${form%% *}]}
  [ -n "$at" ] && [ "${FACTS[at]:-$form}" = "$form" ]
}

know_form() { # <facts of the form> <facts of the file, before that was checked>
  parse_facts "$2"
  FORMS[$ID]=$1
  [ -z "${CENSUS[$ID]}" ] || OLD[${1%% *}]=1
  FORM_FACTS[$ID]=$2
  [ -z "$STATE" ] || printf '%s|%s\n' "$1" "$2" >>"$STATE/formed"
}

# A hard link in a private folder of the same file system costs nothing, even of an empty log whose writer has a buffer, and whoever deletes the file deletes a name only. It lies
# outside of the log's own folder, which may be removed as a whole (a RuntimeDirectory, a container, a pod).
hold() { # paths, facts
  local path i
  local -A wanted=() mounts=()
  for i in "${!paths[@]}"; do
    parse_facts "${facts[i]}"
    if [ -z "$ID" ] || [ -n "${HELD[$ID]}${wanted[$ID]}" ]; then continue; fi
    wanted[$ID]=${paths[i]}
  done
  [ "${#wanted[@]}" -gt 0 ] || return 0
  HOLDS=$((HOLDS + 1))
  if [ -n "$STATE" ]; then hold_in "$STATE/held"; fi # private, since the state is
  [ "${#wanted[@]}" -gt 0 ] || return 0
  ANSWERS=()
  ask_batch mounts_of "${wanted[@]}" # what lies on another device, or behind another mount of the same one
  for path in "${ANSWERS[@]}"; do
    if [ -z "$path" ] || [ -n "${mounts[$path]}" ]; then continue; fi
    mounts[$path]=1 path=${path%/}/.termination-guard
    if ! is_ours "$path" || ! is_ours "$path/$INSTANCE_ID"; then continue; fi
    path=$path/$INSTANCE_ID/held
    case ${HOLD_FOLDERS[*]/#/$'\n'}$'\n' in
      *$'\n'"$path"$'\n'*) ;;
      *)
        HOLD_FOLDERS+=("$path")
        [ -z "$STATE" ] || printf '%s\n' "$path" >>"$STATE/hold-folders"
        ;;
    esac
    hold_in "$path"
  done
} # what cannot be held is told at the end if it is gone then

mounts_of() { # <files…>, in a subshell, whose place it takes
  of_each stat -L -c %m -- "$@" 2>/dev/null
}

hold_in() { # <folder>: of wanted, what can be
  local folder=$1/$MOMENT-$$-$HOLDS id i # a path may be another file in the next hold
  local ids=() names=() links=()
  [ -d "$folder" ] || mkdir -p "$folder" "${1%held}compressing" 2>/dev/null || return 0
  for id in "${!wanted[@]}"; do
    ids+=("$id")
    names+=("./${wanted[$id]#"$ROOT"/}")
    links+=("$folder/${wanted[$id]#"$ROOT"/}")
  done
  [ "${#names[@]}" -gt 0 ] || return 0
  (cd "${ROOT:-/}" && of_each cp -lL --parents -t "$folder" -- "${names[@]}") >"$SAID" 2>&1
  ask_facts "${links[@]}"
  for i in "${!ids[@]}"; do
    parse_facts "${ANSWERS[i]}"
    [ "$ID" = "${ids[i]}" ] || continue
    HELD[$ID]=${links[i]}
    ORIGIN[$ID]=${ORIGIN[$ID]:-${wanted[$ID]}}
    unset 'wanted[$ID]'
  done
}

# What earlier flushes found out: compressed forms, and digests, so that a flush goes on where the last one was cut off.
load_memory() {
  local a='' b c
  [ -n "$STATE" ] || return 0
  b=$(exec stat -c %d -- "$STATE")
  if [ -f "$STATE/device" ]; then read -r a <"$STATE/device"; fi
  a=${a//[!0-9]/}
  # A disk may have another number after a boot or on another machine, and another disk that number.
  [ "${a:-$b}" = "$b" ] || sed -Ei "s/(^|[|\x00])$b:/\1-:/g;s/(^|[|\x00])$a:/\1$b:/g" "$STATE"/{formed,digests,hashed}
  printf '%s\n' "$b" >"$STATE/device"
  if [ -f "$STATE/formed" ]; then while IFS='|' read -r a b; do c=${b%% *} FORMS[$c]=$a OLD[${a%% *}]=1 FORM_FACTS[$c]=$b; done <"$STATE/formed"; fi
  if [ -f "$STATE/digests" ]; then while IFS='|' read -r a b; do DIGESTS[$a]=$b; done <"$STATE/digests"; fi
  [ -f "$STATE/hashed" ] || return 0
  while IFS='|' read -r -d '' a b c; do
    parse_facts "$a"
    [ -n "${HELD[$ID]}" ] || continue # what nobody held may be another file by now
    EVIDENCE[$ID]="$SIZE ${b:44:64}" HASHED[$ID]=$a HASHED_AS[$ID]=$ROOT$c DIGESTS[$a]=${DIGESTS[$a]:-$b}
  done <"$STATE/hashed"
}

# What was hashed is evidence: a file that is hashed again must begin with it.
declare -A EVIDENCE=()    # device:inode → size and SHA-256
declare -A HASHED=() HASHED_AS=() EMPTIED=() # device:inode → facts and path, of an earlier flush; such facts → 1 when it is empty now
declare -A OVERWRITTEN=() # device:inode → the size and SHA-256 that it should begin with

keep_evidence() { # <facts> <md5> <sha256> <file> <path>: ID, SIZE
  local size=${EVIDENCE[$ID]%% *} sum
  if [ -n "$size" ]; then
    sum=$(head -c "$size" -- "$4" | sha256sum)
    [ "${sum:0:64}" = "${EVIDENCE[$ID]#* }" ] || OVERWRITTEN[$ID]=${EVIDENCE[$ID]}
  fi
  EVIDENCE[$ID]="$SIZE $3"
  [ -z "$STATE" ] || printf '%s|%s|%s\0' "$1" "${DIGESTS[$1]}" "${5#"$ROOT"}" >>"$STATE/hashed"
}
