// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
import type { Mutant } from './mutant.ts'

const salvage = (only: string) => ({
  file: 'src/flush/script/salvage.sh',
  tests: ['hostile-disk', 'salvaged-logs', 'unfit-disk'].map((test) => `test/flush/${test}.test.ts`),
  only,
})

/** Which disk a salvage takes, where its links lead, and what of it was elsewhere. */
export const salvagedPlaceMutants: readonly Mutant[] = [
  {
    ...salvage('of which something is made'),
    name: 'mount a disk of which something is made',
    from: ' || [ -n "$(ls "$3")" ]',
    to: '',
  },
  {
    ...salvage('another bears the name'),
    name: 'take the disk that bears the name of the attachment',
    from: 'if [ -z "$disk" ] && [ -b "$path" ]',
    to: 'if [ -b "$path" ]',
  },
  {
    ...salvage('a disk of Xen'),
    name: 'know a disk of Xen by the name that EC2 has for it',
    from: '"$name" "${name/sd/xvd}"',
    to: '"$name"',
  },
  {
    ...salvage('climbs beyond the root'),
    name: 'lose what lies behind a link that climbs beyond the root',
    from: '[ "$depth" -ge 1 ] ||',
    to: 'true ||',
  },
  {
    ...salvage('cannot be followed'),
    name: 'give up where a folder may not be changed',
    from: 'chattr -ia -- "${1%/*}" &&',
    to: 'false &&',
  },
  {
    ...salvage('cannot be followed'),
    name: 'follow what cannot be followed',
    from: `find_links '*..*' -print0 | while`,
    to: `find_links '*..*' -printf '%p\\0%Y' | while`,
  },
  {
    ...salvage('behind a link to it'),
    name: 'take away what leads to where another disk was',
    from: 'bend "$link" "$ROOT${target#"$base"}"',
    to: 'drop "$link"',
  },
  {
    ...salvage('a link to it'),
    name: 'not look where links lead',
    from: '      case $path/ in "$folder"*) was_elsewhere "${meant[$folder]}" ;; esac\n',
    to: '      :\n',
  },
  {
    ...salvage('was rotated to it'),
    name: 'not ask where old folders were',
    from: '"${!KNOWN_LOGS[@]}" "${OLD_FOLDERS[@]/%//*}"; do',
    to: '"${!KNOWN_LOGS[@]}"; do',
  },
  {
    ...salvage('where a unit mounted it'),
    name: 'not read the units of systemd',
    from: 'in *.mount:Where |',
    to: 'in',
  },
  {
    ...salvage('was logged in memory'),
    name: 'look for what was in memory on the disk',
    from: 'mounts[$ROOT/run]=1 mounts[$ROOT/dev]=1',
    to: ':',
  },
]
