
# --- cron: which configurations it gives to logrotate -------------------------------------------------------------------

# By itself or by a script that it runs, besides those of the profile.
find_cron_configs() {
  local file text
  local -A seen=() known=()
  local files=() scripts=()
  for file in "${CONFIGS[@]}"; do seen[$file]=1; done
  match_files "${LOGROTATE_CRON_FILES[@]}"
  [ "${#MATCHES[@]}" -gt 0 ] || return 0
  files=("${MATCHES[@]}")
  read_text "${files[@]}" # names what cannot be read
  find_scripts -a "${files[@]}"
  find_scripts -I "${scripts[@]}" # not in a binary
  lines_of "$(exec grep -Isl logrotate -- /dev/null "${scripts[@]}")"
  for file in "${SPLIT[@]}"; do IS_CONFIG[$file]=1; done
  for file in "${files[@]}" "${SPLIT[@]}"; do read_commands "$file"; done
}

find_scripts() { # <option of grep> <files…> → scripts: what they run, or give to `run-parts` as a folder
  local named file
  lines_of "$(exec grep -ohsE "$1" '(run-parts[^/]*)?/[a-zA-Z0-9_./-]+' -- /dev/null "${@:2}")"
  for named in "${SPLIT[@]}"; do
    case $named in run-parts*) named="/${named#*/}/*" ;; esac
    rooted "$named"
    for file in $REPLY; do
      if [ ! -f "$file" ] || [ -n "${known[$file]}" ]; then continue; fi
      known[$file]=1
      if [ -x "$file" ] || [ "$file" != "${file%.sh}" ]; then scripts+=("$file"); fi
    done
  done
}

# Each command on a line of its own, without comments, quotes and redirections, and with what it says of its variables.
read_commands() { # <file>
  local line folder='' name value
  local words=()
  local -A variables=()
  while read -r line || [ -n "$line" ]; do
    while [[ $line =~ \$\{([A-Za-z_][A-Za-z_0-9]*)(:?[-=]([^}]*))?\}|\$([A-Za-z_][A-Za-z_0-9]*) ]]; do
      name=${BASH_REMATCH[1]}${BASH_REMATCH[4]}
      value=${variables[$name]:-${BASH_REMATCH[3]:-?}}
      line=${line/"${BASH_REMATCH[0]}"/$value}
    done
    lines_of "$line" '' $' \t'
    words=("${SPLIT[@]}")
    case ${words[0]} in
      for) variables[${words[1]}]=${line#* in } ;;
      [A-Za-z_]*=*) variables[${words[0]%%=*}]=${line#*=} ;; # quotes are gone
    esac
    read_operands "$1"
  done < <(exec sed -E "$COMMANDS_APART" -- "$1" 2>/dev/null)
}

# What goes on in the next line is joined. A list of Python has its words in quotes and commas; `$(which logrotate)` is logrotate.
# shellcheck disable=SC2016 # it is sed
COMMANDS_APART=':a;/\\\r?$/{$!{N;s/\\\r?\n/ /;ba}};s/\r//g;s/(^|\s)#.*//
s/(\$\(|`)(which|command -v|type -p) +([^`)]*)[`)]/\3/g;s/["'\''],\s*["'\'']|\[["'\'']|["'\'']\]/ /g
s/["'\'']//g;s/`([^`]*)`/$\n\1\n/g;y/`;&|()/$\n\n\n\n\n/;s/[0-9]?>+[ \t]*\S*//g
s/(^|\n)\s*(export|readonly|local|declare|typeset)(\s+-[a-zA-Z]+)*\s+/\1/g'

read_operands() { # <file>: words, folder
  local word before='' runs='' given='' odd='' whole=''
  for word in "${words[@]}"; do
    case $runs:$before in
      yes:-[slm] | yes:-[dfv][slm] | yes:-[dfv][dfv][slm] | yes:--state | yes:--log | yes:--mail) ;;
      yes:*) [ "$word" != "${word#-}" ] || read_operand "$1" ;;
      *)
        case $before:${word##*/} in
          cd:* | pushd:*) folder=$word ;;
          *:xargs) odd='xargs' ;;
          *:echo | *:printf | *:logger | -[defhrstvwxL]:*logrotate) return ;; # it is spoken of
          *:mv | *:cp | *:ln | *:rm | *:chmod | *:chown | *:install | *:touch | *:cat | *:ls | *:grep | *:sed) return ;; # or handled
          *:logrotate) runs=yes ;;
        esac
        ;;
    esac
    before=$word
  done
  if [ -n "$runs" ] && [ -n "$odd" ] && [ -z "$given" ]; then unaccounted "$1" 0 "what is $odd, which it gives logrotate?"; fi
}

# Of a folder, each file that logrotate would read, since it refuses the whole for one. The distribution's own
# asks for the configuration of the whole system, which ask_system asks about.
read_operand() { # <file>: word, folder, whole → given, odd; CONFIGS
  local path name=$word
  case $word in
    /*) whole=$word ;;
    *)
      name=$folder/$word whole+=" $word" # it may be the rest of a name in quotes
      rooted "$whole"
      [ ! -f "$REPLY" ] || name=$whole
      ;;
  esac
  case $name in *[?\{$%]*) odd=$word ;; esac
  rooted "$name"
  # shellcheck disable=SC2231,SC2295 # it may be a glob
  for path in $REPLY $REPLY/{,.[!.]}*; do
    if [ "${path#/}" = "$path" ] || [ ! -f "$path" ]; then continue; fi
    case ${path#$REPLY} in /*~ | /*,v | /*.swp | /*.disabled | /*.dpkg-* | /*.rpm* | /*.ucf-*) continue ;; esac
    given=yes
    case $1 in */cron.*/logrotate | */logrotate.service) ! matches_one_of "$path" "${LOGROTATE_SYSTEM[@]}" || continue ;; esac
    [ -n "${seen[$path]}" ] || CONFIGS+=("$path")
    seen[$path]=1
  done
}
