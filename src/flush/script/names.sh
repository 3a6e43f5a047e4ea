
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
  find_leftovers
  compress_all
  replace_by_forms
}

# A glob may name what an earlier flush has renamed: it is owed under that name, and a flush that gave another would never end.
can_be_named() { # <file> <facts>
  if [ -z "${KNOWN_LOGS[$1]}" ] || [ -n "${PUBLISHED[$1]}" ] || [ ! -s "$1" ] || [ -L "$1" ]; then return 1; fi
  parse_facts "$2"
  [ -z "${WRITING[$ID]}${EVIDENCE[$ID]}${DIGESTS[$2]}${OLD[$ID]}" ]
}

name_log() { # <log> <facts>
  local log=$1 target=${TARGETS[$1]} suffix='' program=''
  if [ -z "$target" ]; then
    [ -n "${CONSIDERED[$log]}" ] || return 0 # a live glob of the profile: archived as it stands
    target=$log-$MOMENT
  fi
  is_in_reach "$log" "${target%/*}" || target=${log%/*}/${target##*/}
  free_name "$target"
  target=$REPLY
  choose_form "$target" "${COMPRESSORS[$log]}"
  if ! mv -nT -- "$log" "$target" 2>"$SAID" || [ -e "$log" ]; then
    note "${log#"$ROOT"} cannot be renamed: $(said)"
    return
  fi
  RENAMED[$log]=1
  [ -z "$program" ] || want_form "$target" "$2" "$target$suffix" "$program"
}

