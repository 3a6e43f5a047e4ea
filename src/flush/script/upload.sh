
# --- upload: what nobody publishes, and what S3 was found to lack ---------------------------------------------------------

declare -A WANTED=() UPLOADED=()
SMALL=8388608 # below it the AWS CLI makes one PUT of a file, whose ETag is its MD5

key_of() { # <path> → KEY
  local path=${1#"$ROOT"}
  case $KEY_RULE in
    underscores) KEY=$PREFIX${path//\//_} ;;
    path) KEY=$PREFIX${path#/} ;;
  esac
}

# Two paths that share a key: one object cannot be both. Neither overwrites the other, and both are named.
tell_shared_keys() {
  local i other
  local -A owner=()
  for i in "${!FILES[@]}"; do
    key_of "${FILES[i]}"
    other=${owner[$KEY]}
    if [ -z "$other" ]; then owner[$KEY]=$i; else share "$i" "${FILES[other]}" && share "$other" "${FILES[i]}"; fi
  done
  for i in "${!FILES[@]}"; do
    if [ -n "${SHARING[$i]}" ]; then unset "FILES[i]" "BODIES[i]" "FACTS[i]" "HASHES[i]"; fi
  done
}

declare -A SHARING=()
share() { # <index> <the other path>
  SHARING[$1]=1
  parse_facts "${FACTS[$1]}"
  unaccounted "${FILES[$1]}" "$SIZE" "its key is also that of ${2#"$ROOT"}"
}

# UPLOAD is empty for the platform's publisher, `*` for every file, otherwise a list: only what is also in the inventory is ever
# uploaded. What no publisher publishes goes up in the first flush.
upload_directly() {
  local i path
  local chosen=()
  if [ -n "$UPLOAD" ] && [ "$UPLOAD" != '*' ] && [ "${#WANTED[@]}" = 0 ]; then
    while read -r -d '' path; do WANTED[$ROOT$path]=1; done < <(printf '%s' "$UPLOAD" | base64 -d | gzip -dc)
    [ "${#WANTED[@]}" -gt 0 ] || note 'the list of files to upload cannot be read'
  fi
  for i in "${!FILES[@]}"; do
    [ -z "${UPLOADED[${FILES[i]}]}${EMPTIED[${FACTS[i]}]}" ] || continue
    if [ "$UPLOAD" = '*' ] || [ -n "${WANTED[${FILES[i]}]}" ] || is_ours_to_publish "$i"; then chosen+=("$i"); fi
  done
  [ "${#chosen[@]}" -gt 0 ] || return 0
  upload_all
}

# In an audit only the platform publishes, and the audit lists what it lacks.
is_ours_to_publish() { # <index>
  local hashed=${DIGESTS[${FACTS[$1]}]%% *}
  [ "$PURPOSE" = termination ] || return 1
  if [ -n "${PUBLISHED[${FILES[$1]}]}" ] && [ "${BODIES[$1]}" = "${FILES[$1]}" ]; then return 1; fi
  [ -z "$UPLOAD" ] || [ "$hashed" = "$MOMENT" ]
}

# The smallest goes first, alone and bounded: where the AWS CLI does not answer, that is found at once and told.
upload_all() { # chosen
  local i smallest=${chosen[0]} least
  local small=() rest=()
  if [ -n "$NO_CLI" ]; then return; fi
  if ! command -v aws >/dev/null; then no_cli 'there is no AWS CLI on this machine'; return; fi
  parse_facts "${FACTS[smallest]}"
  least=$SIZE
  for i in "${chosen[@]}"; do
    parse_facts "${FACTS[i]}"
    if [ "$SIZE" -lt "$least" ]; then smallest=$i least=$SIZE; fi
  done
  know_cli
  [ -z "$NO_CLI" ] || return 0
  put "$smallest" "$((60 + least / 1000000))"
  case $? in 124 | 137) no_cli 'the AWS CLI does not answer' && return ;; esac
  for i in "${chosen[@]}"; do
    [ "$i" != "$smallest" ] || continue
    parse_facts "${FACTS[i]}"
    if [ "${#chosen[@]}" -gt 16 ] && [ "$SIZE" -lt "$SMALL" ] && has_plain_name "$i"; then small+=("$i"); else rest+=("$i"); fi
  done
  [ "${#small[@]}" = 0 ] || put_many "${small[@]}"
  put_few "${rest[@]}"
  [ "$FAILED" = 0 ] || note "$FAILED uploads failed: $(said)"
}

NO_CLI='' FAILED=0 KNOWS_SHA256=''

no_cli() { # <why>
  NO_CLI=$1
  note "nothing is uploaded directly: $1"
}

