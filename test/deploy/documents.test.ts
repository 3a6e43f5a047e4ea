/** The commands in the documents can be typed as they stand. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { instanceStatements } from '../../deploy/instance-policy.ts'
import { hooksLeft, noGroupsGiven, openActions, ownHookReport } from '../../deploy/report.ts'
import { readSettings } from '../../deploy/settings.ts'
import { defaults } from './defaults.ts'
import { isAllowed, type PolicyDocument } from './iam.ts'
import { ACCOUNT, resolved } from './packaged.ts'

const read = (file: string) => readFileSync(join(import.meta.dirname, '..', '..', file), 'utf8')
const documents = [
  'README.md',
  'docs/deploy.md',
  'docs/limits.md',
  'docs/local-aws.md',
  'docs/operate.md',
  'docs/profiles.md',
  'serverless.yml',
  'examples/ebextensions/README.md',
  'examples/plain-group/README.md',
]

describe.each(documents)('%s', (document) => {
  const commands = (name: string) =>
    [
      ...read(document)
        .replaceAll('\\\n', ' ')
        .matchAll(new RegExp(`npx serverless ${name}.*`, 'g')),
    ].map(String)
  it('deploys nowhere without a region and groups', () => {
    expect(
      commands('deploy').filter(
        (line) => !/^npx serverless deploy --region \S+ +--param="groups=/.test(line),
      ),
    ).toEqual([])
  })
  it('removes nowhere without a region', () => {
    expect(commands('remove').filter((line) => !/^npx serverless remove --region \S/.test(line))).toEqual([])
  })
})

describe('docs/operate.md', () => {
  it('saves logs to where the instance’s policy lets it write', async () => {
    const [, key] = /s3 cp --recursive \/var\/log s3:\/\/BUCKET\/(\S+)/.exec(read('docs/operate.md')) ?? []
    const Statement = resolved(
      instanceStatements(readSettings('termination-guard-prod', { ...defaults, bucket: 'logs' })),
    )
    const policy = { Version: '2012-10-17', Statement } as PolicyDocument
    const resource = `arn:aws:s3:::logs/${key}messages`
    const request = { action: 's3:PutObject', resource, context: { 's3:ResourceAccount': ACCOUNT } }
    expect(await isAllowed(policy, request)).toBe(true)
  })
})

describe('what the terminal says', () => {
  const open = [{ groupName: 'web', instanceId: 'i-0123456789abcdef0', lifecycleState: 'Terminating:Wait' }]
  it('names the queue and the role for a hook of a group’s own', () => {
    expect(ownHookReport('arn:q', 'arn:r').join('\n')).toMatch(/QueueArn +arn:q\n +NotifierRoleArn +arn:r/)
  })
  it('claims that nothing was changed only where nothing was', () => {
    const told = (withdrawn: string[]) => openActions({ open, withdrawn }, 'guard', 'guarded groups')
    expect(told([])).toContain('Nothing was changed.')
    expect(told(['api'])).toMatch(/while groups were withdrawn: api\./)
    expect(told(['api'])).not.toContain('Nothing was changed.')
  })
  it('names what waits at a hook that was left, and how to be rid of it', () => {
    expect(hooksLeft(open, 'guard')).toMatch(
      /i-0123456789abcdef0[\s\S]*complete-lifecycle-action[\s\S]*delete-lifecycle-hook/,
    )
  })
  it('says how to guard nothing on purpose', () => {
    expect(noGroupsGiven(['web'])).toContain('--param="groups=none"')
  })
})
