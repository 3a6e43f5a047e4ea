// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is shell
/** Which configurations count: those that cron gives to logrotate, however it says so, and of the system's what somebody publishes. */
import { chmodSync, rmSync } from 'node:fs'
import { afterAll, describe, expect, it } from '@jest/globals'
import { archivedTexts, type Disk, hasLogrotate, makeDisk, removeDisks } from './disk.ts'
import { flush } from './flush.ts'

const CRON = '/etc/cron.hourly/own'
const describeWhere = hasLogrotate() ? describe : describe.skip

afterAll(removeDisks)

/** Two logs: the platform's, and one of a user's own of whose configuration cron knows. */
function instance(commands: string, at = '/etc/own/own.conf', mode = 0o644): Disk {
  const disk = makeDisk()
  const block = (name: string) => `${disk.root}/var/log/${name}/*.log {\n compress\n}\n`
  disk.write('/var/log/my/app.log', 'mine\n')
  disk.write('/var/log/own/own.log', 'own\n')
  disk.write('/etc/logrotate.elasticbeanstalk.hourly/app.conf', block('my'))
  disk.write('/opt/elasticbeanstalk/tasks/publishlogs.d/app.conf', '/var/log/my/*.gz\n')
  disk.write(at, block('own'), mode)
  disk.script(CRON, `#!/bin/sh\n${commands}\n`)
  return disk
}

describeWhere('a configuration counts that cron gives to logrotate', () => {
  it.each([
    [
      'with options and redirections',
      'nice -n 19 /usr/sbin/logrotate -v -f /etc/own/own.conf >/dev/null 2>&1',
    ],
    ['after a test', 'test -x /usr/sbin/logrotate || exit 0; [ -d /etc/own ] && logrotate /etc/own/own.conf'],
    ['in a folder to which it goes', 'cd /etc/own && logrotate own.conf'],
    ['by a variable', 'OWN=/etc/own\nexport CONF="${OWN}/own.conf"\nlogrotate -f $CONF'],
    ['by a loop', 'for conf in /etc/none/*.conf /etc/own/*.conf; do logrotate -f "$conf"; done'],
    ['as a folder', 'logrotate /etc/own'],
    ['over two lines', 'logrotate \\\n  -f /etc/own/own.conf # ours'],
    ['beside a variable that nobody knows', 'logrotate $OPTIONS /etc/own/own.conf'],
    ['by a variable that has a default', 'CONF=${CONF:-/etc/own/own.conf}\nlogrotate -f "$CONF"'],
    ['by a variable that stays as it is', 'declare -r CONF=/etc/own/own.conf\nlogrotate -f "$CONF"'],
    ['wherever logrotate is', 'LOGROTATE=`which logrotate`\n$LOGROTATE /etc/own/own.conf'],
    ['that is asked for where it is used', '$(command -v logrotate) -f /etc/own/own.conf'],
    ['as a list', 'subprocess.call(["/usr/sbin/logrotate", "-f", "/etc/own/own.conf"])'],
    ['as the second of two in a variable', 'CONFS="/etc/none.conf /etc/own/own.conf"\nlogrotate -f $CONFS'],
    ['beside options in a variable', 'OPTS="-s /etc/own/state"\nlogrotate $OPTS /etc/own/own.conf'],
    ['after a state that is one word with its option', 'logrotate -s/etc/own/status /etc/own/own.conf'],
    ['of which the output is kept, in the older way', 'said=`logrotate -f /etc/own/own.conf`'],
    ['in a folder that is pushed', 'pushd /etc/own >/dev/null\nlogrotate own.conf'],
  ])('%s', async (_what, commands) => {
    const disk = instance(commands)
    const { manifest } = await flush(disk)
    expect(manifest).toMatchObject({ census: 2, live: [], unaccounted: [], writers: [] })
    expect(archivedTexts(disk)).toEqual(['mine\n', 'own\n'])
  })

  it.each([
    ['although it may be executed', '/etc/own/own.conf', 0o755],
    ['wherever it lies', '/home/ec2-user/own', 0o644],
  ])('%s', async (_what, at, mode) => {
    const disk = instance(`logrotate -f ${at}`, at, mode)
    await flush(disk)
    expect(archivedTexts(disk)).toEqual(['mine\n', 'own\n'])
  })

  it.each([
    ['by a script that it runs', '/opt/rotate-own --now', '/opt/rotate-own', 0o755],
    ['by a script that it gives to a shell', '/bin/sh /opt/own.sh', '/opt/own.sh', 0o644],
    ['by a script in a folder', 'run-parts --report /opt/hourly', '/opt/hourly/own', 0o755],
  ])('%s', async (_what, commands, script, mode) => {
    const disk = instance(commands)
    disk.write(script, '#!/bin/sh\nlogrotate -f /etc/own/own.conf\n', mode)
    await flush(disk)
    expect(archivedTexts(disk)).toEqual(['mine\n', 'own\n'])
  })

  it('by a script that such a script runs', async () => {
    const disk = instance('/opt/hourly')
    disk.script('/opt/hourly', '#!/bin/sh\n/opt/rotate-own\n')
    disk.script('/opt/rotate-own', '#!/bin/sh\nlogrotate -f /etc/own/own.conf')
    await flush(disk)
    expect(archivedTexts(disk)).toEqual(['mine\n', 'own\n'])
  })

  it.each([
    [
      'in a table, in a folder to which it goes',
      '/etc/cron.d/own',
      '@hourly root cd /etc/own && logrotate own.conf\n',
    ],
    ['in a table that Windows wrote', '/etc/cron.d/own', '@hourly root logrotate /etc/own/own.conf\r\n'],
    ['in a script without a last line end', '/etc/cron.hourly/more', 'logrotate /etc/own/own.conf'],
    ['once a day', '/etc/cron.daily/own', 'logrotate /etc/own/own.conf\n'],
    ['once a week', '/etc/anacrontab', '7 25 own nice logrotate /etc/own/own.conf\n'],
    [
      'as a unit of systemd',
      '/etc/systemd/system/own.service',
      'ExecStart=/usr/sbin/logrotate /etc/own/own.conf\n',
    ],
  ])('%s', async (_what, at, text) => {
    const disk = instance(':')
    disk.script(at, text)
    expect((await flush(disk)).manifest).toMatchObject({ census: 2, live: [], unaccounted: [] })
    expect(archivedTexts(disk)).toEqual(['mine\n', 'own\n'])
  })

  it('with a blank in its name', async () => {
    const disk = instance('logrotate -f "/etc/my own/own.conf"', '/etc/my own/own.conf')
    await flush(disk)
    expect(archivedTexts(disk)).toEqual(['mine\n', 'own\n'])
  })
})

