#!/bin/bash
# The script has come to a point (`asked`, `publishing`, …): whatever other hands do at that point, they do now. Each acts once.
for hand in "$WORLD/hands/$1"-*; do
  [ -e "$hand" ] || continue
  mv "$hand" "$WORLD/acting-$$-${hand##*/}" 2>/dev/null || continue # another one was quicker
  bash "$WORLD/acting-$$-${hand##*/}" >>"$WORLD/said" 2>&1
done
exit 0
