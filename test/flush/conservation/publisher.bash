#!/bin/bash
# Elastic Beanstalk's publisher: uploads what the publish lists name, underscores for slashes. $WORLD/publisher says what each run
# does; the last line is for all further runs. What it exits with is 0, unless it `fails`.
shopt -s nullglob
moment publishing
exec 7>>"$WORLD/publisher.lock" && flock 7
count=0
[ ! -e "$WORLD/published" ] || count=$(<"$WORLD/published")
echo $((count + 1)) >"$WORLD/published"
mapfile -t runs <"$WORLD/publisher"
does=${runs[count]:-${runs[-1]}}
exec 7>&-
case $does in
  nothing) exit 0 ;;
  hangs) exec sleep 60 ;;
esac
root=$TERMINATION_GUARD_ROOT bucket=$FAKE_S3/bucket/$ARCHIVE
files=()
IFS=
for list in "$root"/opt/elasticbeanstalk/tasks/publishlogs.d/* "$root"/opt/elasticbeanstalk/config/private/logtasks/publish*/*; do
  while IFS=$' \t\r' read -r glob || [ -n "$glob" ]; do
    [ "${glob:0:1}" != / ] || files+=($root$glob)
  done <"$list"
done
mkdir -p "$bucket"
for i in "${!files[@]}"; do
  file=${files[i]}
  if [ ! -f "$file" ] || [ ! -s "$file" ]; then continue; fi
  path=${file#"$root"}
  object=$bucket${path//\//_}
  case $does:$((i % 2)) in
    half:1) continue ;;
    'cut short:'*) head -c "$(($(stat -c %s "$file") / 2))" "$file" >"$object" ;;
    'removes only:'*) ;;
    *) cp -- "$file" "$object" ;;
  esac
  case $does in
    'and removes' | 'removes only') rm -f -- "$file" ;;
    truncates) : >"$file" ;;
  esac
done
moment published
[ "$does" != fails ]
