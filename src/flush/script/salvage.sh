#!/bin/bash -p
# Flushes the logs on a copy of a dead machine's disk, which is attached to this one, under the dead machine's name. Reports as the
# flush does (main.sh), of which it has most parts. The disk is a stranger's: nothing on it is executed, and nothing on it leads off
# it. Needs what the flush needs, and findutils and util-linux.
[ -n "${BASH_VERSION:-}" ] || exec bash -p "$0" "$@"
#@settings
SALVAGE=yes

main() {
  # However we end, the kernel takes a mount of our own namespace away, and whatever we have started. What this machine unmounts
  # meanwhile is unmounted here, too, where its `unshare` knows how.
  if [ "$1" != inside ]; then
    if unshare -m --propagation slave true 2>/dev/null; then set -- --propagation slave; fi
    exec unshare -m -p -f "$@" "$BASH" -p "$0" inside
  fi
  stand
  lock
  enter_disk
  leave_out_what_is_large
  find_what_to_flush
  flush_of_another_disk
  report
}

# Nobody writes there any more, so each log gets the name that its rotation would have given it.
flush_of_another_disk() {
  find_holds
  stay_on_disk
  translate_configs
  ask_logrotate
  name_configs_as_before
  stay_on_disk
  trust_no_compressor
  take_census
  tell_other_disks
  give_names
  take_inventory
  hold_inventory
  adopt_orphans
  tell_shared_keys
  upload_directly
  account
}

watch() { :; } # nobody writes there
scan_files() { :; }
find_unseen_writers() { :; }

PARTS=()     # the disk and its partitions, largest first
ROOT_PART='' # the one on which the logs are
declare -A BOUND=() # folder → 1 where a link took its place

enter_disk() {
  local part type why=''
  [ -n "$WORK" ] || die 'there is nowhere to mount a disk'
  cd "$ROOT/" && find_disk
  ROOT=$WORK/disk UPLOAD=${UPLOAD:-*} # the platform's publisher is on the disk
  trap 'umount "$ROOT" 2>/dev/null; rmdir "$ROOT" && rm -rf "$WORK"/*' EXIT
  if ! mount --make-rslave / || ! mkdir -p "$ROOT"; then die 'no mount can be private here'; fi
  for part in "${PARTS[@]}"; do
    type=$(blkid -p -o value -s TYPE "/dev/$part")
    if ! mount_part; then
      why+=" $part: ${type:-no file system} ($(said));"
    elif [ -d "$ROOT/etc" ] || [ -d "$ROOT/var/log" ]; then
      ROOT_PART=$part
      keep_links_inside
      follow_binds
      know_owner
      return
    else
      umount "$ROOT"
      why+=" $part: neither /etc nor /var/log;"
    fi
  done
  die "$DISK cannot be salvaged:$why"
}

# Read-write, since the kernel replays the journal of what was not unmounted: on the copy.
mount_part() {
  local options=rw,nodev,nosuid,noexec
  case $type in
    ext[234]) options+=,errors=remount-ro ;; # its own wish may be a panic
    xfs) options+=,nouuid ;; # this machine may be made of the same image
    *) echo 'not mounted' >"$SAID" && return 1 ;;
  esac
  mount -t "$type" -o "$options" "/dev/$part" "$ROOT" 2>"$SAID"
}

