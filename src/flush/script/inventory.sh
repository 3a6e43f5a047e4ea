
# --- inventory: what must be in S3, with its digests ----------------------------------------------------------------------

declare -A FILE_AT=()  # device:inode → index in FILES
declare -A NAMED=()    # path → index in FILES
declare -A DIGESTS=()  # facts → when it was hashed, MD5, SHA-256, multipart ETag, multipart SHA-256
FILES=()    # the path that gives the key
BODIES=()   # where the bytes lie now
FACTS=() HASHES=() NEXT=0
SINGLE_PUT=5368709120 # more than one PUT can carry goes up in parts

take_inventory() {
  list_files
  add_to_inventory
}

# LIST, but what is empty, and in a termination what somebody still writes: that is live.
add_to_inventory() {
  local i
  local names=() bodies=() facts=()
  for i in "${!LIST[@]}"; do
    parse_facts "${LIST_FACTS[i]}"
    if [ "$SIZE" = 0 ] || [ -n "${FILE_AT[$ID]}" ]; then continue; fi
    if [ "$PURPOSE" = termination ] && [ -n "${WRITING[$ID]}" ]; then continue; fi
    if [ "$PURPOSE" = audit ] && [ -z "${PUBLISHED[${LIST[i]}]}" ]; then continue; fi # it stays in service, and so do its logs
    names+=("${LIST[i]}") bodies+=("${LIST[i]}") facts+=("${LIST_FACTS[i]}")
  done
  hash_all
}

