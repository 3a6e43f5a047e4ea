
# --- names: a log whose writer is gone need only be given its rotated name ------------------------------------------------

# Renaming keeps the inode, and runs no script of a rotation, deletes nothing, and collides with nothing: the name is one that
# `logrotate -d` says, and never that of an existing file.
give_names() {
  local i
  list_files
  watch
  scan_files
  find_unseen_writers
  for i in "${!LIST[@]}"; do
    can_be_named "${LIST[i]}" "${LIST_FACTS[i]}" && name_log "${LIST[i]}" "${LIST_FACTS[i]}"
  done
  compress_leftovers
  replace_by_forms
}

can_be_named() { # <file> <facts>
  if [ -z "${KNOWN_LOGS[$1]}" ] || [ -n "${PUBLISHED[$1]}" ] || [ ! -s "$1" ] || [ -L "$1" ]; then return 1; fi
  parse_facts "$2"
  [ -z "${WRITING[$ID]}" ]
}

name_log() { # <log> <facts>
  local log=$1 target=${TARGETS[$1]} suffix='' program=''
  if [ -z "$target" ]; then
    [ -n "${CONSIDERED[$log]}" ] || return 0 # a live glob of the profile: archived as it stands
    target=$log-$MOMENT
  fi
  if ! is_one_device "${log%/*}" "${target%/*}"; then target=${log%/*}/${target##*/}; fi
  free_name "$target"
  target=$REPLY
  choose_form "$target" "${COMPRESSORS[$log]}"
  if ! mv -nT -- "$log" "$target" 2>"$SAID" || [ -e "$log" ]; then
    note "${log#"$ROOT"} cannot be renamed: $(said)"
    return
  fi
  [ -z "$program" ] || compress "$target" "$2" "$target$suffix" "$program"
}

