#!/bin/bash
# What cron does on an instance once an hour: force every rotation, then run the publisher as /etc/cron.d has it.
for configuration in "$TERMINATION_GUARD_ROOT"/etc/logrotate.elasticbeanstalk.hourly/*.conf; do
  logrotate -f -s "$TERMINATION_GUARD_ROOT/var/lib/logrotate/logrotate.status" "$configuration"
done
# Five fields of time and the user come first; /usr/bin is on the instance's PATH.
read -r _ _ _ _ _ _ publish <"$TERMINATION_GUARD_ROOT/etc/cron.d/publishlogs"
eval "${publish//\/usr\/bin\//}"
