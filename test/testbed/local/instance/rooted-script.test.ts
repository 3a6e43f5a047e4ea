import { describe, expect, it } from '@jest/globals'
import { rootedScript } from '../../../../testbed/local/instance/rooted-script.ts'

const rooted = (script: string) => rootedScript(script, '/disk')

describe('a script that knows no root', () => {
  it.each([
    ['tar -cf /tmp/a.tar /var/log', 'tar -cf /disk/tmp/a.tar /disk/var/log'],
    ["DIRECTORY='/var/log'", "DIRECTORY='/disk/var/log'"],
    ['echo "/tmp"; x=$(cat </opt/x >/tmp/y)', 'echo "/disk/tmp"; x=$(cat </disk/opt/x >/disk/tmp/y)'],
    ['A=/home/b:/srv/c;`ls /var/`', 'A=/disk/home/b:/disk/srv/c;`ls /disk/var/`'],
    [
      'logrotate -f /etc/logrotate.d/x /etc/logrotate.conf',
      'logrotate -f /disk/etc/logrotate.d/x /disk/etc/logrotate.conf',
    ],
    ['/var/log\n/var/log', '/disk/var/log\n/disk/var/log'],
  ])('has its paths on the disk: %s', (script, expected) => {
    expect(rooted(script)).toBe(expected)
  })

  it.each([
    '#!/bin/bash\n/usr/bin/env true >/dev/null; cat /proc/1/stat /etc/passwd',
    'aws s3 cp x s3://$BUCKET/var/log/ s3://b/tmp/x https://host/var/x',
    'ls "$ROOT"/var $ROOT/var ./tmp ../tmp ~/tmp a/var /variable /tmp-x /optional',
    `s3://$${'{BUCKET}'}/$(id)/var $${'{ROOT}'}/var`,
  ])('keeps what is no path on the disk: %s', (script) => {
    expect(rooted(script)).toBe(script)
  })
})