# On Nitro a disk's serial is its volume, on Xen the name of the attachment tells. What is in use here is no copy.
find_disk() { # in the root of this machine
  local path text disk='' name=${DISK#*/}
  for path in sys/block/*/device/serial; do
    read -r text <"$path"
    text=${text%% *} path=${path%/device/serial}
    [ "${text/#vol/vol-}" != "${DISK%%/*}" ] || disk=${path##*/}
  done
  for path in "$name" "${name/sd/xvd}"; do
    if [ -z "$disk" ] && [ -b "$path" ]; then path=$(readlink -f "$path") disk=${path##*/}; fi
  done
  [ -n "$disk" ] || die "$DISK is not attached"
  for path in "sys/class/block/$disk" "sys/class/block/$disk/$disk"*; do
    read -r text <"$path/dev"
    if is_in_use "$text" "${path##*/}" "$path/holders"; then
      die "${path##*/} is in use on this machine: attach a copy of the volume"
    fi
    read -r text <"$path/size"
    PARTS+=("$text ${path##*/}")
  done
  lines_of "$(printf '%s\n' "${PARTS[@]}" | sort -rn)"
  PARTS=("${SPLIT[@]#* }")
}

is_in_use() { # <major:minor> <name> <folder of what is made of it>: in whatever namespace
  grep -qsE " ($1|/dev/$2) |^/dev/$2\s" proc/[0-9]*/mountinfo proc/swaps || [ -n "$(ls "$3")" ]
}

# A link to a place of this machine leads to that place of the disk instead, or is taken away.
keep_links_inside() {
  local link target depth device base
  device=$(stat -L -c %d "$ROOT") base=$(exec readlink -m "$ROOT")
  find_links '/*' ! -lname "$ROOT/*" -printf '%p\0%l\0' | while read -r -d '' link && read -r -d '' target; do
    bend "$link" "$ROOT$target"
  done
  all_known "${PIPESTATUS[*]}"
  find_links '..*' -printf '%d%p\0%l/\0' | while read -r -d '' link && read -r -d '' target; do
    depth=${link%%/*} link=/${link#*/}
    while [ "$target" != "${target#../}" ]; do target=${target#../} target=${target#"${target%%[!/]*}"} depth=$((depth - 1)); done
    [ "$depth" -ge 1 ] || bend "$link" "$ROOT/${target%/}" # above the root of its machine is that root
  done
  all_known "${PIPESTATUS[*]}"
  find_links '*..*' -print0 | while read -r -d '' link; do
    [ ! -e "$link" ] || continue
    target=$(exec readlink -m -- "$link")
    case $target/ in "$base"/*) bend "$link" "$ROOT${target#"$base"}" ;; *) drop "$link" ;; esac # it may be there later
  done
  all_known "${PIPESTATUS[*]}"
  find_links '*..*' -print0 | xargs -0 -r stat -L --printf '%d %n\0' -- | while read -r -d '' link; do
    [ "${link%% *}" = "$device" ] || take_away "${link#* }"
  done
  all_known "${PIPESTATUS[*]}"
}

bend() { # <link> <target>
  ln -sfnT -- "$2" "$1" || { drop "$1" && ln -s -- "$2" "$1"; } || take_away "$1"
}

drop() { # <link>: its folder may be immutable
  rm -f -- "$1" || { chattr -ia -- "${1%/*}" && rm -f -- "$1"; }
}

all_known() { # <how those ended who looked for them>
  [ -z "${1//0/}" ] || die 'not all links of the disk are known'
}

# Where a folder stands for a disk (testbed/local), its mount point is a link to that: hence -H here, and -L above.
find_links() { # <what they say> <what else find is told>
  bounded 86400 find -H "$ROOT" -xdev -type l -lname "$@"
}

take_away() { # <link>
  drop "$1" || die 'a link that leads off the disk stays'
  unaccounted "$1" 0 'a link that leads off the disk'
}

# A folder of this disk that its machine showed at another place, too, where nothing else is: a link to it takes that place.
follow_binds() {
  local table=$ROOT/etc/fstab source folder type options
  if [ ! -f "$table" ] || is_large "$table"; then return; fi
  while IFS=$' \t' read -r source folder type options _ || [ -n "$source" ]; do
    case $source,$options, in /*,bind,* | /*,rbind,*) ;; *) continue ;; esac
    printf -v source %b "$ROOT$source"
    printf -v folder %b "$ROOT${folder%/}"
    if stays "$source" && stays "$folder" && [ -d "$source" ] && rmdir -- "$folder" && ln -s -- "$source" "$folder"; then BOUND[$folder]=1; fi
  done <"$table" 2>"$SAID"
}

know_owner() {
  local owner='' file=$ROOT/var/lib/cloud/data/instance-id
  [ ! -f "$file" ] || read -r owner <"$file"
  [ "${owner:-$INSTANCE_ID}" = "$INSTANCE_ID" ] || die "$DISK is the disk of $owner"
}

# What lies where another file system was mounted is not what was written there, whatever links lead there. Each that the machine had
# needs a place that this one tells.
tell_other_disks() {
  local path place folder others=${OTHER_VOLUMES:-0}
  local -A mounts=() volumes=() marks=() named=() meant=() places=()
  know_parts
  find_mounts
  for path in "${!marks[@]}"; do [ -n "${named[$path]}" ] || others=$((others + 1)); done
  if [ "$others" -gt "${#volumes[@]}" ]; then
    unaccounted "$ROOT/" 0 "other volumes of the machine, or parts of this one: $others, of which this disk tells where they were mounted: ${#volumes[@]}"
  fi
  for path in "${GLOBS[@]}" "${LIVE_GLOBS[@]}" "${!PATTERNS[@]}" "${!KNOWN_LOGS[@]}" "${OLD_FOLDERS[@]/%//*}"; do
    rooted "$path"
    for folder in "${!mounts[@]}"; do
      # shellcheck disable=SC2053 # a glob may stand for the folder
      if [[ $REPLY == "$folder"/* || $folder == ${REPLY%/*} ]]; then was_elsewhere "$folder"; fi
    done
    while [ "$REPLY" != "${REPLY#"$ROOT"/}" ]; do
      for place in $REPLY; do places[$place]=1; done
      REPLY=${REPLY%/*}
    done
  done
  for folder in "${!mounts[@]}"; do meant[$(exec readlink -m -- "$folder")/]=$folder; done
  printf '%s\0' "${!places[@]}" | xargs -0 -r readlink -mz -- | while read -r -d '' path; do
    for folder in "${!meant[@]}"; do
      case $path/ in "$folder"*) was_elsewhere "${meant[$folder]}" ;; esac
    done
  done
}

# The other parts of the disk that hold something: a file system, or what one is made of. Firmware's own is no place of logs.
know_parts() { # → marks: what each may be called by
  local part text
  for part in "${PARTS[@]}"; do
    text=$(blkid -p -o export "/dev/$part" 2>/dev/null)$'\n'
    case $text in *$'\n'TYPE=*) marks[$part]=$'\n'${text//=/$'\n'} ;; esac
    case $part:$text in "$ROOT_PART":* | *$'\n'TYPE=vfat$'\n'* | *$'\n'TYPE=swap$'\n'*) named[$part]=1 ;; esac
  done
}

# By the table of file systems, or a unit of systemd; and where there is memory on each machine.
find_mounts() { # → mounts, the volumes of them, and the parts that are named
  local device folder rest path separators what where
  mounts[$ROOT/run]=1 mounts[$ROOT/dev]=1
  for path in "$ROOT"/etc/fstab "$ROOT"/etc/systemd/system/{,*.{wants,requires}/}*.mount \
    "$ROOT"/usr/lib/systemd/system/*.{wants,requires}/*.mount; do
    [ -f "$path" ] || continue
    if is_large "$path"; then unaccounted "$path" 0 'is too large to be read' && continue; fi
    separators=$' \t'
    case $path in *.mount) separators+='=' ;; esac
    what='' where=''
    while IFS=$separators read -r device folder rest || [ -n "$device" ]; do
      case $path:$device in
        */fstab:[!#]*) was_mounted "$device" "$folder" ;;
        *.mount:What) what=$folder${rest:+=$rest} ;;
        *.mount:Where) where=$folder ;;
      esac
    done <"$path"
    was_mounted "$what" "$where"
  done
}

# No other volume: a part of this disk, what has no device, and a device that EBS does not make.
was_mounted() { # <device> <folder, in which a blank is written \040, or \x20>
  local device=${1//\"/} folder part
  printf -v folder %b "$2"
  case $folder in /?*) ;; *) return ;; esac
  [ -z "${BOUND[$ROOT${folder%/}]}" ] || return
  mounts[$ROOT${folder%/}]=1
  for part in "${!marks[@]}"; do
    case ${marks[$part]} in *$'\n'"${device##*[=/]}"$'\n'*) named[$part]=1 && return ;; esac
  done
  case $folder/ in /boot/*) return ;; esac
  case $device in
    /dev/sr* | /dev/cdrom* | /dev/fd[0-9]* | /dev/loop* | /dev/zram*) ;;
    /dev/* | [A-Z]*=*) volumes[$device]=1 ;;
  esac
}

was_elsewhere() { # <folder>
  unaccounted "$1" 0 'was on another disk, or in memory'
}

# More than a person writes, and more than memory may hold.
is_large() { # <configuration, or list>
  [ "$(stat -L -c %s -- "$1")" -gt 1000000 ]
}

leave_out_what_is_large() {
  local path
  match_files "${PUBLISH_GLOB_FILES[@]}" "${LOGROTATE_CRON_FILES[@]}"
  for path in "${MATCHES[@]}"; do
    is_large "$path" || continue
    rm -f -- "$path" || die "${path#"$ROOT"} is large, and stays"
    unaccounted "$path" 0 'is too large to be read'
  done
}

# What the disk says of where earlier flushes held something is only believed of the disk itself.
find_holds() {
  [ -n "$STATE" ] || return 0
  rm -f "$STATE/hold-folders" || die 'where the holds are is said by the disk'
  printf '%s\n' "$ROOT/.termination-guard/$INSTANCE_ID/held" >"$STATE/hold-folders"
}

# What the disk names, and what logrotate made of it, counts where it is on the disk.
stay_on_disk() {
  local path i
  for path in "${!KNOWN_LOGS[@]}"; do stays "$path" || unset 'KNOWN_LOGS[$path]'; done
  for path in "${!CONSIDERED[@]}"; do stays "$path" || unset 'CONSIDERED[$path]'; done
  for path in "${!PATTERNS[@]}"; do stays "$path" || unset 'PATTERNS[$path]'; done
  for path in "${!TARGETS[@]}"; do stays "${TARGETS[$path]}" || unset 'TARGETS[$path]'; done
  for i in "${!CONFIGS[@]}"; do stays "${CONFIGS[i]}" || unset "CONFIGS[i]"; done
  for i in "${!GLOBS[@]}"; do rooted "${GLOBS[i]}" && { stays "$REPLY" || unset "GLOBS[i]"; }; done
  for i in "${!OLD_FOLDERS[@]}"; do stays "${OLD_FOLDERS[i]}" || unset "OLD_FOLDERS[i]"; done
  for i in "${!FOLDERS_BELOW[@]}"; do stays "$ROOT/${FOLDERS_BELOW[i]}" || unset "FOLDERS_BELOW[i]"; done
}

# `..` climbs, and a glob may match it with `.*` or with an escape.
stays() { # <path or glob>
  case $1/ in */../* | */.[*?[]* | *\\*) ;; "$ROOT"/*) return 0 ;; esac
  unaccounted "/${1#/}" 0 'leads off the disk'
  return 1
}

# This machine's own, of those that are well known: a log is no program, whatever is said to compress it.
trust_no_compressor() {
  local i
  for i in "${!PROGRAMS[@]}"; do
    if is_compressor "${PROGRAMS[i]}"; then PROGRAMS[i]=$REPLY; else unset "PROGRAMS[i]" "SUFFIXES[i]"; fi
  done
  for i in "${!COMPRESSORS[@]}"; do
    if is_compressor "${COMPRESSORS[$i]}"; then COMPRESSORS[$i]=$REPLY; else unset 'COMPRESSORS[$i]'; fi
  done
}

is_compressor() { # <program> → REPLY
  REPLY=${1##*/}
  case $REPLY in gzip | bzip2 | xz | zstd) ;; *) note "$1 compresses nothing here" && return 1 ;; esac
}