describeWhere('a folder that cron gives to logrotate', () => {
  it('counts beside a configuration in it that is refused, and without one that was set aside', async () => {
    const disk = instance('logrotate /etc/own')
    const block = `${disk.root}/var/log/other/*.log {\n su nobody-of-this-name nogroup\n}\n`
    disk.write('/etc/own/.other', block)
    disk.write('/etc/own/own.conf.rpmsave', 'none {\n')
    disk.write('/var/log/other/other.log', 'other\n')
    expect((await flush(disk)).manifest).toMatchObject({ census: 3, live: [], unaccounted: [] })
    expect(archivedTexts(disk)).toEqual(['mine\n', 'other\n', 'own\n'])
  })
})

describeWhere('none is', () => {
  it.each([
    ['a state file', 'logrotate -s /etc/own/odd /etc/own/own.conf'],
    ['a state file after several options in one', 'logrotate -vfs /etc/own/odd /etc/own/own.conf'],
    ['a log of what it did', 'logrotate -l /etc/own/odd /etc/own/own.conf >> /etc/own/odd 2>&1'],
    ['a file with variables', '. /etc/own/odd; logrotate /etc/own/own.conf'],
    ['what is moved', 'mv /etc/cron.daily/logrotate /etc/own/odd; logrotate /etc/own/own.conf'],
    ['what is asked about', '[ ! -d /etc/logrotate /etc/own/odd ] || logrotate /etc/own/own.conf'],
    ['what is made', '/usr/bin/install -m 755 /opt/logrotate /etc/own/odd && logrotate /etc/own/own.conf'],
    ['what a comment names', '# logrotate /etc/own/odd\nlogrotate /etc/own/own.conf'],
    [
      'what a message names',
      'logrotate /etc/own/own.conf || logger -t logrotate "/etc/own/odd: $?, $WHY"; echo "no logrotate for $WHY"',
    ],
  ])('%s', async (_what, commands) => {
    const disk = instance(commands)
    disk.write('/etc/own/odd', 'logrotate state -- version 2\n"/var/log/x" 2026-11-25-10:0:0\n')
    expect((await flush(disk)).manifest).toMatchObject({ census: 2, live: [], unaccounted: [] })
  })
})

