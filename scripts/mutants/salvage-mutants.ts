// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
import type { Mutant } from './mutant.ts'

const salvage = (only: string) => ({
  file: 'src/flush/script/salvage.sh',
  tests: ['hostile-disk', 'salvaged-logs', 'unfit-disk'].map((test) => `test/flush/${test}.test.ts`),
  only,
})

/** What a salvage promises of the healthy machine, and of the dead one's bytes, undone. Its tests need root and loop devices. */
export const salvageMutants: readonly Mutant[] = [
  {
    ...salvage('one that is mounted'),
    name: 'mount a disk that is mounted already',
    from: 'if is_in_use "$text"',
    to: 'if false "$text"',
  },
  {
    ...salvage('one that is mounted in another namespace'),
    name: 'look for mounts in one namespace only',
    from: 'proc/[0-9]*/mountinfo',
    to: 'proc/self/mountinfo',
  },
  {
    ...salvage('an XFS disk'),
    name: 'not mount the twin of a mounted XFS',
    from: 'options+=,nouuid',
    to: ':',
  },
  {
    ...salvage('an XFS disk'),
    name: 'leave the journal alone',
    from: 'xfs) options+=,nouuid ;;',
    to: 'xfs) options=ro,norecovery,nouuid ;;',
  },
  {
    ...salvage('the mount refuses'),
    name: 'let programs of the disk be executed',
    from: 'options=rw,nodev,nosuid,noexec',
    to: 'options=rw,nodev,nosuid',
  },
  {
    ...salvage('the mount refuses'),
    name: 'let devices of the disk be opened',
    from: 'options=rw,nodev,nosuid,noexec',
    to: 'options=rw,nosuid,noexec',
  },
  {
    ...salvage('the mount refuses'),
    name: 'panic when the disk wants it',
    from: 'options+=,errors=remount-ro',
    to: ':',
  },
  {
    ...salvage('the disk of another machine'),
    name: 'not ask whose disk it is',
    from: '      know_owner\n',
    to: '',
  },
  {
    ...salvage('crypto_LUKS'),
    name: 'mount whatever there is',
    from: `    *) echo 'not mounted' >"$SAID" && return 1 ;;`,
    to: '    *) type=auto ;;',
  },
  {
    ...salvage('a log that is a link'),
    name: 'follow absolute links off the disk',
    from: '    bend "$link" "$ROOT$target"\n',
    to: '    :\n',
  },
  {
    ...salvage('lies behind a link'),
    name: 'take absolute links away',
    from: '    bend "$link" "$ROOT$target"\n',
    to: '    drop "$link"\n',
  },
  {
    ...salvage('a log that is a link'),
    name: 'follow climbing links off the disk',
    from: `    [ "\${link%% *}" = "$device" ] || take_away "\${link#* }"\n`,
    to: '    :\n',
  },
  {
    ...salvage('where the script would write'),
    name: 'leave links to what is not there yet',
    from: '*) drop "$link" ;; esac',
    to: '*) ;; esac',
  },
  {
    ...salvage('lead in circles'),
    name: 'give up where a link leads in a circle',
    from: `bend "$link" "$ROOT\${target#"$base"}"`,
    to: ':',
  },
  {
    ...salvage('to include'),
    name: 'include what is not on the disk',
    from: `        stays "$path" || path=/dev/null$path\n`,
    to: '',
  },
  {
    ...salvage('a user of the dead machine'),
    name: 'ask for users of the dead machine',
    from: `s/^su[[:space:]=].*/su root root/; `,
    to: '',
  },
  {
    ...salvage('every byte'),
    name: 'leave the disk mounted until the kernel takes it away, and our files',
    from: `  trap 'umount "$ROOT" 2>/dev/null; rmdir "$ROOT" && rm -rf "$WORK"/*' EXIT\n`,
    to: '',
  },
  {
    ...salvage('killed half way'),
    name: 'mount where everybody sees it, also after our end',
    from: 'if [ "$1" != inside ]; then',
    to: 'if false; then',
  },
  {
    ...salvage('a publish glob that climbs'),
    name: 'follow a glob that climbs off the disk',
    from: 'case $1/ in */../* | ',
    to: 'case $1/ in ',
  },
  {
    ...salvage('a publish glob that climbs by'),
    name: 'follow a glob that climbs by what it matches',
    from: '*/../* | */.[*?[]* | *\\\\*) ;;',
    to: '*/../*) ;;',
  },
  {
    ...salvage('is said to have held'),
    name: 'believe the disk where its holds are',
    from: '  find_holds\n  stay_on_disk',
    to: '  stay_on_disk',
  },
  {
    ...salvage('held beside the logs'),
    name: 'look for holds in one place only',
    from: '/.termination-guard/$INSTANCE_ID/held"',
    to: '/nowhere"',
  },
  ...[
    ['KNOWN_LOGS', 'is said to have held'],
    ['CONSIDERED', 'a log that a configuration names'],
    ['PATTERNS', 'a log that is not there that a configuration names'],
  ].map(([name = '', only = '']) => ({
    ...salvage(only),
    name: `believe ${name} off the disk`,
    from: `stays "$path" || unset '${name}[$path]'`,
    to: ':',
  })),
  {
    ...salvage('an extension that a configuration names'),
    name: 'move a log off the disk',
    from: `stays "\${TARGETS[$path]}" ||`,
    to: 'true ||',
  },
  {
    ...salvage('a publish glob that climbs'),
    name: 'believe GLOBS off the disk',
    from: 'stays "$REPLY" || unset "GLOBS[i]"',
    to: ':',
  },
  {
    ...salvage('a configuration that cron names'),
    name: 'believe CONFIGS off the disk',
    from: 'stays "${CONFIGS[i]}" ||',
    to: 'true ||',
  },
  {
    ...salvage('an old folder'),
    name: 'believe OLD_FOLDERS off the disk',
    from: 'stays "${OLD_FOLDERS[i]}" ||',
    to: 'true ||',
  },
  {
    ...salvage('an old folder below'),
    name: 'believe FOLDERS_BELOW off the disk',
    from: 'stays "$ROOT/${FOLDERS_BELOW[i]}" ||',
    to: 'true ||',
  },
  {
    ...salvage('not by compresscmd'),
    name: 'run the compressor that the disk names',
    from: '  trust_no_compressor\n',
    to: '',
  },
  {
    ...salvage('would have given it'),
    name: 'leave the logs their names',
    from: '  give_names\n',
    to: '',
  },
  {
    ...salvage('the logs in'),
    name: 'not tell of another file system on which the logs were',
    from: '  tell_other_disks\n',
    to: '',
  },
  {
    ...salvage('another includes'),
    name: 'not read what a configuration includes',
    from: 'is_out_of_time || ! translated "$path"; then',
    to: 'is_out_of_time; then',
  },
  {
    ...salvage('without an end'),
    name: 'read a configuration of any size',
    from: '  ! is_large "$1" || return 1\n',
    to: '',
  },
  {
    ...salvage('without an end'),
    name: 'read a list of any size',
    from: '  leave_out_what_is_large\n',
    to: '',
  },
]
