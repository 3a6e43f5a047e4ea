import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { writeShellEnvironment } from '../../../testbed/local/shell-environment.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "shell's environment "))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const variables = { AWS_ENDPOINT_URL: 'http://here', AWS_ENDPOINT_URL_S3: 'http://there', ODD: "it's $HOME" }

/** A shell that has sourced the file, with an AWS CLI that tells what it was asked. */
function shell(line: string, more: Readonly<Record<string, string>> = {}): string {
  const installed = join(folder, 'installed')
  mkdirSync(installed, { recursive: true })
  writeFileSync(join(installed, 'aws'), '#!/bin/sh\necho "aws $*"\n')
  chmodSync(join(installed, 'aws'), 0o755)
  const file = writeShellEnvironment(folder, variables)
  const env = { PATH: `${installed}:${process.env.PATH}`, FILE: file, ...more }
  return execFileSync('sh', ['-c', `. "$FILE"; ${line}`], { env, encoding: 'utf8' }).trim()
}

describe('a shell that has sourced the file', () => {
  it('has its variables as they are, and nothing of another key', () => {
    expect(shell('echo "$ODD"')).toBe("it's $HOME")
    expect(shell('printenv AWS_PROFILE || echo none', { AWS_PROFILE: 'theirs' })).toBe('none')
  })

  it('tells the AWS CLI where to ask, also from a program of another', () => {
    expect(shell('aws ec2 describe-instances')).toBe('aws --endpoint-url http://here ec2 describe-instances')
    for (const service of ['s3', 's3api', 'sqs'])
      expect(shell(`echo "a b" | xargs -I{} aws ${service} ls {}`)).toBe(
        `aws --endpoint-url http://there ${service} ls a b`,
      )
    expect(shell("sh -c 'aws sqs list-queues'")).toContain('http://there')
    // Sourced twice, it does not ask itself.
    expect(shell('. "$FILE"; aws sts get-caller-identity')).toContain('http://here')
  })

  it('says so where there is no AWS CLI', () => {
    const file = writeShellEnvironment(folder, variables)
    const bare = join(folder, 'bare')
    mkdirSync(bare)
    for (const program of ['sh', 'dirname'])
      execFileSync('sh', ['-c', `ln -s "$(command -v ${program})" "${bare}/"`])
    const { status, stderr } = spawnSync('sh', ['-c', '. "$FILE"; aws s3 ls'], {
      env: { PATH: bare, FILE: file },
      encoding: 'utf8',
    })
    expect([status, stderr.trim()]).toEqual([127, 'aws: the AWS CLI is not installed, or not in PATH'])
  })
})
