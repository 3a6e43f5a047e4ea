
# --- logrotate: asked, never run for good ---------------------------------------------------------------------------------

declare -A CONSIDERED=()  # log → 1
declare -A TARGETS=()     # log → the name that a rotation would give it, uncompressed
declare -A COMPRESSORS=() # log → the program that would compress it at once
declare -A IS_CONFIG=()   # configuration → 1
declare -A PATTERNS=()    # what the configurations name, whether or not it is there → 1
declare -A EXTENSIONS=()  # what a rotated name ends in, after number or date → 1
ODD_PATTERN='' # quoted, or of another form: which logs it is about, logrotate alone can say
OLD_FOLDERS=() FOLDERS_BELOW=() SYSTEM_CONFIGS=()
SUFFIXES=() PROGRAMS=() # what the configurations say of compression: a suffix and its program

# What an editor of Windows, a page break or a crash leaves in a file, and no logrotate understands.
PLAIN='1s/^\xef\xbb\xbf//;s/[\r\f\v\x00]/ /g'

# Directives say how a log is rotated, and for one that it does not understand (a user, a folder or, before 3.13, a program that is not there,
# a number that is none, a comma), logrotate refuses all of a configuration. What they are about never happens here, but for the
# extension that ends a name.
HOW_NOT_WHICH='/^\s*(p\w+(rotate|remove)|\w+action|endscript|include|(add)?extension[ \t=]+\S)/!{/^\s*[a-z][^{}]*$/d}'

# `logrotate -d` says what a forced rotation would do and does nothing. It is allowed a log with a second hard link, such as our hold
# (before 3.19 it knows neither the directive nor the refusal), and that two blocks name one. As old as 3.8.6 (Amazon Linux 2), it forces no
# log below its `size` unless that is above a `maxsize`, and refuses all of a configuration where the folder of one glob is missing. A file
# that others could write to, it refuses: hence a copy.
ask_logrotate() {
  local config refusal
  local allowed=() olds=()
  if [ -n "$WORK" ] && (umask 077 && printf '%s\n' allowhardlink ignoreduplicates missingok 'maxsize 1' >"$WORK/allowed.conf") 2>/dev/null; then allowed=("$WORK/allowed.conf"); fi
  ask_system
  for config in "${CONFIGS[@]}"; do
    IS_CONFIG[$config]=1
    ask_about "$config" "$config"
    [ "$ANSWERED" = yes ] || ask_about_copy "$config" ''
    [ "$ANSWERED" != yes ] || continue
    refusal=$ANSWERED
    read_old_folders "$config" # after what it did not understand, it has said none
    ask_about_copy "$config" "$HOW_NOT_WHICH"
    case $ANSWERED in
      yes) note "logrotate refuses ${config#"$ROOT"}: $refusal" ;;
      *)
        unaccounted "$config" 0 "logrotate does not say which logs it is about: $refusal"
        read_names "$config" all # what can be is archived all the same
        ;;
    esac
  done
}

# The configuration of the whole system is about many logs. Those count whose rotated form somebody publishes.
ask_system() { # allowed
  local config log
  local logs=() patterns=() refused=()
  for config in "${SYSTEM_CONFIGS[@]}"; do
    ask_about "$config" "$config"
    [ "$ANSWERED" = yes ] || refused+=("$config")
  done
  logs=("${!CONSIDERED[@]}") patterns=("${!PATTERNS[@]}")
  CONSIDERED=() PATTERNS=()
  for log in "${logs[@]}"; do is_published_rotated "$log" "${TARGETS[$log]}" && CONSIDERED[$log]=1; done
  for log in "${patterns[@]}"; do is_published_rotated "$log" && PATTERNS[$log]=1; done
  for config in "${refused[@]}"; do read_names "$config"; done
}