describeWhere('what is given to logrotate and cannot be known', () => {
  it.each([
    ['is unaccounted for', 'logrotate -f $OWN/own.conf', '?/own.conf'],
    ['as that which a command says', 'logrotate -f $(cat /etc/default/own)', '$'],
    ['as that which it says in an older way', 'logrotate -f `cat /etc/default/own`', '$'],
    ['as that which find finds', 'find /etc/own -name "*.conf" -exec logrotate {} ";"', '{}'],
    ['as that which it finds for another', 'find /etc/own -name "*.conf" | xargs -n1 logrotate', 'xargs'],
    ['as that which is in a folder that nobody knows', 'cd "$OWN"\nlogrotate own.conf', 'own.conf'],
    ['as that which a name with a colon and a hyphen is', 'logrotate ${OWN:-$(ls /etc/own)}', '?'],
  ])('%s', async (_what, commands, what) => {
    const disk = instance(commands)
    const { unaccounted } = (await flush(disk)).manifest
    expect(unaccounted).toEqual([{ path: CRON, size: 0, why: expect.stringContaining(what) }])
    disk.script(CRON, '#!/bin/sh\nlogrotate -f /etc/own/own.conf\n')
    expect((await flush(disk)).manifest).toMatchObject({ unaccounted: [], accounted: [CRON] })
    expect(archivedTexts(disk)).toEqual(['mine\n', 'own\n'])
  })
})