declare -A REACHED=() # two folders → yes
# A rename to where no link can be made, on another device or behind another mount of the same one, would be a copy.
is_in_reach() { # <log> <folder>
  local pair=${1%/*}//$2 link=$2/.termination-guard-$$
  [ "${1%/*}" != "$2" ] || return 0
  [ -d "$2" ] || mkdir -p "$2"
  [ -n "${REACHED[$pair]}" ] || { ln -T -- "$1" "$link" && rm -f -- "$link" && REACHED[$pair]=yes; }
} 2>/dev/null

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
find_leftovers() {
  local path facts suffix program count=0
  for path in "${ROTATED[@]}"; do
    case $path in *.gz | *.xz | *.bz2 | *.zst | *.Z | *.lz4 | *.lzo | *.zip) continue ;; esac
    [ -z "${FORM_NAMES[$path]}" ] || continue
    if [ ! -s "$path" ] || [ -L "$path" ] || [ -n "${PUBLISHED[$path]}" ] || is_exempt "$path"; then continue; fi
    suffix='' program=''
    choose_form "$path" ''
    [ -n "$program" ] || continue
    count=$((count + 1))
    if [ "$count" -gt 500 ] || is_out_of_time; then return; fi # they are uploaded as they are
    facts=$(facts_of "$path")
    parse_facts "$facts"
    if [ -z "$ID" ] || [ -n "${WRITING[$ID]}" ]; then continue; fi
    REPLY=$path
    [ ! -e "$path$suffix" ] || free_name "$path-$MOMENT"
    want_form "$path" "$facts" "$REPLY$suffix" "$program"
  done
}

declare -A FORM_NAMES=()    # file → the name of the compressed form that it is to have
declare -A FORM_PROGRAMS=() # file → the program that compresses it
declare -A BARE_FACTS=()    # file → its facts before that
declare -A REPLACED_BY=()   # file → its compressed form, which is in place
COMPRESSING=()              # forms that were tried

want_form() { # <file> <its facts> <to> <program>
  BARE_FACTS[$1]=$2 FORM_NAMES[$1]=$3 FORM_PROGRAMS[$1]=$4
}

# The compressed form takes the file's place only where the file is held and the form is checked to hold the same bytes.
# Where there is no room for it, or time, the file stays as it is.
compress_all() {
  local folder path i
  local paths=("${!FORM_NAMES[@]}") facts=() held=() small=()
  for path in "${paths[@]}"; do facts+=("${BARE_FACTS[$path]}"); done
  hold
  for folder in "${HOLD_FOLDERS[@]}"; do
    held=() small=()
    for path in "${paths[@]}"; do
      parse_facts "${BARE_FACTS[$path]}"
      case ${HELD[$ID]} in "$folder"/*) [ "$path" -ef "${HELD[$ID]}" ] || continue ;; *) continue ;; esac
      held+=("$path")
      [ "$SIZE" -gt 10000000 ] || small+=("$path") # what is large costs its bytes, not its processes
    done
    for ((i = 0; i < ${#small[@]}; i += 500)); do gzip_many "${small[@]:i:500}"; done
    for path in "${held[@]}"; do [ -n "${REPLACED_BY[$path]}" ] || is_out_of_time || compress "$path"; done
  done
}

# Of many files, gzip gives each its suffix, mode and time in one process. What it cannot, or does wrong, is done file by file.
gzip_many() { # <files, held in folder>
  local path apart=${folder%held}compressing
  local names=() files=() forms=()
  for path in "$@"; do
    [ "${FORM_PROGRAMS[$path]##*/} ${FORM_NAMES[$path]}" != "gzip $path.gz" ] || names+=("${path#"$ROOT"/}")
  done
  [ "${#names[@]}" -gt 0 ] || return 0
  (cd "${ROOT:-/}" && exec cp -lL --parents -t "$apart" -- "${names[@]}") >"$SAID" 2>&1
  (cd "$apart" && bounded "$COMMAND_SECONDS" gzip -nf -- "${names[@]}") >"$SAID" 2>&1 # it removes its link of the file
  for path in "${names[@]}"; do
    [ ! -f "$apart/$path.gz" ] || { files+=("$ROOT/$path") && forms+=("$apart/$path.gz"); }
  done
  COMPRESSING+=("${forms[@]}")
  hold_the_same gzip || return 0
  (cd "$apart" && exec cp -ln --parents -t "$ROOT/" -- "${forms[@]#"$apart/"}") >"$SAID" 2>&1
  for path in "${files[@]}"; do
    [ ! "$path.gz" -ef "$apart/${path#"$ROOT"/}.gz" ] || REPLACED_BY[$path]=$path.gz
  done
}

compress() { # <file, held in folder>
  local form to=${FORM_NAMES[$1]} program=${FORM_PROGRAMS[$1]}
  parse_facts "${BARE_FACTS[$1]}"
  form=$folder/compressing-${ID#*:}
  COMPRESSING+=("$form")
  if ! try_to_compress "$1" "$form" "$program" && { [ "${to%.gz}" = "$to" ] || ! try_to_compress "$1" "$form" gzip; }; then
    note "cannot compress ${1#"$ROOT"} with $program: $(said)"
    return
  fi
  if ln -T -- "$form" "$to" 2>/dev/null || place_copy "$form" "$to" "$program" "$1"; then REPLACED_BY[$1]=$to; fi
}

try_to_compress() { # <file> <form> <program>
  local files=("$1") forms=("$2")
  bounded "$COMMAND_SECONDS" "$3" <"$1" >"$2" 2>"$SAID" || return 1
  cp --attributes-only --preserve=mode,timestamps -- "$1" "$2"
  hold_the_same "$3"
}

place_copy() { # <form> <to> <program> <file>: where a hard link cannot reach
  local files=("$4") forms=("$2")
  [ ! -e "$2" ] && cp -n -p -- "$1" "$2" 2>/dev/null && hold_the_same "$3"
}

# Whether compressed files hold the bytes of others, one after the other, whatever compressed them.
hold_the_same() { # <program, or a name with its suffix>: forms, files
  local program statuses
  local sums=()
  [ "${#forms[@]}" -gt 0 ] || return
  case ${1##*/} in
    xz | *.xz) program=xz ;;
    bzip2 | *.bz2) program=bzip2 ;;
    zstd | *.zst) program=zstd ;;
    *) program=gzip ;;
  esac
  cat -- "${forms[@]}" | bounded "$COMMAND_SECONDS" "$program" -dc | sha256sum - <(exec cat -- "${files[@]}") | mapfile -t sums
  statuses="${PIPESTATUS[*]}"
  [ "$statuses" = 0000 ] && [ "${sums[0]:0:64}" = "${sums[1]:0:64}" ]
} 2>/dev/null

replace_by_forms() {
  local path i=0
  ask_facts "${REPLACED_BY[@]}"
  for path in "${!REPLACED_BY[@]}"; do
    [ -z "${ANSWERS[i]}" ] || know_form "${ANSWERS[i]}" "${BARE_FACTS[$path]}"
    i=$((i + 1))
  done
  [ "${#COMPRESSING[@]}" = 0 ] || (of_each rm -f -- "${!REPLACED_BY[@]}" "${COMPRESSING[@]}")
}