know_cli() {
  local skeleton
  [ -z "$KNOWS_SHA256" ] || return 0
  skeleton=$(bounded 60 aws s3api put-object --generate-cli-skeleton 2>/dev/null)
  case $? in 124 | 137) no_cli 'the AWS CLI does not answer' ;; esac
  case $skeleton in *ChecksumSHA256*) KNOWS_SHA256=yes ;; *) KNOWS_SHA256=no ;; esac
}

put_few() { # <indexes>: four at once
  local i pid
  local pids=()
  for i in "$@"; do
    if is_out_of_time; then note 'there was no time to upload everything'; break; fi
    put "$i" 86400 &
    pids+=($!)
    [ "${#pids[@]}" -lt 4 ] || { wait_for_puts "${pids[@]}" && pids=(); }
    UPLOADED[${FILES[i]}]=1
  done
  wait_for_puts "${pids[@]}"
}

wait_for_puts() {
  local pid
  for pid in "$@"; do wait "$pid" || FAILED=$((FAILED + 1)); done
}

# S3 checks the body against the digest that the manifest reports, so that a file which changes meanwhile is refused.
put() { # <index> <seconds>
  local i=$1 body md5 sha256 error status
  local arguments=()
  lines_of "${HASHES[i]}" '' ' '
  md5=${SPLIT[0]} sha256=${SPLIT[1]}
  find_body "$i"
  key_of "${FILES[i]}"
  if [ "$SIZE" -gt "$SINGLE_PUT" ]; then
    encryption --sse --sse-kms-key-id
    arguments=(s3 cp --only-show-errors "${arguments[@]}" "$body" "s3://$BUCKET/$KEY")
  else
    encryption --server-side-encryption --ssekms-key-id
    [ "$KNOWS_SHA256" != yes ] || arguments+=(--checksum-sha256 "$(base64_of "$sha256")")
    arguments=(s3api put-object --bucket "$BUCKET" --key "$KEY" --body "$body" --content-md5 "$(base64_of "$md5")" "${arguments[@]}")
  fi
  error=$(bounded "$2" aws --region "$REGION" "${arguments[@]}" 2>&1 >/dev/null)
  status=$?
  UPLOADED[${FILES[i]}]=1
  [ "$status" = 0 ] || printf '%s' "${error:-exit $status}" >"$SAID"
  return "$status"
}

find_body() { # <index> → body, SIZE: the path may be gone, its hold is not
  parse_facts "${FACTS[$1]}"
  body=${BODIES[$1]}
  [ -e "$body" ] || body=${HELD[$ID]:-$body}
}

encryption() { # <the option for the algorithm> <the one for the key> → arguments
  case $ENCRYPTION in
    '') ;;
    aws:kms:*) arguments+=("$1" aws:kms "$2" "${ENCRYPTION#aws:kms:}") ;;
    *) arguments+=("$1" "$ENCRYPTION") ;;
  esac
}

has_plain_name() { # <index>: one that a folder can have, and that the AWS CLI reads
  key_of "${FILES[$1]}"
  local name=${KEY#"$PREFIX"}
  case $name in *[!a-zA-Z0-9_./:@,+=%\ -]* | /* | *//* | *\ ) return 1 ;; esac
  [ "${#name}" -lt 250 ] || [ "$KEY_RULE" = path ]
}

# One process of the AWS CLI for all of them: a folder of links that are named as the keys are.
put_many() { # <indexes>
  local i folder=$WORK/upload body link status
  local -A folders=()
  local arguments=() same=() links=()
  if [ -z "$WORK" ] || ! rm -rf -- "$folder" || ! mkdir -m 700 "$folder" 2>/dev/null; then put_few "$@"; return; fi
  for i in "$@"; do
    UPLOADED[${FILES[i]}]=1
    key_of "${FILES[i]}"
    link=$folder$ROOT/${KEY#"$PREFIX"}
    find_body "$i"
    if [ "$link" = "$folder$body" ]; then same+=("$body") && continue; fi
    folders[${link%/*}]=1 links+=("$body" "$link")
  done
  [ "${#same[@]}" = 0 ] || printf '%s\0' "${same[@]}" | xargs -0 cp -s --parents -t "$folder" --
  [ "${#links[@]}" = 0 ] || {
    printf '%s\0' "${!folders[@]}" | xargs -0 mkdir -p --
    printf '%s\0' "${links[@]}" | xargs -0 -n 2 ln -s --
  }
  encryption --sse --sse-kms-key-id
  bounded 86400 aws --region "$REGION" s3 cp --recursive --only-show-errors "${arguments[@]}" "$folder$ROOT" "s3://$BUCKET/$PREFIX" >"$SAID" 2>&1
  status=$?
  [ "$status" = 0 ] || note "uploading ${#} files at once ended with exit $status: $(said)"
  rm -rf -- "$folder"
}

base64_of() { # <hex digits>
  printf '%s\n' "$1" | bytes_of "${#1}" | base64 -w 0
}
