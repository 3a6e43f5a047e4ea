
# --- names: a log whose writer is gone need only be given its rotated name ------------------------------------------------

# Renaming keeps the inode, and runs no script of a rotation, deletes nothing, and collides with nothing: the name is one that
# `logrotate -d` says, and never that of an existing file.
give_names() {
  local log path
  list_files
  watch
  scan_files
  find_unseen_writers
  for log in "${LOGS[@]}"; do
    can_be_named "$log" && name_log "$log"
  done
  compress_leftovers
}

can_be_named() { # <log>
  if [ ! -f "$1" ] || [ ! -s "$1" ] || [ -L "$1" ] || [ -n "${PUBLISHED[$1]}" ] || is_exempt "$1"; then return 1; fi
  parse_facts "$(facts_of "$1")"
  [ -n "$ID" ] && [ -z "${WRITING[$ID]}" ]
}

name_log() { # <log>
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
  [ -z "$program" ] || compress "$target" "$target$suffix" "$program"
}

is_one_device() { # <folder> <folder>: a rename between devices would be a copy
  local devices
  [ "$1" != "$2" ] || return 0
  mkdir -p "$2" 2>/dev/null
  mapfile -t devices < <(stat -L -c %d -- "$1" "$2" 2>/dev/null)
  [ "${#devices[@]}" = 2 ] && [ "${devices[0]}" = "${devices[1]}" ]
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
  local path suffix program count=0
  for path in "${ROTATED[@]}"; do
    case $path in *.gz | *.xz | *.bz2 | *.zst | *.Z | *.lz4 | *.lzo | *.zip) continue ;; esac
    if [ ! -s "$path" ] || [ -L "$path" ] || [ -n "${PUBLISHED[$path]}" ] || is_exempt "$path"; then continue; fi
    suffix='' program=''
    choose_form "$path" ''
    [ -n "$program" ] || continue
    count=$((count + 1))
    if [ "$count" -gt 500 ] || is_out_of_time; then return; fi # they are uploaded as they are
    parse_facts "$(facts_of "$path")"
    if [ -z "$ID" ] || [ -n "${WRITING[$ID]}" ]; then continue; fi
    if [ -e "$path$suffix" ]; then
      free_name "$path-$MOMENT"
      compress "$path" "$REPLY$suffix" "$program"
    else
      compress "$path" "$path$suffix" "$program"
    fi
  done
}

# The compressed form takes the file's place only where the file is held and the form is checked to hold the same bytes.
# Where there is no room for it, or time, the file stays as it is.
compress() { # <file> <to> <program>
  local file=$1 id held form
  parse_facts "$(facts_of "$file")"
  id=$ID held=${HELD[$ID]}
  [ -n "$held" ] || { hold "$file" && held=${HELD[$id]}; }
  [ -n "$held" ] || return 0
  for form in "${HOLD_FOLDERS[@]}"; do
    case $held in "$form"/*) break ;; esac
  done
  form=$form/compressing
  if ! try_to_compress "$file" "$form" "$3" && { [ "${2%.gz}" = "$2" ] || ! try_to_compress "$file" "$form" gzip; }; then
    rm -f -- "$form"
    note "cannot compress ${file#"$ROOT"} with $3: $(said)"
    return
  fi
  touch -r "$file" -- "$form" && chmod --reference="$file" -- "$form"
  if ln -T -- "$form" "$2" 2>/dev/null || place_copy "$form" "$2"; then
    parse_facts "$(facts_of "$2")"
    know_form "$id" "$ID"
    rm -f -- "$file"
  fi
  rm -f -- "$form"
}

place_copy() { # <file> <to>: where a hard link cannot reach
  [ ! -e "$2" ] && cp -n -p -- "$1" "$2" 2>/dev/null && [ "$(sha256_of "$1" | cut -c 1-64)" = "$(sha256_of "$2" | cut -c 1-64)" ]
}

try_to_compress() { # <file> <form> <program>
  local whole
  bounded "$COMMAND_SECONDS" "$3" <"$1" >"$2" 2>"$SAID" || return 1
  whole=$(bounded "$COMMAND_SECONDS" sha256sum <"$1" 2>/dev/null) || return 1
  [ -n "$whole" ] && [ "$(content_sha256 "$2" "$3")" = "$whole" ]
}

# The digest of what a compressed file holds, whatever compressed it.
content_sha256() { # <file> <program or name with a suffix>
  local program
  case ${2##*/} in
    xz | *.xz) program=xz ;;
    bzip2 | *.bz2) program=bzip2 ;;
    zstd | *.zst) program=zstd ;;
    *) program=gzip ;;
  esac
  bounded "$COMMAND_SECONDS" "$program" -dc <"$1" 2>/dev/null | sha256sum
  [ "${PIPESTATUS[0]}" = 0 ]
}