describeWhere("the system's own configuration", () => {
  const withSystem = (published: string, directives = ''): Disk => {
    const disk = instance(':', '/etc/none')
    disk.write('/etc/logrotate.conf', `weekly\ninclude ${disk.root}/etc/logrotate.d\n`)
    const block = `${disk.root}/var/log/own/*.log {\n compress\n delaycompress\n${directives}}\n`
    disk.write('/etc/logrotate.d/own', block)
    disk.write('/opt/elasticbeanstalk/tasks/publishlogs.d/own.conf', `${published}\n`)
    return disk
  }

  it.each([
    ['beside the log', '/var/log/own/*.gz', ''],
    ['by its number', '/var/log/own/own.log.[0-9]', ''],
    ['in an old folder', '/var/log/old/*', 'olddir ROOT/var/log/old\n'],
  ])('is about the logs whose rotated form is published %s', async (_where, published, directives) => {
    const disk = withSystem(published)
    if (directives !== '') {
      disk.write('/var/log/old/.keep', '')
      const block = disk
        .read('/etc/logrotate.d/own')
        .replace('}', `${directives.replace('ROOT', disk.root)}}`)
      disk.write('/etc/logrotate.d/own', block)
    }
    expect((await flush(disk)).manifest).toMatchObject({ census: 2, live: [], unaccounted: [] })
    expect(archivedTexts(disk)).toEqual(['mine\n', 'own\n'])
  })

  const refused = 'ROOT/var/log/own/*.log {\n compress\n'
  it.each([
    ['a user that is not there', `${refused} su nobody-of-this-name nogroup\n}\n`],
    ['a script that never ends', `${refused} postrotate\n}\n`],
    ['what is none', `none {\n${refused}}\n`],
    ['an old folder that is not there', `${refused} olddir ROOT/var/log/older\n}\n`],
    ['one below it that is not there', `${refused} olddir old\n}\n`],
    ['a name in quotes', `"ROOT/var/log/own/own.log" {\n su nobody-of-this-name nogroup\n}\n`],
  ])('is about such a log although it is refused for %s', async (_what, text) => {
    const disk = withSystem('/var/log/own/*.gz\n/var/log/older/*\n/var/log/own/old/*')
    disk.write('/etc/logrotate.d/own', text.replaceAll('ROOT', disk.root))
    disk.write('/var/log/own/own.log.1', 'older\n')
    disk.write('/var/log/own/application.pid', 'no log')
    expect((await flush(disk)).manifest).toMatchObject({ census: 3, live: [], unaccounted: [] })
    expect(archivedTexts(disk)).toEqual(['mine\n', 'older\n', 'own\n'])
  })

  it.each(['/etc/logrotate.conf', '/etc/logrotate.d/own'])(
    'is about such a log although anybody may write to %s, which logrotate ignores',
    async (path) => {
      const disk = withSystem('/var/log/own/*.gz')
      chmodSync(disk.root + path, 0o666)
      await flush(disk)
      expect(archivedTexts(disk)).toEqual(['mine\n', 'own\n'])
    },
  )

  it('is about a log of which only what is older is published', async () => {
    const disk = withSystem('/var/log/own/own.log.[2-9].gz')
    disk.write('/var/log/own/own.log.1', 'older\n')
    await flush(disk)
    expect(archivedTexts(disk)).toEqual(['mine\n', 'older\n', 'own\n'])
  })

  it('is about a log that was empty until its writer ended, and what was rotated before', async () => {
    const disk = withSystem('/var/log/own/*.gz')
    disk.write('/var/log/own/own.log', '')
    disk.write('/var/log/own/own.log.1', 'older\n')
    disk.script(
      '/sbin/service',
      `#!/bin/sh\n[ "$1 $2" = "tomcat8 stop" ] && echo last >>${disk.root}/var/log/own/own.log\n[ "$1" = tomcat8 ] && [ ! -s ${disk.root}/var/log/own/own.log ]\n`,
    )
    await flush(disk)
    expect(archivedTexts(disk)).toEqual(['last\n', 'mine\n', 'older\n'])
  })

  it('is about what is left of a log that is gone', async () => {
    const disk = withSystem('/var/log/own/*.gz')
    rmSync(`${disk.root}/var/log/own/own.log`)
    disk.write('/var/log/own/own.log.1', 'older\n')
    await flush(disk)
    expect(archivedTexts(disk)).toEqual(['mine\n', 'older\n'])
  })

  it.each([
    ['/etc/cron.daily/logrotate', '/usr/sbin/logrotate /etc/logrotate.conf\nEXITVALUE=$?\n'],
    ['/etc/cron.hourly/logrotate', '/usr/sbin/logrotate -s /var/state /etc/logrotate.conf\n'], // moved there
    [
      '/etc/systemd/system/logrotate.service',
      '[Service]\nExecStart=/usr/sbin/logrotate /etc/logrotate.conf\n',
    ],
  ])('is about no other where the distribution itself gives it to logrotate: %s', async (at, text) => {
    const disk = withSystem('/var/log/other/*.gz')
    disk.script(at, text)
    await flush(disk)
    expect(archivedTexts(disk)).toEqual(['mine\n'])
    disk.script('/etc/cron.hourly/all', 'logrotate /etc/logrotate.conf\n') // somebody wants it
    await flush(disk)
    expect(archivedTexts(disk)).toEqual(['mine\n', 'own\n'])
  })

  it.each([
    ['of another folder', '/var/log/other/*.gz'],
    ['of the folder above, since a wildcard stands for no slash', '/var/log/*.gz'],
  ])('is about no other: what is published is %s', async (_what, published) => {
    const disk = withSystem(published)
    expect((await flush(disk)).manifest).toMatchObject({ census: 1, live: [], unaccounted: [] })
    expect(archivedTexts(disk)).toEqual(['mine\n'])
  })
})
