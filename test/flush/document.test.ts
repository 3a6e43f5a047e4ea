import { execFileSync } from 'node:child_process'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  buildDocument,
  MAX_DOCUMENT_BYTES,
  type SalvageParameter,
  writtenParts,
  writtenScript,
} from '../../src/flush/document.ts'
import { loadProfile } from '../../src/flush/profile.ts'
import { shortNamesOf } from '../../src/flush/shortened.ts'
import { encodeUpload, MAX_UPLOAD_CHARS } from '../../src/flush/upload.ts'
import { scriptFor } from './flush.ts'

const PROFILES = ['beanstalk', 'files']
const KINDS = ['flush', 'salvage'] as const
const document = buildDocument(loadProfile('beanstalk'))
const salvage = buildDocument(loadProfile('beanstalk'), 'salvage')
const parameters = Object.entries({ ...salvage.parameters, ...document.parameters })
const scriptOf = ({ mainSteps }: typeof document) => mainSteps[0]?.inputs.runCommand.join('\n') ?? ''
const patternOf = (name: SalvageParameter) =>
  new RegExp((document.parameters[name] ?? salvage.parameters[name])?.allowedPattern ?? '')

describe.each(KINDS)('the SSM document of a %s', (kind) => {
  const document = buildDocument(loadProfile('beanstalk'), kind)
  const script = scriptOf(document)

  for (const name of PROFILES) {
    it(`of profile ${name} is a Command document that SSM takes: 2.2, Linux only, with room for its parameters`, () => {
      const content = buildDocument(loadProfile(name), kind)
      expect(content).toMatchObject({
        schemaVersion: '2.2',
        mainSteps: [
          {
            action: 'aws:runShellScript',
            precondition: { StringEquals: ['platformType', 'Linux'] },
            inputs: { timeoutSeconds: '{{ ExecutionTimeout }}' },
          },
        ],
      })
      expect(Buffer.byteLength(JSON.stringify(content))).toBeLessThan(MAX_DOCUMENT_BYTES)
    })
  }

  it('stays below 64 KB with the longest values that a call can have, and 500 bytes to spare', () => {
    const longest: Record<SalvageParameter, string> = {
      InstanceId: `i-${'0'.repeat(32)}`,
      Region: 'r'.repeat(32),
      Purpose: 'termination',
      Bucket: 'b'.repeat(63),
      Prefix: 'p'.repeat(512),
      Upload: 'u'.repeat(MAX_UPLOAD_CHARS),
      ManifestPrefix: 'm'.repeat(512),
      Encryption: `aws:kms:arn:${'k'.repeat(400)}`,
      Disk: `vol-${'0'.repeat(32)}/dev/${'d'.repeat(32)}`,
      OtherVolumes: '999',
      ExecutionTimeout: '172800',
    }
    for (const [name, value] of Object.entries(longest) as [SalvageParameter, string][]) {
      expect(value).toMatch(patternOf(name))
      if (!['Purpose', 'Upload'].includes(name)) expect(`${value}x`).not.toMatch(patternOf(name))
    }
    const values = Object.entries(longest).map(([name, value]) => [name, [value]])
    const bytes = Buffer.byteLength(JSON.stringify(Object.fromEntries(values)))
    expect(MAX_DOCUMENT_BYTES + bytes).toBeLessThan(64 * 1024 - 500)
  })

  it('is the script as it is written, but its comments, indentation and long names', () => {
    const functionsOf = (text: string) =>
      execFileSync('bash', ['-c', text.replace(/\nmain "\$@"\n$/, '\ndeclare -f\n')], { encoding: 'utf8' })
    const written = writtenScript(loadProfile('files'), kind)
    const longNames = new Map([...shortNamesOf(writtenParts(kind))].map(([long, short]) => [short, long]))
    const sent = scriptFor(loadProfile('files'), {}, kind)
    expect(sent).toContain('\ntc_() {\n')
    const lengthened = sent.replaceAll(/\b[A-Za-z]+_\d*\b/g, (name) => longNames.get(name) ?? name)
    expect(functionsOf(lengthened)).toBe(functionsOf(written))
    expect(script).not.toMatch(/ # |^ |\n\n/m)
  })

  it('writes no here-document, which is a file in bash 4, for which a full disk has no room', () => {
    expect(script).not.toMatch(/<<(?!\()/)
  })

  it('names bash on its first line and moves to bash on its first command', () => {
    const lines = script.split('\n')
    expect(lines[0]).toBe('#!/bin/bash -p')
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is shell
    const move = '[ -n "${BASH_VERSION:-}" ] || exec bash -p "$0" "$@"'
    expect(lines.find((line) => !line.startsWith('#'))).toBe(move)
  })

  it('uses every parameter, each in one place, in single quotes, and no other', () => {
    const used = [...JSON.stringify(document.mainSteps).matchAll(/\{\{ (\w+) \}\}/g)].map((match) => match[1])
    expect([...new Set(used)].sort()).toEqual(Object.keys(document.parameters).sort())
    const quoted = [...script.matchAll(/^[A-Z_]+='\{\{ (\w+) \}\}'$/gm)].map((match) => match[1])
    expect(quoted).toHaveLength(used.length - 1)
    expect(script.match(/\{\{/g)).toHaveLength(quoted.length)
  })
})

describe('a parameter of the document', () => {
  for (const [name, parameter] of parameters) {
    const pattern = new RegExp(parameter.allowedPattern)

    it(`${name} is held by a pattern from end to end, without what RE2 or Java lacks`, () => {
      expect(parameter.type).toBe('String')
      expect(parameter.allowedPattern).toMatch(/^\^.*\$$/)
      expect(parameter.allowedPattern).not.toMatch(/\(\?|\\[1-9dwsbp]/)
      const repetitions = [...parameter.allowedPattern.matchAll(/\{\d*,?(\d+)\}/g)].map((match) =>
        Number(match[1]),
      )
      for (const most of repetitions) expect(most).toBeLessThanOrEqual(1000)
    })

    it(`${name} refuses quotes, shell and line ends`, () => {
      for (const poison of ["'", '"', '$', '`', '\n', '\r', '\0', '\\', ';', ' ', '{{', '&', '|', '<', '(']) {
        expect(pattern.test(poison)).toBe(false)
        for (const good of ['', 'i-0123456789abcdef0', 'audit', 'bucket', '1800', '*', 'a/']) {
          expect(pattern.test(good + poison)).toBe(false)
          expect(pattern.test(poison + good)).toBe(false)
        }
      }
    })

    it(`${name} has a default that its pattern accepts, if any`, () => {
      if (parameter.default !== undefined) expect(parameter.default).toMatch(pattern)
    })

    it(`${name} can never escape its quotes`, () => {
      fc.assert(
        fc.property(fc.oneof(fc.string(), fc.stringMatching(pattern)), (value) => {
          fc.pre(pattern.test(value))
          expect(value).toMatch(/^[^'\0\n\r]*$/)
        }),
        { numRuns: 200 },
      )
    })
  }

  it('of any accepted value arrives in the shell as it is', () => {
    const names = ['InstanceId', 'Region', 'Purpose', 'Bucket', 'Prefix', 'Upload', 'ManifestPrefix'] as const
    const values = fc.record(
      Object.fromEntries(names.map((name) => [name, fc.stringMatching(patternOf(name))])),
    )
    const variables = '"$INSTANCE_ID" "$REGION" "$PURPOSE" "$BUCKET" "$PREFIX" "$UPLOAD" "$MANIFEST_PREFIX"'
    fc.assert(
      fc.property(values, (accepted) => {
        const run = scriptFor(loadProfile('files'), accepted).replace(
          /\nmain "\$@"\n$/,
          `\nprintf '%s\\n' ${variables}\n`,
        )
        const seen = execFileSync('bash', ['-c', run], { encoding: 'utf8' })
        expect(seen).toBe(names.map((name) => `${accepted[name]}\n`).join(''))
      }),
      { numRuns: 25 },
    )
  })

  it('Purpose, Bucket and the rest accept what the guard sends', () => {
    const accepted: Record<SalvageParameter, string[]> = {
      InstanceId: ['i-0123456789abcdef0', 'i-615f3c85'],
      Region: ['eu-west-1', 'us-gov-east-1'],
      Purpose: ['termination', 'audit'],
      Bucket: ['elasticbeanstalk-us-east-1-123456789012', 'my.bucket'],
      Prefix: ['', 'resources/environments/logs/publish/e-abc/i-615f3c85/', 'logs/awseb-e_x=1/i-1/'],
      Upload: ['', '*', encodeUpload(['/var/log/a'])],
      ManifestPrefix: ['', 'termination-guard/'],
      Encryption: [
        '',
        'AES256',
        'aws:kms',
        'aws:kms:arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
      ],
      Disk: ['vol-0123456789abcdef0/dev/sdf', 'vol-615f3c85/dev/xvdba'],
      OtherVolumes: ['', '0', '127'],
      ExecutionTimeout: ['5', '172800'],
    }
    for (const [name, values] of Object.entries(accepted) as [SalvageParameter, string[]][]) {
      for (const value of values) expect(value).toMatch(patternOf(name))
    }
    expect(document.parameters.Upload?.maxChars).toBe(MAX_UPLOAD_CHARS)
    expect(salvage.parameters.Purpose?.allowedPattern).toBe('^salvage$')
  })
})