is_published_rotated() { # <log> [the name that logrotate says]: by number, or by date
  local name suffix log=$1
  [ -z "$2" ] || log=${2%/*}/${1##*/}
  matches_one_of "${log%/*}" "${GLOBS[@]%/*}" || return # most of many logs are not even in such a folder
  for name in "$2" "$log".{1,2,9} "$log-19700101"; do
    for suffix in '' .gz "${SUFFIXES[@]}"; do ! would_be_published "$name$suffix" || return 0; done
  done
  return 1
}

# Of what it refuses, logrotate does not say which logs it is about. A name begins a line, or follows another, or a brace.
read_names() { # <configuration> [all: also what nobody publishes, but no program of a script]
  local file name folder
  local files=("$1") olds=()
  lines_of "$(exec sed -nE 's/^\s*include[ \t=]+//p' -- "$1")" '' $' \t\r\n'
  for name in "${SPLIT[@]}"; do
    rooted "$name"
    for file in "$REPLY" "$REPLY"/{,.[!.]}*; do [ ! -f "$file" ] || files+=("$file"); done
  done
  for file in "${files[@]}"; do
    read_old_folders "$file"
    lines_of "$(exec grep -aE "^[[:space:]}]*[\"']?/" -- "$file")" '[!/]*' $' \t\r\n{"\''
    for name in "${SPLIT[@]}"; do
      rooted "$name"
      [ -z "$2" ] || [ -x "$REPLY" ] || PATTERNS[$REPLY]=1
      for folder in . "${olds[@]}"; do
        [ "$folder" != "${folder#/}" ] || folder=${REPLY%/*}/$folder
        if is_published_rotated "$REPLY" || is_published_rotated "$folder/${REPLY##*/}"; then PATTERNS[$REPLY]=1; fi
      done
    done
  done
}