declare -A DEVICES=() # two folders → their devices
is_one_device() { # <folder> <folder>: a rename between devices would be a copy
  [ "$1" != "$2" ] || return 0
  [ -d "$2" ] || mkdir -p "$2" 2>/dev/null
  [ -n "${DEVICES[$1//$2]}" ] || DEVICES[$1//$2]=$(exec stat -L -c %d -- "$1" "$2" 2>/dev/null)
  lines_of "${DEVICES[$1//$2]}"
  [ "${#SPLIT[@]}" = 2 ] && [ "${SPLIT[0]}" = "${SPLIT[1]}" ]
}

# → REPLY: the name, or the next of its kind that neither a file nor a compressed file has.
free_name() { # <name>
  local base=$1 digits number suffix taken
  digits=${base##*[!0-9]}
  while :; do
    taken=no
    for suffix in '' .gz "${SUFFIXES[@]}"; do
      if [ -e "$base$suffix" ] || [ -L "$base$suffix" ]; then taken=yes; fi
    done
    REPLY=$base
    [ "$taken" = yes ] || return 0
    case ${#digits} in
      1 | 2 | 3 | 4 | 10) ;; # a number in a row, or a second; not a date, whose next may be no date
      *) base=$base-$((MOMENT - 1)) digits=$((MOMENT - 1)) ;;
    esac
    number=$((10#$digits + 1))
    base=${base%"$digits"}$number digits=$number
  done
}

# The form under which somebody publishes it; the platform's own where nobody does. → suffix, program
choose_form() { # <name> <program that would compress it at once, if any>
  local i own=''
  for i in "${!SUFFIXES[@]}"; do [ "${PROGRAMS[i]}" != "$2" ] || own=${SUFFIXES[i]}; done
  if [ -n "$2" ] && would_be_published "$1${own:-.gz}"; then suffix=${own:-.gz} program=$2; return; fi
  if would_be_published "$1"; then return; fi
  for i in "${!SUFFIXES[@]}"; do
    if would_be_published "$1${SUFFIXES[i]}"; then suffix=${SUFFIXES[i]} program=${PROGRAMS[i]}; return; fi
  done
  if would_be_published "$1.gz"; then suffix=.gz program=gzip; return; fi
  [ -z "$2" ] || { suffix=${own:-.gz} program=$2; }
}

# Rotated files that nobody publishes as they are (`delaycompress` left them) and somebody would in a compressed form.
compress_leftovers() {
  local path facts suffix program count=0
  for path in "${ROTATED[@]}"; do
    case $path in *.gz | *.xz | *.bz2 | *.zst | *.Z | *.lz4 | *.lzo | *.zip) continue ;; esac
    [ -z "${REPLACED_BY[$path]}" ] || continue
    if [ ! -s "$path" ] || [ -L "$path" ] || [ -n "${PUBLISHED[$path]}" ] || is_exempt "$path"; then continue; fi
    suffix='' program=''
    choose_form "$path" ''
    [ -n "$program" ] || continue
    count=$((count + 1))
    if [ "$count" -gt 500 ] || is_out_of_time; then return; fi # they are uploaded as they are
    facts=$(facts_of "$path")
    parse_facts "$facts"
    if [ -z "$ID" ] || [ -n "${WRITING[$ID]}" ]; then continue; fi
    if [ -e "$path$suffix" ]; then
      free_name "$path-$MOMENT"
      compress "$path" "$facts" "$REPLY$suffix" "$program"
    else
      compress "$path" "$facts" "$path$suffix" "$program"
    fi
  done
}

# The compressed form takes the file's place only where the file is held and the form is checked to hold the same bytes.
# Where there is no room for it, or time, the file stays as it is.
compress() { # <file> <its facts> <to> <program>
  local id held form
  local paths=("$1") facts=("$2")
  hold
  parse_facts "$2"
  id=$ID held=${HELD[$ID]}
  [ "$1" -ef "$held" ] || return 0
  for form in "${HOLD_FOLDERS[@]}"; do
    case $held in "$form"/*) break ;; esac
  done
  form=$form/compressing-${id#*:}
  COMPRESSING+=("$form")
  if ! try_to_compress "$1" "$form" "$4" && { [ "${3%.gz}" = "$3" ] || ! try_to_compress "$1" "$form" gzip; }; then
    note "cannot compress ${1#"$ROOT"} with $4: $(said)"
    return
  fi
  if ln -T -- "$form" "$3" 2>/dev/null || place_copy "$form" "$3" "$4" "$1"; then
    REPLACED_BY[$1]=$3 REPLACED_FACTS[$1]=$2
  fi
}

COMPRESSING=() # forms that were tried
declare -A REPLACED_BY=() REPLACED_FACTS=() # file → its compressed form, its facts before

replace_by_forms() {
  local path i=0
  ask_facts "${REPLACED_BY[@]}"
  for path in "${!REPLACED_BY[@]}"; do
    parse_facts "${REPLACED_FACTS[$path]}"
    [ -z "${ANSWERS[i]}" ] || know_form "$ID" "${ANSWERS[i]%% *}" "${REPLACED_FACTS[$path]}"
    i=$((i + 1))
  done
  [ "${#COMPRESSING[@]}" = 0 ] || (of_each rm -f -- "${!REPLACED_BY[@]}" "${COMPRESSING[@]}")
}

place_copy() { # <form> <to> <program> <file>: where a hard link cannot reach
  [ ! -e "$2" ] && cp -n -p -- "$1" "$2" 2>/dev/null && holds_the_same "$2" "$3" "$4"
}

try_to_compress() { # <file> <form> <program>
  bounded "$COMMAND_SECONDS" "$3" <"$1" >"$2" 2>"$SAID" || return 1
  cp --attributes-only --preserve=mode,timestamps -- "$1" "$2"
  holds_the_same "$2" "$3" "$1"
}

# Whether a compressed file holds the bytes of another, whatever compressed it.
holds_the_same() { # <compressed file> <program, or a name with its suffix> <file>
  local program statuses
  local sums=()
  case ${2##*/} in
    xz | *.xz) program=xz ;;
    bzip2 | *.bz2) program=bzip2 ;;
    zstd | *.zst) program=zstd ;;
    *) program=gzip ;;
  esac
  bounded "$COMMAND_SECONDS" "$program" -dc <"$1" 2>/dev/null | sha256sum - "$3" 2>/dev/null | mapfile -t sums
  statuses=${PIPESTATUS[*]}
  sums[1]=${sums[1]#\\} # a backslash comes first when the name has odd characters
  [ "$statuses" = 000 ] && [ "${sums[0]:0:64}" = "${sums[1]:0:64}" ]
}