# Many files in few processes, and none again that an earlier flush has hashed.
hash_all() { # names, bodies, facts
  local i
  local unknown=() large=() batch=()
  for i in "${!names[@]}"; do
    if [ -n "${DIGESTS[${facts[i]}]}" ]; then
      enter "${names[i]}" "${bodies[i]}" "${facts[i]}"
    else
      parse_facts "${facts[i]}"
      if [ "$SIZE" -gt 1000000000 ]; then large+=("$i"); else unknown+=("$i"); fi
    fi
  done
  for ((i = 0; i < ${#unknown[@]}; i += 500)); do
    batch=("${unknown[@]:i:500}")
    hash_batch "${batch[@]}"
  done
  for i in "${large[@]}"; do hash_batch "$i"; done # one after the other, and last: the small ones are done in time
}

# A batch in which a file changed or vanished meanwhile is done again file by file.
hash_batch() { # <indexes in names, bodies, facts>
  local i n=0
  local files=() before=() md5s=() sha256s=() again=()
  if is_out_of_time; then not_in_time "$@"; return; fi
  for i in "$@"; do files+=("${bodies[i]}") before+=("${facts[i]}"); done
  {
    lines_of "$(bounded 86400 sha256sum -- "${files[@]}" 2>/dev/null)"
    sha256s=("${SPLIT[@]}")
    mapfile -t md5s <&4
  } 4< <(bounded 86400 md5sum -- "${files[@]}" 2>/dev/null) # both at once
  lines_of "$(facts_of "${files[@]}")"
  again=("${SPLIT[@]}")
  if [ "${#md5s[@]}:${#sha256s[@]}:${before[*]}" != "$#:$#:${again[*]}" ]; then
    if [ $# = 1 ]; then
      if is_out_of_time; then not_in_time "$@"; else could_not_hash "$1" "${again[0]}"; fi
    else
      for i in "$@"; do hash_again "$i"; done
    fi
    return
  fi
  for i in "$@"; do
    md5s[n]=${md5s[n]#\\} sha256s[n]=${sha256s[n]#\\} # a backslash comes first when the name has odd characters
    remember "${facts[i]}" "${md5s[n]:0:32}" "${sha256s[n]:0:64}" "${bodies[i]}" "${names[i]}"
    enter "${names[i]}" "${bodies[i]}" "${facts[i]}"
    n=$((n + 1))
  done
}

hash_again() { # <index>
  facts[$1]=$(facts_of "${bodies[$1]}")
  parse_facts "${facts[$1]}"
  [ "${SIZE:-0}" = 0 ] || hash_batch "$1" # an upload of what is empty now would go over what somebody has shipped
}

# What changes or vanishes meanwhile is found by the last look; what cannot be read is named.
could_not_hash() { # <index> <facts afterwards>
  local path=${names[$1]}
  note "${path#"$ROOT"} cannot be read, or is being written to"
  parse_facts "${facts[$1]}"
  if [ "$2" = "${facts[$1]}" ]; then
    unaccounted "$path" "$SIZE" 'cannot be read'
  elif [ -n "$2" ] && [ "$PURPOSE" = termination ] && [ -z "${WRITING[$ID]}" ]; then
    tell_unseen "$path"
  fi
}

not_in_time() { # <indexes>
  local i
  for i in "$@"; do
    parse_facts "${facts[i]}"
    unaccounted "${names[i]}" "$SIZE" 'not looked at: out of time'
  done
}

remember() { # <facts> <md5> <sha256> <file> <path>
  local multipart='- -'
  parse_facts "$1"
  if [ "$SIZE" -gt "$SINGLE_PUT" ]; then multipart_digests "$4" "$SIZE" && multipart=$REPLY; fi
  DIGESTS[$1]="$MOMENT $2 $3 $multipart"
  [ "$PURPOSE" != termination ] || keep_evidence "$@"
  [ -z "$STATE" ] || printf '%s|%s\n' "$1" "${DIGESTS[$1]}" >>"$STATE/digests"
}

# What S3 keeps of an upload in parts: the digest of the parts' digests. The AWS CLI's parts are 8 MiB, twice as large as often as
# it takes to need no more than 10,000. → REPLY: ETag and composite SHA-256
multipart_digests() { # <file> <size>
  local part parts etag sha256
  part_size "$2"
  part=$REPLY parts=$((($2 + REPLY - 1) / REPLY))
  { read -r etag <&4 && read -r sha256 <&5; } 4< <(bounded 86400 split -b "$part" --filter=md5sum -- "$1" | bytes_of 32 | md5sum) \
    5< <(bounded 86400 split -b "$part" --filter=sha256sum -- "$1" | bytes_of 64 | sha256sum)
  is_out_of_time && return 1
  REPLY="${etag:0:32}-$parts $(printf '%s\n' "${sha256:0:64}" | bytes_of 64 | base64 -w 0)-$parts"
}

part_size() { # <size> → REPLY
  REPLY=8388608
  while [ $((($1 + REPLY - 1) / REPLY)) -gt 10000 ]; do REPLY=$((REPLY * 2)); done
}

bytes_of() { # <hex digits a line>: the bytes that the lines write
  local hex bytes i
  while read -r hex; do
    bytes=''
    for ((i = 0; i < $1; i += 2)); do bytes+=\\x${hex:i:2}; done
    # shellcheck disable=SC2059 # the digits become the format: \x41\x42…
    printf "$bytes"
  done
}

enter() { # <path> <body> <facts>
  local at=${NAMED[$1]} # it was written meanwhile
  parse_facts "$3"
  [ -n "$at" ] || { at=$NEXT && NEXT=$((NEXT + 1)); }
  FILES[at]=$1 BODIES[at]=$2 FACTS[at]=$3 HASHES[at]=${DIGESTS[$3]#* }
  FILE_AT[$ID]=$at NAMED[$1]=$at
}

# What we made is held as well, before a publisher can remove it.
hold_inventory() {
  local paths=("${BODIES[@]}") facts=("${FACTS[@]}")
  hold
}

# What was hashed by an earlier flush, perhaps one that told nobody, and was emptied since (a publisher may do so to what it has shipped):
# S3 must have it as it was, and alone says whether it does.
owe_emptied() {
  local id path
  for id in "${!HASHED[@]}"; do
    path=${HASHED_AS[$id]}
    parse_facts "${NOW[$id]}"
    [ "$SIZE${FILE_AT[$id]}" = 0 ] || continue
    if [ -n "${NAMED[$path]}" ]; then OVERWRITTEN[$id]=${EVIDENCE[$id]} && continue; fi # its name is another's
    EMPTIED[${HASHED[$id]}]=1
    enter "$path" "${HELD[$id]}" "${HASHED[$id]}"
  done
}

# What is held, and nowhere else any more: the hold itself goes into the inventory under its old path, unless a compressed form of
# it is there.
adopt_orphans() {
  local id path i
  local -A here=() given=() whole=()
  local names=() bodies=() facts=() ids=()
  look_at_holds
  ask_facts "${LIST[@]}" # what was listed may be gone
  for i in "${ANSWERS[@]}"; do parse_facts "$i" && here[${ID:-gone}]=1; done
  for i in "${ANSWERS[@]}" "${NOW[@]}"; do whole[${i:-gone}]=1; done
  owe_emptied
  for id in "${!HELD[@]}"; do
    if [ -n "${here[$id]}${FILE_AT[$id]}" ]; then continue; fi
    if has_form "$id" && { is_in_form "$id" || [ -n "${whole[${FORMS[$id]}]}" ]; }; then continue; fi
    ids+=("$id")
  done
  for id in "${ids[@]}"; do
    path=${ORIGIN[$id]}
    parse_facts "${NOW[$id]}"
    [ "${SIZE:-0}" != 0 ] || continue
    if [ "$path" -ef "${HELD[$id]}" ]; then
      names+=("$path") bodies+=("$path") facts+=("${NOW[$id]}") # where it was, though no list has it now
      continue
    fi
    if find_form "$id" "$path"; then continue; fi
    if [ -n "${NAMED[$path]}${given[$path]}" ] || [ -e "$path" ]; then path=$path-${id#*:}; fi
    given[$path]=1
    names+=("$path") bodies+=("${HELD[$id]}") facts+=("${NOW[$id]}")
  done
  hash_all
}

# Somebody else may have compressed it.
find_form() { # <device:inode> <path>
  local form facts
  local forms=() files=("${HELD[$1]}")
  for form in "$2".*; do
    case $form in *.gz | *.xz | *.bz2 | *.zst) ;; *) continue ;; esac
    facts=$(facts_of "$form")
    parse_facts "$facts"
    [ -n "${FILE_AT[$ID]}" ] || continue
    forms=("$form")
    if hold_the_same "$form"; then
      know_form "$facts" "${NOW[$1]}"
      return 0
    fi
  done
  return 1
}
