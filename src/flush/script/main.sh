#!/bin/bash -p
# Flushes this instance's logs to S3 and reports, on one line of standard output, every file that must be there.
# Runs as root through SSM, whatever the environment wishes of a shell. Safe to run twice, and twice at once. A step that fails is
# noted and the next one still runs: the report says what is true afterwards, and S3 alone decides whether it is enough.
# Needs Linux, bash 4.2, coreutils, gzip, grep, sed, xargs, logrotate and the AWS CLI. TERMINATION_GUARD_ROOT is a directory
# that stands for /. Written in parts, src/flush/script/*.sh, which document.ts joins.
[ -n "${BASH_VERSION:-}" ] || exec bash -p "$0" "$@"
#@settings

main() {
  stand
  find_what_to_flush
  choose_publisher
  lock
  let_cron_finish
  case $PURPOSE in
    termination) flush_for_good ;;
    *) flush_in_service ;;
  esac
  report
}

# The inventory is the census, as it ends: whatever held bytes at the start is in S3's list at the end, or it is named.
flush_for_good() {
  ask_logrotate
  take_census
  stop_writers
  save_deleted
  wait_for_buffers
  ask_for_names
  give_names
  take_inventory
  hold_inventory
  adopt_orphans
  tell_shared_keys
  publish_with_platform # only what is hashed and held: a publisher may remove what it has shipped, or has not
  upload_directly
  catch_up
  look_again
  account
}

# The instance stays in service: nothing is stopped or held. Nor is anything rotated: a rotation cuts off, deletes and runs scripts,
# and pushes older files towards their end.
flush_in_service() {
  ask_logrotate
  count_census
  take_inventory
  tell_shared_keys
  publish_with_platform
  upload_directly
  leave_out_what_changed
}
