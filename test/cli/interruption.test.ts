/** Commands that a person breaks off, or whose reader goes away, as processes of their own. */
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { itWhere } from '../flush/it-where.ts'
import { logged } from '../journal/logged.ts'
import { goodEnd } from '../termination/good-end.ts'
import { environment as deployed } from '../termination/observations.ts'
import { typeGuard, typeLine } from './typing.ts'

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const ID = 'i-0123456789abcdef0'

describe('where AWS takes calls and never answers', () => {
  let aws: Server
  const sockets = new Set<Socket>()
  let environment: Record<string, string>
  beforeAll(async () => {
    aws = createServer((socket) => {
      sockets.add(socket)
      aws.emit('asked')
    }).listen(0, '127.0.0.1')
    await once(aws, 'listening')
    environment = {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(aws.address() as AddressInfo).port}`,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'x',
      AWS_SECRET_ACCESS_KEY: 'x',
    }
  })
  afterAll(() => {
    for (const socket of sockets) socket.destroy()
    aws.close()
  })
  /** The same where the deployment's settings are known already, as beside the local AWS. */
  const there = () => ({
    ...deployed,
    ...environment,
    AWS_ENDPOINT_URL_S3: environment.AWS_ENDPOINT_URL ?? '',
    // SQS is asked where the queue is.
    DEAD_LETTER_QUEUE_URL: `${environment.AWS_ENDPOINT_URL}/111122223333/dead`,
  })

  it.each([
    ['status', false, 1],
    ['status', true, 1],
    ['status --watch', true, 0],
    [`explain ${ID}`, true, 1],
    ['doctor', true, 1],
    [`receipt ${ID}`, true, 1],
    ['history', false, 1],
    [`replace ${ID}`, false, 1],
    [`replace ${ID}`, true, 1],
    [`replace ${ID} --undo`, true, 1],
    [`replace ${ID} --dry-run`, true, 1],
    [`flush ${ID}`, true, 1],
    [`retry ${ID}`, true, 1],
    ['retry --all', true, 1],
    [`release ${ID}`, true, 1],
    [`release ${ID} --accept-loss --reason its-disk-is-gone`, true, 1],
    [`salvage ${ID} --on i-0123456789abcdef1 --volume vol-0123456789abcdef0`, true, 1],
    ['redrive', true, 1],
    ['doctor --fix --yes', true, 1],
  ])('Ctrl-C ends %s at once (its settings known: %j)', async (words, known, code) => {
    const asked = once(aws, 'asked')
    const { child, told } = typeGuard(known ? there() : environment, words.split(' '))
    await asked
    child.kill('SIGINT')
    const { err, ...ended } = await told
    expect(ended).toEqual({ code, out: '' })
    expect(err).toMatch(/^(looking at .*\n)?$/)
  })

  it.each(['status', `explain ${ID}`, 'doctor', `replace ${ID}`])(
    'Ctrl-C of %s --json tells a program that it was interrupted, and a person nothing',
    async (words) => {
      const asked = once(aws, 'asked')
      const { child, told } = typeGuard(there(), [...words.split(' '), '--json'])
      await asked
      child.kill('SIGINT')
      const { code, out, err } = await told
      expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/^(looking at .*\n)?$/) })
      expect(JSON.parse(out)).toMatchObject({
        command: words.split(' ')[0],
        error: { name: 'Interrupted', message: expect.stringContaining('Interrupted before') },
      })
    },
  )

  it('who waits is told who does not answer, until it is given up, with what to type', async () => {
    const { code, out, err } = await typeGuard(there(), ['status']).told
    const host = environment.AWS_ENDPOINT_URL?.replace('http://', '')
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(new RegExp(`^${host} has not answered for 1 s\n`))
    expect(err).toMatch(
      /\nTimeoutError: .*\nAWS does not answer there: type the same again, or name --region/,
    )
  })
})

describe('a history that is longer than what is read of it', () => {
  let folder: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'termination-guard-interruption-'))
    const { journal } = await goodEnd(60)
    const text = logged(journal).join('\n')
    const many = Array.from({ length: 5000 }, (_, number) =>
      text.replaceAll(/"instanceId":"[^"]*"/g, `"instanceId":"i-${String(number).padStart(17, '0')}"`),
    )
    writeFileSync(join(folder, 'journal'), many.join('\n'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const typed = (rest: string) =>
    typeLine(
      {},
      `'${process.execPath}' '${MAIN}' history --from journal ${rest}; echo "\${PIPESTATUS[@]}"`,
      folder,
    ).told

  it('ends without a word when its reader goes', async () => {
    const { out, err } = await typed('| head -1')
    expect(out).toMatch(/^\S+ {2}i-\S+ {2}archived .*\n1 0\n$/)
    expect(err).toBe('')
  })

  itWhere(existsSync('/dev/full'), 'there is no full disk here')('says that the disk is full', async () => {
    expect(await typed('> /dev/full')).toMatchObject({
      out: '1\n',
      err: expect.stringMatching(/^Cannot write: ENOSPC.*\n$/),
    })
  })
})
