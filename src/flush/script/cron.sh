
# --- cron: which configurations it gives to logrotate -------------------------------------------------------------------

# By itself or by a script that it runs, besides those of the profile.
find_cron_configs() {
  local file text
  local -A seen=()
  local files=() scripts=()
  for file in "${CONFIGS[@]}"; do seen[$file]=1; done
  match_files "${LOGROTATE_CRON_FILES[@]}"
  [ "${#MATCHES[@]}" -gt 0 ] || return 0
  files=("${MATCHES[@]}")
  read_text "${files[@]}" # names what cannot be read
  lines_of "$(exec grep -aohsE '/[a-zA-Z0-9_./-]+' -- "${files[@]}")"
  for file in "${SPLIT[@]}"; do
    rooted "$file"
    if [ -f "$REPLY" ] && [ -x "$REPLY" ]; then scripts+=("$REPLY"); fi
  done
  lines_of "$(exec grep -Isl logrotate -- /dev/null "${scripts[@]}")" # not in a binary
  for file in "${SPLIT[@]}"; do IS_CONFIG[$file]=1; done
  for file in "${files[@]}" "${SPLIT[@]}"; do read_commands "$file"; done
}

# Each command on a line of its own, without comments, quotes and redirections, and with what it says of its variables.
read_commands() { # <file>
  local line folder='' value
  local words=()
  local -A variables=()
  while read -r line; do
    while [[ $line =~ \$\{?([A-Za-z_][A-Za-z_0-9]*)\}? ]]; do
      value=${variables[${BASH_REMATCH[1]}]:-?}
      line=${line/"${BASH_REMATCH[0]}"/$value}
    done
    lines_of "${line#*export }" '' $' \t'
    words=("${SPLIT[@]}")
    case ${words[0]} in
      cd) folder=${words[1]} ;;
      for) variables[${words[1]}]=${line#* in } ;;
      [A-Za-z_]*=*) variables[${words[0]%%=*}]=${words[0]#*=} ;;
    esac
    read_operands "$1"
  done < <(exec sed -E ':a;/\\$/{$!{N;s/\\\n/ /;ba}};s/(^|[[:space:]])#.*//;s/["'\'']//g;y/`;&|()/$\n\n\n\n\n/;s/[0-9]?>+[[:blank:]]*[^[:space:]]*//g' -- "$1" 2>/dev/null)
}

read_operands() { # <file>: words, folder
  local word before='' runs='' given='' odd='' path
  for word in "${words[@]}"; do
    case $runs:$before:$word in
      yes:-[slm]:* | yes:--state:* | yes:--log:* | yes:--mail:* | yes:*:-*) ;;
      yes:*)
        case $word in *[?\{$]*) odd=$word ;; esac
        [ "${word#/}" != "$word" ] || word=$folder/$word
        rooted "$word"
        for path in $REPLY; do
          if [ "${path#/}" = "$path" ] || { [ ! -f "$path" ] && [ ! -d "$path" ]; }; then continue; fi
          given=yes
          [ -n "${seen[$path]}" ] || CONFIGS+=("$path")
          seen[$path]=1
        done
        ;;
      :*:echo | :*:printf | :*:logger | :-[efstvx]:*logrotate) break ;; # it is spoken of
      :*:logrotate | :*:*/logrotate) runs=yes ;;
    esac
    before=$word
  done
  if [ -n "$odd" ] && [ -z "$given" ]; then unaccounted "$1" 0 "what is $odd, which it gives logrotate?"; fi
}
