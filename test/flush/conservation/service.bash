#!/bin/bash
# /sbin/service and /bin/systemctl of an instance: `service NAME status|stop|restart`, `systemctl is-active|stop|restart NAME`.
case ${0##*/} in
  systemctl) verb=$1 name=${!#} ;;
  *) verb=$2 name=$1 ;;
esac
pids=("$WORLD/services/${name%.service}"/*.pid)
[ -e "${pids[0]}" ] || exit 3
alive() {
  local file
  for file in "${pids[@]}"; do kill -0 "$(<"$file")" 2>/dev/null && return; done
  return 1
}
case $verb in
  status | is-active)
    moment asked
    alive || exit 3
    ;;
  stop)
    for file in "${pids[@]}"; do kill -TERM "$(<"$file")" 2>/dev/null; done
    for ((tries = 0; tries < 60; tries++)); do
      alive || break
      sleep 0.05
    done
    moment stopped
    ! alive
    ;;
  restart)
    for file in "${pids[@]}"; do
      kill -TERM "$(<"$file")" 2>/dev/null
      "${file%.pid}.start" </dev/null >/dev/null 2>&1 3>&- 9>&- &
    done
    ;;
  *) exit 2 ;;
esac
