/** The whole command, on a Lambda in Python as people write it: whatever happened, it says CONTINUE. */
import { spawnSync } from 'node:child_process'
import { expect, it } from '@jest/globals'
import { cellsOf, compare, compareIn, folderWith, savedOf } from './command.ts'

const has = (...words: string[]) => spawnSync('python3', words).status === 0
const withPython = has('--version') ? it : it.skip
const withBoto3 = has('-c', 'import boto3') ? it : it.skip

const backup = `
import logging, os, time
import boto3

logger = logging.getLogger()
logger.setLevel(logging.INFO)
ssm = boto3.client("ssm")
autoscaling = boto3.client("autoscaling")
DOCUMENT = os.environ["DOCUMENT"]


def lambda_handler(event, context):
    detail = event["detail"]
    instance = detail["EC2InstanceId"]
    try:
        found = ssm.list_documents(Filters=[{"Key": "Name", "Values": [DOCUMENT]}])["DocumentIdentifiers"]
        if not found:
            raise RuntimeError("no document")
        sent = ssm.send_command(InstanceIds=[instance], DocumentName=DOCUMENT, Parameters={"Folder": ["/var/log"]})
        for _ in range(60):
            time.sleep(0.5)
            invocations = ssm.list_command_invocations(CommandId=sent["Command"]["CommandId"])["CommandInvocations"]
            if invocations and invocations[0]["Status"] not in ("Pending", "InProgress"):
                break
        else:
            logger.error("the command has not ended, %s ms are left", context.get_remaining_time_in_millis())
    finally:
        autoscaling.complete_lifecycle_action(
            LifecycleHookName=detail["LifecycleHookName"],
            AutoScalingGroupName=detail["AutoScalingGroupName"],
            LifecycleActionToken=detail["LifecycleActionToken"],
            LifecycleActionResult="CONTINUE",
            InstanceId=instance,
        )
`

/** The steps that such documents have: pack, upload, tell. */
const document = `
schemaVersion: '2.2'
parameters:
  Folder: { type: String }
mainSteps:
  - action: aws:runShellScript
    name: backup
    inputs:
      runCommand:
        - ID=$(curl -s http://169.254.169.254/latest/meta-data/instance-id)
        - tar -cf /tmp/$ID.tar {{ Folder }}/tomcat8 &> /tmp/said
        - sudo gzip /tmp/$ID.tar
        - aws s3 cp /tmp/$ID.tar.gz s3://{bucket}/{prefix}/$ID/
  - action: aws:runShellScript
    name: tell
    inputs:
      runCommand:
        - aws sns publish --topic-arn {topic} --message "$(cat /tmp/said)done"
`

withBoto3('theirs loses what ours keeps (skipped where python3 has no boto3)', async () => {
  const folder = folderWith({ 'backup.py': backup, 'backup.yaml': document })
  const options = ['--document', 'Backup=backup.yaml', '--env', 'DOCUMENT=Backup', '--seconds', '2']
  const { exitCode, out, err } = await compare(folder, ...options)
  expect({ exitCode, out, err }).toMatchObject({ exitCode: 0 })
  // Half of a compressed file cannot be read by anybody.
  expect(cellsOf(out)).toEqual([
    ['lost of accepted', 'all is well', 'upload truncated', 'agent dead'],
    ['ours', savedOf(22), '0 of 22, kept', '0 of 22, kept'],
    ['theirs', '0 of 22, gone', '22 of 22, gone', '22 of 22, gone'],
  ])
  expect(out).toMatch(/^theirs, agent dead: \[ERROR\] the command has not ended, \d+ ms are left$/m)
})

withBoto3(
  'an older Python is translated, and its own words are shown (skipped where python3 has no boto3)',
  async () => {
    const older =
      'import boto3\nprint boto3.__name__\ndef lambda_handler(event, context):\n    raise ValueError("no idea")\n'
    const { exitCode, out, err } = await compare(
      folderWith({ 'old.py': older }),
      '--seconds',
      '1',
      '--timeout',
      '5',
    )
    const hasTranslator = has('-W', 'ignore', '-c', 'import lib2to3')
    expect(exitCode).toBe(2)
    if (hasTranslator) {
      expect(out).toMatch(/^theirs, all is well: \[WARNING\] old\.py is Python 2/m)
      expect(out).toMatch(
        /^theirs, all is well: invocation failed after \d+ s: ValueError: no idea \(old\.py, line 4\)$/m,
      )
      expect(err).toContain('EVERY INVOCATION OF THEIR LAMBDA FAILED')
      expect(err).not.toContain('upload truncated')
    } else expect(err).toContain('SyntaxError')
  },
)

withPython(
  'a module that cannot be loaded says so in its own words, with what to type (skipped without python3)',
  async () => {
    const head = 'def lambda_handler(event, context): pass\n'
    const missing = await compare(folderWith({ 'a.py': `import nowhere_at_all\n${head}` }))
    expect(missing).toMatchObject({ exitCode: 2, out: '' })
    expect(missing.err).toContain("ModuleNotFoundError: No module named 'nowhere_at_all' (a.py, line 1)\n")
    expect(missing.err).toContain('pip install nowhere_at_all --target ')
    const unset = await compare(folderWith({ 'a.py': `import os\nos.environ["TABLE"]\n${head}` }))
    expect(unset).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining("KeyError: 'TABLE' (a.py, line 2)\n"),
    })
    expect(unset.err).toContain('--env NAME=VALUE')
    const nameless = await compare(folderWith({ 'a.py': head }), '--handler', 'a.other')
    expect(nameless).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('a.py has no function other'),
    })
  },
)

it('says what to install where there is no python3', async () => {
  const folder = folderWith({ 'a.py': 'def lambda_handler(event, context): pass\n' })
  const { exitCode, err } = await compareIn({ PATH: '/nowhere' }, folder)
  expect({ exitCode, err }).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('apt-get install python3'),
  })
})
