
# --- files: which there are, and the facts of each ----------------------------------------------------------------------

declare -A UNACCOUNTED=() # path → size, a tab, why
declare -A KNOWN_LOGS=()  # log → 1, now or in an earlier flush
declare -A PUBLISHED=()   # path → 1 when a publish glob matches it
declare -A RENAMED=()     # log → 1 when this flush gave it its rotated name
declare -A WATCHED=()     # device:inode → path: what nobody may have open for writing
declare -A WRITING=()     # device:inode → who has it open for writing

match_files() { # <globs…> → MATCHES: the files that they match, each once
  local glob path
  local -A seen=()
  local missing=()
  MATCHES=()
  for glob in "$@"; do
    rooted "$glob"
    for path in $REPLY; do
      [ -z "${seen[$path]}" ] || continue
      seen[$path]=1
      if [ -f "$path" ]; then
        MATCHES+=("$path")
      elif [ ! -e "$path" ] && [ -z "${RENAMED[$path]}" ]; then
        missing+=("$path")
      fi
    done
  done
  ask_why "${missing[@]}"
}

# Names without a file: they vanished, or their file system does not answer. Many in one process, unless one is odd.
ask_why() { # <paths…>
  local path why
  all_vanished "$@" && return
  for path in "$@"; do
    all_vanished "$path" || unaccounted "$path" 0 "cannot be asked about (${why##*: })"
  done
}

all_vanished() { # <paths…> → why not
  [ $# -gt 0 ] || return 0
  while read -r why; do
    case $why in
      *'No such file'* | *'Not a directory'*) ;;
      *) return 1 ;;
    esac
  done < <(of_each stat -L -- "$@" 2>&1 >/dev/null)
}

