// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
import type { Mutant } from './mutant.ts'

const salvage = (only: string) => ({
  file: 'src/flush/script/salvage.sh',
  tests: ['hostile-disk', 'salvaged-logs', 'unfit-disk'].map((test) => `test/flush/${test}.test.ts`),
  only,
})

const others = (only: string) => ({
  file: 'src/flush/script/salvage.sh',
  tests: ['test/flush/other-volumes.test.ts'],
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
    from: '        *.mount:Where) where=$folder ;;\n',
    to: '',
  },
  {
    ...salvage('was logged in memory'),
    name: 'look for what was in memory on the disk',
    from: 'mounts[$ROOT/run]=1 mounts[$ROOT/dev]=1',
    to: ':',
  },
  {
    ...others('though all that is on the disk'),
    name: 'not tell of a volume that a script mounted',
    from: '[ "$others" -gt "${#volumes[@]}" ]',
    to: 'false',
  },
  {
    ...others('beside one that the disk names'),
    name: 'believe that a volume has its place because another has',
    from: '-gt "${#volumes[@]}" ]; then',
    to: '-gt 0 ] && [ "${#volumes[@]}" = 0 ]; then',
  },
  {
    ...others('a unit of systemd mounts'),
    name: 'count a volume for each unit that names it',
    from: '/dev/* | [A-Z]*=*) volumes[$device]=1 ;;',
    to: '/dev/* | [A-Z]*=*) volumes[$device$path]=1 ;;',
  },
  {
    ...others('on none of them'),
    name: 'take a boot partition for another volume',
    from: '  case $folder/ in /boot/*) return ;; esac\n',
    to: '',
  },
  {
    ...others('on none of them'),
    name: 'take a file system in memory, or over the network, for another volume',
    from: '/dev/* | [A-Z]*=*) volumes',
    to: '*) volumes',
  },
  {
    ...others('another part of the same disk'),
    name: 'take a part of the same disk for another volume',
    from: 'named[$part]=1 && return',
    to: 'named[$part]=1',
  },
  {
    ...others('of which it does not tell where it was mounted'),
    name: 'not count the other parts of the disk',
    from: 'others=$((others + 1))',
    to: ':',
  },
  {
    ...others('one with swap'),
    name: 'look for logs on a part that is swap',
    from: "*$'\\n'TYPE=swap$'\\n'*",
    to: 'swap',
  },
  {
    ...others('what is mounted by its label'),
    name: 'not know a part by its label',
    from: 'named[$part]=1 && return',
    to: ': && return',
  },
  {
    ...others('in its place that lies on this disk'),
    name: 'take a folder with a blank as the table writes it',
    from: 'printf -v folder %b "$2"',
    to: 'folder=$2',
  },
  {
    ...others('because another requires it'),
    name: 'look for mounts among what is wanted alone',
    from: '"$ROOT"/etc/systemd/system/{,*.{wants,requires}/}*.mount',
    to: '"$ROOT"/etc/systemd/system/{,*.wants/}*.mount',
  },
]
