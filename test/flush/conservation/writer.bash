#!/bin/bash
# A program that writes a log. It keeps a ledger of the lines that have reached the kernel: `<id> <first> <count>` each.
# SIGTERM asks it to end; SIGUSR2 is the machine going down: it writes what it holds and is gone.
log=$1 id=$2 ledger=$3 buffered=$4 torrent=$5 ends=$6 lives_for=$7 reopens=$8 tidies=$9
appends=${10} supervised=${11} by_name=${12} number=${13} ready=${14}
shift 14
speaks=("$@")
exec {nap}<> <(:) # something to wait on without a process
now() { local t=${EPOCHREALTIME/[.,]/}; REPLY=$((t / 1000)); }
now && started=$REPLY ending=''

open() { if [ "$appends" = yes ]; then exec 8>>"$log"; else exec 8<>"$log" && cat <&8 >/dev/null; fi; }
write() { # <count>
  local i text='' pad
  for ((i = number; i < number + $1; i++)); do
    printf -v pad '%*s' $((i * 7 % 40)) ''
    text+="[$id.$i] GET /some/page?n=$i 200 ${pad// /x} [/$id.$i]"$'\n'
  done
  [ "$by_name" = no ] || exec 8>>"$log"
  printf '%s' "$text" >&8 && printf '%s %s %s\n' "$id" "$number" "$1" >>"$ledger"
  number=$((number + $1))
  [ "$by_name" = no ] || exec 8>&-
}
finish() {
  [ "$buffered" = 0 ] || write "$buffered"
  [ "$tidies" = no ] || rm -f -- "$log"
  exec 8>&-
  if [ "$supervised" = yes ] && [ "$1" != down ]; then
    "$0" "$log" "$id" "$ledger" 2 0 "$ends" 0 "$reopens" no yes no no "$number" "$ready" 0 </dev/null >/dev/null 2>&1 &
  fi
  exit
}
asked() {
  [ "$ends" != never ] || return
  now
  ending=${ending:-$((REPLY + ends))}
}
trap asked TERM
trap 'finish down' USR2
trap '[ "$reopens" = no ] || { exec 8>&-; open; }' HUP

[ "$by_name" = yes ] || open
echo $$ >"$ready"
echo $$ >>"$ledger.pids"
while :; do
  [ "$torrent" = 0 ] || write "$torrent"
  now
  while [ "${#speaks[@]}" -gt 0 ] && [ "$REPLY" -ge $((started + speaks[0])) ]; do write 1 && speaks=("${speaks[@]:1}"); done
  if [ -n "$ending" ] && [ "$REPLY" -ge "$ending" ]; then finish asked; fi
  if [ "$lives_for" != 0 ] && [ "$REPLY" -ge $((started + lives_for)) ]; then finish asked; fi
  if [ "$by_name" = yes ]; then
    read -r -t 0.2 -u "$nap"
  elif [ "$torrent" = 0 ]; then read -r -t 0.04 -u "$nap"; else read -r -t 0.002 -u "$nap"; fi
done