# Runs a command on any number of files, in few processes. In a subshell, whose place it takes.
of_each() { # <command…> -- <files…>
  local command=()
  while [ "$1" != -- ]; do command+=("$1") && shift; done
  shift
  if [ $# -le 500 ]; then exec "${command[@]}" -- "$@"; fi
  printf '%s\0' "$@" | exec xargs -0 "${command[@]}" --
}

unaccounted() { # <path> <size> <why>
  UNACCOUNTED[$1]=$2$'\t'${3:0:200}
}

# Device and inode, size, time in seconds, time: one line a file. When it is the same twice, nothing was written in between.
facts_of() { # in a subshell, whose place it takes
  of_each stat -L -c '%d:%i %s %Y %y' -- "$@" 2>/dev/null
}

# → ANSWERS: the facts of each file, empty where there is no answer.
ask_facts() { # <files…>
  ANSWERS=()
  [ $# = 0 ] || ask_batch facts_of "$@"
}

# Where some do not answer, halves are asked until it is known which.
ask_batch() { # <command that says a line of each> <files…>
  local half=$(($# / 2)) text
  text=$("$@")
  lines_of "$text"
  if [ "${#SPLIT[@]}" = $(($# - 1)) ]; then
    ANSWERS+=("${SPLIT[@]}")
  elif [ $# = 2 ]; then
    ANSWERS+=("$text")
  else
    ask_batch "$1" "${@:2:half}"
    ask_batch "$1" "${@:half+2}"
  fi
}

# What bash itself reads from a pipe, it reads byte by byte; what it substitutes, it does not. And a here-string of bash 4 is a file,
# for which a full disk has no room.
lines_of() { # <text> [glob of lines to leave out] [other separators] → SPLIT: its lines, but empty ones
  local IFS=${3:-$'\n'}
  set -f
  # shellcheck disable=SC2206 # it is to be split
  SPLIT=($1)
  # shellcheck disable=SC2206,SC2295 # what becomes empty is left out
  [ -z "$2" ] || SPLIT=(${SPLIT[@]##$2})
  set +f
}

parse_facts() { # <facts> → ID SIZE MODIFIED
  local rest
  ID=${1%% *} rest=${1#* }
  SIZE=${rest%% *} rest=${rest#* }
  MODIFIED=${rest%% *}
}

find_publish_globs() { # → GLOBS: the profile's, and those that the platform lists in files, one a line
  local line text
  GLOBS=("${PUBLISH_GLOBS[@]}")
  match_files "${PUBLISH_GLOB_FILES[@]}"
  read_text "${MATCHES[@]}"
  lines_of "$text"
  for line in "${SPLIT[@]}"; do
    line=${line#$'\xef\xbb\xbf'} # the mark of Windows
    case $line in *[[:space:]]'#'*) add_glob "${line%%[[:space:]]'#'*}" ;; esac # a comment, or a part of the name
    add_glob "$line"
  done
}

add_glob() { # <line>
  local glob=${1#"${1%%[![:space:]]*}"}
  glob=${glob%"${glob##*[![:space:]]}"}
  case $glob in [\"\']/*[\"\']) glob=${glob#?} glob=${glob%?} ;; esac
  case $glob in
    /*) GLOBS+=("$glob") ;;
    '' | '#'*) ;;
    *) note "a list publishes $glob: from which folder?" ;;
  esac
}

# What says which files there are, and cannot be read, may name any.
read_text() { # <files…> → text: what they say, each on lines of its own
  local file
  text=''
  for file in "$@"; do IS_CONFIG[$file]=1; done
  if [ $# = 0 ] || { text=$(exec sed '' -- "$@"); } 2>/dev/null; then return; fi
  text=''
  for file in "$@"; do
    { text+=$(exec cat -- "$file")$'\n'; } 2>/dev/null || unaccounted "$file" 0 'cannot be read'
  done
}

# A folder that cannot be listed may hold anything: a glob over it expands to nothing.
ask_folders() {
  local path folder why
  local -A folders=() wanted=()
  for path in "${!KNOWN_LOGS[@]}" "${!PATTERNS[@]}"; do
    for folder in '' "${FOLDERS_BELOW[@]/%//}"; do wanted[${path%/*}/$folder*]=1; done
  done
  for path in "${!wanted[@]}" "${OLD_FOLDERS[@]/%//*}" "${GLOBS[@]}" "${LIVE_GLOBS[@]}" "${LOGROTATE_CONFIGS[@]}" \
    "${LOGROTATE_CRON_FILES[@]}" "${PUBLISH_GLOB_FILES[@]}"; do
    rooted "$path"
    path=$REPLY
    while [ "$path" != "${path%/*}" ]; do # of what is not absolute, no folder is left
      case ${path##*/} in *[*?[]*) for folder in ${path%/*}/; do folders[${folder%/}]=1; done ;; esac
      path=${path%/*}
    done
  done
  can_list "${!folders[@]}" && return
  for folder in "${!folders[@]}"; do
    can_list "$folder" || unaccounted "$folder" 0 "cannot be listed (${why##*: })"
  done
}

can_list() { # <folders…> → why not, but that one is not there
  [ $# -gt 0 ] || return 0
  lines_of "$(exec ls -U -- "${@/%//}" 2>&1 >/dev/null)"
  for why in "${SPLIT[@]}"; do
    case $why in *': No such file or directory' | *': Not a directory') ;; *) return 1 ;; esac
  done
}

# Whether a file of this name would be published. As many slashes on both sides mean that no wildcard stands for one.
would_be_published() { # <path>
  matches_one_of "$1" "${GLOBS[@]}"
}

matches_one_of() { # <path> <globs…>
  local path=${1#"$ROOT"} slashes=${1#"$ROOT"} glob
  shift
  slashes=${slashes//[!\/]/}
  for glob in "$@"; do
    glob=${glob#"$ROOT"}
    # shellcheck disable=SC2053 # it is a glob
    if [ "${glob//[!\/]/}" = "$slashes" ] && [[ $path == $glob ]]; then return; fi
  done
  return 1
}

# A name stands for what it is rotated to as well, and for no other that begins like it.
is_exempt() { # <path>
  # shellcheck disable=SC2180 # it is appended to each
  [ -z "${PUBLISHED[$1]}" ] && matches_one_of "$1" "${EXEMPT_GLOBS[@]}" "${EXEMPT_GLOBS[@]/%/[-.][0-9]*}"
}

# → LIST, LIST_FACTS: each log, whatever it was rotated to, and each published file. What a platform rotates but by its own
# design never publishes is named in the profile (EXEMPT_GLOBS), unless somebody publishes it all the same.
list_files() {
  local path i
  local -A seen=()
  local found=()
  LIST=() LIST_FACTS=() PUBLISHED=()
  match_files "${GLOBS[@]}"
  for path in "${MATCHES[@]}"; do PUBLISHED[$path]=1; done
  found=("${MATCHES[@]}")
  find_logs
  found+=("${LOGS[@]}")
  find_rotated
  found+=("${ROTATED[@]}")
  FOUND=$((FOUND + ${#found[@]}))
  for path in "${found[@]}"; do
    [ -z "${seen[$path]}" ] || continue
    seen[$path]=1
    if is_exempt "$path"; then continue; fi
    LIST+=("$path")
  done
  ask_facts "${LIST[@]}"
  LIST_FACTS=("${ANSWERS[@]}")
  for i in "${!LIST[@]}"; do
    [ -z "${LIST_FACTS[i]}" ] || continue
    if [ -f "${LIST[i]}" ]; then unaccounted "${LIST[i]}" 0 'cannot be asked about'; fi
    unset "LIST[i]" "LIST_FACTS[i]"
  done
}

count_census() { # of an audit, which holds nothing and leaves the logs as they are
  local i
  local left=()
  list_files
  for i in "${!LIST[@]}"; do
    parse_facts "${LIST_FACTS[i]}"
    [ "$SIZE" != 0 ] || continue
    CENSUS_COUNT=$((CENSUS_COUNT + 1))
    if [ -n "${KNOWN_LOGS[${LIST[i]}]}" ] && [ -z "${PUBLISHED[${LIST[i]}]}" ]; then left+=("${LIST[i]}"); fi
  done
  [ "${#left[@]}" = 0 ] || note "logs left alone: ${#left[@]}, such as ${left[0]#"$ROOT"}"
}

# The logs themselves: those that logrotate considers, and the profile's.
find_logs() { # → LOGS: those that exist; KNOWN_LOGS: also those that did, since they have rotated files
  local path
  local missing=()
  match_files "${LIVE_GLOBS[@]}" "${!PATTERNS[@]}" # logrotate says a name with a line break as two
  LOGS=("${MATCHES[@]}")
  for path in "${!CONSIDERED[@]}"; do
    if [ -f "$path" ]; then LOGS+=("$path"); elif [ ! -e "$path" ] && [ -z "${RENAMED[$path]}" ]; then missing+=("$path"); fi
  done
  ask_why "${missing[@]}"
  for path in "${LOGS[@]}" "${!CONSIDERED[@]}"; do
    [ -z "${KNOWN_LOGS[$path]}" ] || continue
    KNOWN_LOGS[$path]=1
    [ -z "$STATE" ] || printf '%s\0' "${path#"$ROOT"}" >>"$STATE/logs"
  done
}

# What became of the logs: files named for one of them, in its own folder or where it is rotated to.
find_rotated() { # → ROTATED
  local log path folder name target extension
  local others=() lengths=() missing=()
  local -A is_log=() pairs=()
  ROTATED=()
  for log in "${!KNOWN_LOGS[@]}"; do
    is_log[$log]=1 folder=${log%/*} name=${log##*/}
    lengths[${#name}]=1
    pairs[$folder/$'\t'$folder/]=1
    target=${TARGETS[$log]}
    [ -z "$target" ] || pairs[${target%/*}/$'\t'$folder/]=1
    for target in "${FOLDERS_BELOW[@]}"; do pairs[$folder/$target/$'\t'$folder/]=1; done
  done
  for target in "${OLD_FOLDERS[@]}"; do
    for log in "${!KNOWN_LOGS[@]}"; do pairs[$target/$'\t'${log%/*}/]=1; done
  done
  for log in "${!PATTERNS[@]}"; do
    for target in "${log%/*}" "${FOLDERS_BELOW[@]/#/${log%/*}/}" "${OLD_FOLDERS[@]}"; do
      # shellcheck disable=SC2206 # it is a glob
      others+=($target/${log##*/}?*)
      for extension in "${!EXTENSIONS[@]}"; do
        # shellcheck disable=SC2206 # so it is
        case $log in *"$extension") name=${log##*/} others+=($target/${name%"$extension"}*[0-9]*"$extension"*) ;; esac
      done
    done
  done
  for path in "${others[@]}"; do was_rotated "$path"; done
  for target in "${!pairs[@]}"; do
    folder=${target#*$'\t'}
    for path in "${target%%$'\t'*}"*; do
      name=${path##*/}
      if is_named_for_log "$name" || is_extended "$name"; then was_rotated "$path"; fi
    done
  done
  ask_why "${missing[@]}"
}

was_rotated() { # <path>
  [ -z "${is_log[$1]}" ] || return 0
  if [ -f "$1" ]; then ROTATED+=("$1"); elif [ ! -e "$1" ]; then missing+=("$1"); fi
}

is_named_for_log() { # <name>
  local length
  for length in "${!lengths[@]}"; do
    [ -z "${is_log[$folder${1:0:length}]}" ] || return 0
  done
  return 1
}

# `app.log` may become `app-20261125.log.gz`: the extension stays at the end.
is_extended() { # <name>
  local extension length
  for extension in "${!EXTENSIONS[@]}"; do
    for ((length = ${#1}; length > 0; length--)); do
      case ${1:length} in *[0-9]*"$extension"*) [ -z "${is_log[$folder${1:0:length}$extension]}" ] || return 0 ;; esac
    done
  done
  return 1
}