read_old_folders() { # <configuration> → olds
  local folder
  lines_of "$(exec sed -nE 's/^\s*olddir[ \t=]+(.*\S)\s*$/\1/p' -- "$1")"
  olds=("${SPLIT[@]}")
  for folder in "${olds[@]}"; do
    rooted "$folder"
    case $REPLY in /*) OLD_FOLDERS+=("$REPLY") ;; *) FOLDERS_BELOW+=("$REPLY") ;; esac
  done
}

# A log that was empty before, or was not there, was given no name.
ask_for_names() {
  local pattern log
  if [ -n "$ODD_PATTERN" ]; then ask_logrotate; return; fi
  for pattern in "${!PATTERNS[@]}"; do
    for log in $pattern; do
      if [ -f "$log" ] && [ -s "$log" ] && [ -z "${TARGETS[$log]}" ]; then ask_logrotate; return; fi
    done
  done
}

ask_about_copy() { # <configuration> <what sed leaves out>
  [ -n "$WORK" ] && (umask 077 && exec sed -E "$PLAIN;$2" -- "$1" >"$WORK/asked.conf") 2>/dev/null && ask_about "$WORK/asked.conf" "$1"
}

# ANSWERED=yes needs a configuration that was read to its end without an error.
ask_about() { # <file> <configuration>: allowed
  local line
  ANSWERED='it said nothing'
  LOG='' IN_CONFIG=yes TROUBLE='' PATTERN_TEXT='' CONFIG_SUFFIX='' CONFIG_PROGRAM=''
  lines_of "$(bounded 60 logrotate -d -f -s "${WORK:-/nonexistent}/asked.state" "${allowed[@]}" "$1" 2>&1 </dev/null)"
  for line in "${SPLIT[@]}"; do hear "$line"; done
  [ -z "$TROUBLE" ] || ANSWERED=${TROUBLE//"$1"/"${2#"$ROOT"}"}
  [ -z "$CONFIG_PROGRAM$CONFIG_SUFFIX" ] || remember_compression
}

# The words of logrotate 3.7.8 to 3.21.
hear() { # <line>
  local rest log
  case $PATTERN_TEXT$1 in 'rotating pattern: '*) hear_patterns "$1" ;; esac
  case $1 in
    *'destination '*' already exists'*)
      rest=${1#*destination }
      rest=${rest%% already exists*}
      TARGETS[$LOG]=${rest%"${CONFIG_SUFFIX:-.gz}"}
      ;;
    "error: $WORK/allowed.conf:"*) ;;
    'error: '*'ignoring line'*) # before 3.20, a name ends at a brace, and what is in it is no option
      rest=${1#error: } log=${rest#*"unknown option '"}
      if grep -qF "{${log%%"'"*}" -- "${rest%:*"unknown option '"*}"; then TROUBLE=${TROUBLE:-$rest}; fi
      ;;
    'Ignoring '*', because of '*) ;; # as its name asks for
    'Ignoring '*' because '[!i]*) TROUBLE=${TROUBLE:-$1} ;; # of its mode, or its owner: before 3.9, no error
    'error: '*) [ "$IN_CONFIG" = no ] || TROUBLE=${TROUBLE:-${1#error: }} ;;
    'compress_prog is now '*) CONFIG_PROGRAM=${1#compress_prog is now } ;;
    'compress_ext is now '*) CONFIG_SUFFIX=${1#compress_ext is now } ;;
    'extension is now '* | 'addextension is now '*) EXTENSIONS[${1#*extension is now }]=1 ;;
    'olddir is now /'*) OLD_FOLDERS+=("${1#olddir is now }") ;;
    'olddir is now '*) FOLDERS_BELOW+=("${1#olddir is now }") ;;
    'Handling '*' logs') IN_CONFIG=no ANSWERED=yes ;;
    'considering log '*)
      rest=${1#considering log }
      CONSIDERED[$rest]=1
      LOG=$rest
      ;;
    'rotating log '*', log->rotateCount is '*)
      LOG=${1#rotating log } LOG=${LOG%, log->rotateCount is *}
      BLOCK+=("$LOG")
      ;;
    'renaming '*' (rotatecount '*) ;; # what is older makes room
    'renaming '*' to '* | 'copying '*' to '*) # with sharedscripts, after all logs of the block were named
      rest=${1#* } log=${rest%% to *}
      [ -z "${CONSIDERED[$log]}" ] || LOG=$log
      case $1 in "renaming $LOG to "* | "copying $LOG to "*) TARGETS[$LOG]=${rest#"$LOG to "} ;; esac
      ;;
    'compressing log with: '*) # so is the whole block
      for log in "${BLOCK[@]}"; do COMPRESSORS[$log]=${1#compressing log with: }; done
      BLOCK=()
      ;;
  esac
}

# A pattern is said as it was written: over several lines, quoted, with spaces. Where there is no log any more, there may be one
# that was deleted, and what it was rotated to. A path within it begins with a slash after a blank.
hear_patterns() { # <line>
  local rest
  PATTERN_TEXT+=$1' '
  case $1 in *' forced from command line'*) ;; *) return ;; esac
  rest=${PATTERN_TEXT#rotating pattern: } PATTERN_TEXT='' BLOCK=()
  rest=" ${rest%% forced from command line*}"
  case $rest in *[\"\'\\~]*) ODD_PATTERN=yes ;; esac
  rest=${rest//[\"\'\\]/}
  lines_of "${rest//[[:blank:]]\//$'\n'}"
  for rest in "${SPLIT[@]}"; do
    rest=${rest%"${rest##*[![:space:]]}"}
    [ -z "$rest" ] || PATTERNS[/${rest%,}]=1
    case $rest in *[[:space:]]*) ODD_PATTERN=yes ;; esac
  done
}

remember_compression() {
  local suffix=$CONFIG_SUFFIX
  if [ -z "$suffix" ]; then
    case ${CONFIG_PROGRAM##*/} in
      xz) suffix=.xz ;;
      bzip2) suffix=.bz2 ;;
      zstd) suffix=.zst ;;
      *) suffix=.gz ;;
    esac
  fi
  SUFFIXES+=("$suffix") PROGRAMS+=("${CONFIG_PROGRAM:-gzip}")
}
