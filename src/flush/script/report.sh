
# --- report: the accounts, the manifest --------------------------------------------------------------------

declare -A LIVE=() ACCOUNTED=()
declare -A WRITERS_LEFT=() # path → name of a writer that is still there

# Each entry of the census is in the inventory with all its bytes, or in a checked form there, or live; or it is unaccounted for.
account() {
  local id path size now why
  for id in "${!CENSUS[@]}"; do
    parse_facts "${NOW[$id]}"
    now=${SIZE:-0}
    parse_facts "${CENSUS[$id]}"
    size=$SIZE path=${ORIGIN[$id]}
    why='cut or written over by somebody'
    [ "$size" != 0 ] || size=$now
    if [ "$size" = 0 ] || [ -n "${UNACCOUNTED[$path]}${LIVE[$path]}" ]; then continue; fi
    if [ -n "${FILE_AT[$id]}" ]; then
      [ -n "${FACTS[${FILE_AT[$id]}]}" ] || continue # it shares its key, and is named for that
      parse_facts "${FACTS[${FILE_AT[$id]}]}"
      now=$SIZE
    elif is_in_form "$id"; then
      has_form "$id" || lost "$path" "$size" 'written after it was compressed'
      [ -n "${HELD[$id]}" ] || continue # it was checked when it was compressed
    elif is_live_inode "$id"; then
      continue
    else
      why='gone, and nothing holds it'
      [ -z "${HELD[$id]}" ] || why="held with $now bytes, and in no inventory"
      now=-1
    fi
    { [ "$now" -ge "$size" ] && has_its_ending "$id" "$size"; } || is_copied "$id" "$size" || lost "$path" "$size" "$why"
  done
  for id in "${!OVERWRITTEN[@]}"; do
    size=${OVERWRITTEN[$id]%% *}
    case " ${HASHES[*]} " in
      *"${OVERWRITTEN[$id]#* }"*) ;; # a copy of it is in the inventory
      *) lost "${ORIGIN[$id]:-${FILES[${FILE_AT[$id]}]}}" "$size" 'cut or written over by somebody after it was hashed' ;;
    esac
  done
  remember_unaccounted
}

is_live_inode() { # <device:inode>: where it is now, it is live
  [ -n "${LIVE[${WATCHED[$1]}]}" ]
}

lost() { # <path> <size> <why>
  unaccounted "$1" "$2" "$3"
  LOST[$1]=1
}

declare -A LOST=()

# What an earlier flush called unaccounted is accounted for when the inventory has it now. What was lost stays lost.
remember_unaccounted() {
  local kind size why path
  if [ -n "$STATE" ] && [ -f "$STATE/unaccounted" ]; then
    while IFS=$'\t' read -r -d '' kind size why path; do
      path=$ROOT$path
      [ -z "${UNACCOUNTED[$path]}" ] || continue
      if [ "$kind" = lost ]; then
        lost "$path" "$size" "$why"
      elif is_answered "$path"; then
        ACCOUNTED[$path]=1
      else
        unaccounted "$path" "$size" "$why"
      fi
    done <"$STATE/unaccounted"
  fi
  [ -n "$STATE" ] || return 0
  for path in "${!UNACCOUNTED[@]}"; do
    kind=open
    [ -z "${LOST[$path]}" ] || kind=lost
    printf '%s\t%s\t%s\0' "$kind" "${UNACCOUNTED[$path]}" "${path#"$ROOT"}"
  done >"$STATE/unaccounted"
}

# In the inventory now, or found empty, or a configuration that was understood, or a folder that was listed.
is_answered() { # <path>
  if [ -n "${NAMED[$1]}" ] || [ -d "$1" ]; then return; fi
  [ -f "$1" ] && { [ ! -s "$1" ] || [ -n "${IS_CONFIG[$1]}" ]; }
}

# Where it cannot be known which logs there are, there is no manifest: one without files would pass for an empty instance.
report() {
  local line packed key digest
  [ "${#GLOBS[@]}" -gt 0 ] || die 'nothing here says which files must be in S3: is this the right profile?'
  if [ "${#LOGROTATE_CONFIGS[@]}" -gt 0 ] && [ "${#CONFIGS[@]}" = 0 ]; then
    die 'no logrotate configuration found: is this the right profile?'
  fi
  [ $((FOUND + ${#CONFIGS[@]})) -gt 0 ] || die 'no file of the profile is on this machine, not even an empty one: is this the right profile?'
  packed=$(records | gzip -n | exec base64 -w 0)
  [ -n "$packed" ] || die 'cannot pack the manifest'
  line="termination-guard manifest 2 $packed end"
  if [ "${#line}" -gt 20000 ]; then # SSM keeps the first 24,000 characters of what a command says
    key=$MANIFEST_PREFIX$INSTANCE_ID/$(date -u +%Y%m%dT%H%M%SZ)-$$.gz
    digest=$(printf '%s' "$packed" | base64 -d | sha256sum)
    put_manifest "$key" || die "cannot put the manifest into S3: ${NO_CLI:-$(said)}"
    line="termination-guard manifest-at 2 $key ${digest:0:64} end"
  fi
  printf '%s\n' "$line" >&3
}

put_manifest() { # <key>
  local arguments=()
  [ -z "$NO_CLI" ] || return 1
  command -v aws >/dev/null || { NO_CLI='there is no AWS CLI on this machine' && return 1; }
  encryption --sse --sse-kms-key-id
  DEADLINE=$((DEADLINE + 30)) # kept back for this
  printf '%s' "$packed" | base64 -d | bounded 60 aws --region "$REGION" s3 cp "${arguments[@]}" - "s3://$BUCKET/$1" >"$SAID" 2>&1
}

records() { # NUL after each; the path comes last, since it may hold anything but NUL
  local i path text hashes up=''
  read -r up _ 2>/dev/null </proc/uptime # did it boot since the action began, perhaps from another disk?
  printf 'manifest\t2\t%s\t%s\t%s\t%s\0' "$INSTANCE_ID" "$PURPOSE" "$CENSUS_COUNT" "${up%%.*}"
  for i in "${!FILES[@]}"; do
    parse_facts "${FACTS[i]}"
    hashes=${HASHES[i]// /$'\t'} # MD5 and SHA-256, then those of an upload in parts
    text=${hashes#*$'\t'*$'\t'}
    printf 'file\t%s\t%s\t%s\t%s\t%s\0' "$SIZE" "${hashes%$'\t'"$text"}" "$MODIFIED" "$text" "${FILES[i]#"$ROOT"}"
  done
  for path in "${!LIVE[@]}"; do printf 'live\t%s\t%s\0' "${LIVE[$path]}" "${path#"$ROOT"}"; done
  for path in "${!UNACCOUNTED[@]}"; do printf 'unaccounted\t%s\t%s\0' "${UNACCOUNTED[$path]}" "${path#"$ROOT"}"; done
  for path in "${!ACCOUNTED[@]}"; do printf 'accounted\t%s\0' "${path#"$ROOT"}"; done
  for path in "${!WRITERS_LEFT[@]}"; do printf 'writer\t%s\t%s\0' "${WRITERS_LEFT[$path]}" "${path#"$ROOT"}"; done
  for text in "${NOTES[@]}"; do printf 'note\t%s\0' "$text"; done
  printf 'end\t%s\0' "$((1 + ${#FILES[@]} + ${#LIVE[@]} + ${#UNACCOUNTED[@]} + ${#ACCOUNTED[@]} + ${#WRITERS_LEFT[@]} + ${#NOTES[@]}))"
}