# logrotate is asked about translations.
translate_configs() {
  local i
  for i in "${!CONFIGS[@]}"; do
    translate "${CONFIGS[i]}"
    CONFIGS[i]=$REPLY
  done
  for i in "${!SYSTEM_CONFIGS[@]}"; do
    translate "${SYSTEM_CONFIGS[i]}"
    [ -f "$REPLY" ] || unaccounted "${SYSTEM_CONFIGS[i]}" 0 'is too large, or includes too much'
    SYSTEM_CONFIGS[i]=$REPLY
  done
}

translate() { # <configuration> → REPLY
  local path=$WORK/asked${1#"$ROOT"}
  mkdir -p "${path%/*}"
  (umask 077 && translated "$1" >"$path") || rm -f "$path"
  REPLY=$path
}

name_configs_as_before() {
  local i path
  for i in "${!CONFIGS[@]}"; do
    path=${CONFIGS[i]}
    CONFIGS[i]=$ROOT${path#"$WORK/asked"}
    IS_CONFIG[${CONFIGS[i]}]=1
    [ -z "${UNACCOUNTED[$path]}" ] || unaccounted "${CONFIGS[i]}" 0 "${UNACCOUNTED[$path]#*$'\t'}"
    unset 'UNACCOUNTED[$path]'
  done
  for i in "${!NOTES[@]}"; do NOTES[i]=${NOTES[i]//"$WORK/asked"/}; done
}

# A configuration of the disk as one of this machine: its paths are on the disk, all that it includes is in it, its users are root.
translated() { # <configuration>
  local line path
  local lines=()
  ! is_large "$1" || return 1
  sed -E -e "$PLAIN" -e 's/^[[:space:]]+//; s/^su[[:space:]=].*/su root root/; s/^create[[:space:]=].*/create/; /^createolddir/d' \
    -e "s#(^|[[:space:]\"'])~/#\1/root/#g; s#(^|[[:space:]\"'={,])/#\1$ROOT/#g" -- "$1" | mapfile -t lines # a pipeline in the last part of one crashes bash 4.2
  [ "${PIPESTATUS[0]}" = 0 ] || return
  for line in "${lines[@]}"; do
    case $line in
      include[[:space:]=]*)
        path=/${line#*/} path=${path%"${path##*[![:space:]]}"}
        stays "$path" || path=/dev/null$path
        [ -e "$path" ] || printf 'include %s\n' "$path" # logrotate says that it is not there
        for path in "$path" "$path"/{,.[!.]}*; do
          case $path in *'~' | *,v | *.rpm* | *.dpkg* | *.swp | *.disabled | *.cfsaved | *.ucf-* | *.rhn-cfg-tmp-*) continue ;; esac
          [ -f "$path" ] || continue
          if [ "${#FUNCNAME[@]}" -ge 12 ] || is_out_of_time || ! translated "$path"; then return 1; fi
        done
        ;;
      *) printf '%s\n' "$line" ;;
    esac
  done
}
