/** Amazon Linux 2 has logrotate 3.8.6, whose habits are put here before those of the logrotate that is installed. */
import { afterAll, describe, expect, it } from '@jest/globals'
import { archivedTexts, type Disk, hasLogrotate, makeDisk, removeDisks } from './disk.ts'
import { flush } from './flush.ts'

afterAll(removeDisks)

const CONFIG = '/etc/logrotate.elasticbeanstalk.hourly/a.conf'
const LOG = '/var/log/a/a.log'

/** It leaves out a file of another mode than it likes, forces no log below its `size`, and stumbles over a folder that is missing. */
const LOGROTATE = `#!/bin/bash
PATH=\${PATH#*:} config=\${!#} words=()
for word in "$@"; do [ "$word" = -f ] || words+=("$word"); done
if (((8#$(stat -c %a "$config") & 8#7533) != 8#400)); then
  printf 'Ignoring %s because of bad file mode.\\n\\nHandling 0 logs\\n' "$config" >&2
  exit
fi
printf 'Ignoring a.conf.rpmsave, because of .rpmsave ending\\n' >&2
said=$(logrotate "\${words[@]}" 2>&1)
case $said in
  *'error: stat of '*)
    printf 'reading config file %s\\nerror: %s:1 glob failed for it: No such file or directory\\n' "$config" "$config" >&2
    printf 'removing last 1 log configs\\n\\nHandling 0 logs\\n' >&2
    ;;
  *) printf '%s\\n' "$said" | sed -E 's/^(rotating pattern: .* )[0-9]+ bytes /\\1 forced from command line /' >&2 ;;
esac
`

function instance(configuration: string, mode: number): Disk {
  const disk = makeDisk()
  disk.program('logrotate', LOGROTATE)
  disk.write(LOG, 'one\ntwo\n')
  disk.write(CONFIG, configuration.replaceAll('ROOT', disk.root), mode)
  disk.write('/opt/elasticbeanstalk/tasks/publishlogs.d/a.conf', '/var/log/a/*.gz\n')
  return disk
}

const describeWhere = hasLogrotate() ? describe : describe.skip

describeWhere('a log is archived under the name of its rotation by logrotate 3.8.6', () => {
  it.each([
    ['although it is below its size', `ROOT${LOG} {\n size 10M\n rotate 9\n compress\n}\n`, 0o644],
    [
      'although the folder of another is missing',
      `ROOT/none/*.log ROOT${LOG} {\n size 1\n rotate 9\n}\n`,
      0o644,
    ],
    ['although its configuration may be executed', `ROOT${LOG} {\n size 1\n rotate 9\n}\n`, 0o755],
    ['although a group may write to its configuration', `ROOT${LOG} {\n size 1\n rotate 9\n}\n`, 0o664],
  ])('%s', async (_what, configuration, mode) => {
    const disk = instance(configuration, mode)
    const { manifest, paths } = await flush(disk)
    expect(manifest).toMatchObject({ census: 1, live: [], unaccounted: [], writers: [], notes: [] })
    expect(paths).toEqual([`${LOG}.1.gz`])
    expect(archivedTexts(disk)).toEqual(['one\ntwo\n'])
  })
})

/** Before 3.20 a name ends at a brace, and what is in it is taken for an option. */
const ENDS_AT_BRACE = `#!/bin/bash
config=\${!#}
printf '%s\\n' "reading config file $config" "error: $config:1 unknown option 'a' -- ignoring line" \\
  '' 'Handling 1 logs' '' "rotating pattern: NAME forced from command line (2 rotations)" \\
  'empty log files are rotated, old logs are removed' 'considering log NAME' '  log NAME does not exist -- skipping' >&2
`

describe('a configuration of which logrotate 3.8.6 reads half a name', () => {
  it.each(['/var/log/{a1,b}/a.log', '/var/log/a/{a,b}.log', '/var/log/a/app{a,b}.log'])(
    'is unaccounted for: %s',
    async (name) => {
      const disk = makeDisk()
      const whole = `${disk.root}${name}`
      disk.program('logrotate', ENDS_AT_BRACE.replaceAll('NAME', whole.slice(0, whole.indexOf('{'))))
      disk.write('/var/log/a/a.log', 'one\n')
      disk.write(CONFIG, `${whole} {\n rotate 2\n}\n`)
      disk.write('/opt/elasticbeanstalk/tasks/publishlogs.d/a.conf', '/var/log/a/*.gz\n')
      const { manifest } = await flush(disk)
      expect(manifest.unaccounted).toMatchObject([{ path: CONFIG }])
    },
  )

  it('and is read where what it calls no option is in no name', async () => {
    const disk = makeDisk()
    disk.program('logrotate', ENDS_AT_BRACE.replaceAll('NAME', `${disk.root}${LOG}`))
    disk.write(LOG, 'one\n')
    disk.write(CONFIG, `${disk.root}${LOG} {\n a new option\n rotate 2\n}\n`)
    disk.write('/opt/elasticbeanstalk/tasks/publishlogs.d/a.conf', '/var/log/a/a.log*\n')
    const { manifest, paths } = await flush(disk)
    expect(manifest.unaccounted).toEqual([])
    expect(paths).toEqual([LOG])
  })
})

/** It knows no `ignoreduplicates`. */
const KNOWS_NO_DUPLICATES = `#!/bin/bash
config=\${!#}
printf '%s\\n' "reading config file $config" "error: $config:4 duplicate log entry for NAME" '' 'Handling 1 logs' '' \\
  'rotating pattern: NAME  forced from command line (2 rotations)' 'considering log NAME' '  log needs rotating' >&2
`

it('a configuration of which logrotate 3.8.6 leaves out a block for a log of another is unaccounted for', async () => {
  const disk = instance(`ROOT${LOG} {\n rotate 2\n}\nROOT/var/log/*/*.log {\n rotate 2\n}\n`, 0o644)
  disk.program('logrotate', KNOWS_NO_DUPLICATES.replaceAll('NAME', `${disk.root}${LOG}`))
  expect((await flush(disk)).manifest.unaccounted).toMatchObject([{ path: CONFIG }])
})
