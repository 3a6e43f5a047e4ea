import { execFileSync, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { appendFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import { keyOf } from '../../src/archive/keys.ts'
import { writtenScript } from '../../src/flush/document.ts'
import { encodeUpload } from '../../src/flush/upload.ts'
import { makeDisk, removeDisks } from './disk.ts'
import { FILES, flush, INSTANCE, PREFIX, sha256 } from './flush.ts'

afterAll(removeDisks)

const LOG = '/var/log/app/a.log'

const md5Of = (content: Buffer | undefined) =>
  createHash('md5')
    .update(content ?? '')
    .digest('hex')

/** An `aws` that does something to the log whenever it is about to upload. */
const meddling = (command: string) =>
  `#!/bin/bash\ncase "$*" in *--body*) ${command} ;; esac\nexec "$(dirname "$0")/aws.real" "$@"\n`

describe('files that are archived as they stand', () => {
  it('are in S3 byte for byte, with the size and digests that the manifest reports', async () => {
    const disk = makeDisk()
    const content = randomBytes(100_000)
    disk.write(LOG, content)
    const { manifest } = await flush(disk, { profile: FILES })
    expect(manifest.files).toEqual([
      {
        path: LOG,
        size: 100_000,
        md5: expect.stringMatching(/^[0-9a-f]{32}$/),
        sha256: sha256(content),
        modifiedAt: Math.floor(statSync(disk.root + LOG).mtimeMs / 1000) * 1000,
      },
    ])
    expect(manifest.live).toEqual([])
    expect(disk.object(keyOf(LOG, PREFIX, 'path'))).toEqual(content)
  })

  it('are none when all are empty', async () => {
    const disk = makeDisk()
    disk.write(LOG, '')
    expect((await flush(disk, { profile: FILES })).manifest).toMatchObject({ files: [], live: [] })
  })

  it.each(['termination', 'audit'])(
    'must be there, even if empty, or a flush for %s fails',
    async (Purpose) => {
      const disk = makeDisk()
      disk.write('/var/log/other/a.log', 'of something else')
      const { exitCode, stdout, stderr } = await flush(disk, { profile: FILES, parameters: { Purpose } })
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
      expect(stderr).toContain('no file of the profile is on this machine, not even an empty one')
    },
  )

  it('may be named by a live glob alone', async () => {
    const disk = makeDisk()
    disk.write('/var/log/other/live.log', '')
    const profile = { ...FILES, liveGlobs: ['/var/log/other/*'] }
    expect((await flush(disk, { profile })).manifest).toMatchObject({ files: [], live: [] })
  })

  it('may have been removed by the publisher that shipped them', async () => {
    const disk = makeDisk()
    disk.write(LOG, 'one\n')
    disk.script('/opt/publish', `#!/bin/bash\nrm -f "$TERMINATION_GUARD_ROOT${LOG}"\n`)
    const profile = { ...FILES, publisher: { command: ['/opt/publish'] } }
    const { exitCode, manifest } = await flush(disk, { profile })
    expect({ exitCode, paths: manifest.files.map(({ path }) => path) }).toEqual({ exitCode: 0, paths: [LOG] })
  })

  it('may have spaces, tabs, newlines, quotes and shell in their names, and can be asked for by name', async () => {
    const names = [
      'a b',
      'a\tb',
      'a\nb',
      "it's",
      '"q"',
      '$(id)',
      '`x`',
      'a]b',
      '[a',
      '*',
      '?',
      '\\',
      '-n',
      'ü',
      '$x',
    ]
    const paths = names.map((name) => `/var/log/app/${name}`).sort()
    const disk = makeDisk()
    for (const path of paths) disk.write(path, `of ${path}`)
    const flushed = await flush(disk, { profile: FILES })
    expect(flushed.paths).toEqual(paths)
    for (const path of paths) expect(disk.object(keyOf(path, PREFIX, 'path'))?.toString()).toBe(`of ${path}`)

    const again = makeDisk()
    for (const path of paths) again.write(path, `of ${path}`)
    await flush(again, { profile: FILES, parameters: { Upload: encodeUpload(paths) } })
    expect(again.keys()).toHaveLength(paths.length)
  })

  it('are live when they grew after they were hashed, so that a termination goes on', async () => {
    const disk = makeDisk()
    disk.write(LOG, 'one\n')
    disk.linkAws('aws.real')
    disk.program('aws', meddling(`echo two >>"$TERMINATION_GUARD_ROOT${LOG}"`))
    const { manifest } = await flush(disk, { profile: FILES })
    expect(manifest.live).toEqual([{ path: LOG, size: 12 }]) // once more when it was caught up with
    // S3 refused a body that is not the one of the manifest.
    expect(disk.keys()).toEqual([])
  })

  it('are caught up with when they appeared after the inventory', async () => {
    const disk = makeDisk()
    disk.write(LOG, 'one\n')
    disk.linkAws('aws.real')
    disk.program('aws', meddling(`echo new >"$TERMINATION_GUARD_ROOT${LOG}.1"`))
    const flushed = await flush(disk, { profile: FILES })
    expect(flushed.paths).toEqual([LOG, `${LOG}.1`])
  })

  it('stay in the manifest of a termination when they vanish after they were hashed', async () => {
    const disk = makeDisk()
    disk.write(LOG, 'one\n')
    disk.program('aws', `#!/bin/bash\nrm -f "$TERMINATION_GUARD_ROOT${LOG}"\n`)
    const flushed = await flush(disk, { profile: FILES })
    expect(flushed.paths).toEqual([LOG])
    expect(flushed.live).toEqual([])
  })

  it('are never half-believed while a writer keeps writing: each is either live or as S3 has it', async () => {
    const disk = makeDisk()
    disk.write(LOG, 'x'.repeat(2_000_000))
    disk.write('/var/log/app/quiet.log', 'quiet')
    const more = `while sleep 0.002; do echo more >>"$0"; done`
    const writer = spawn('/bin/bash', ['-c', more, disk.root + LOG], { stdio: 'ignore' })
    const flushed = await flush(disk, { profile: FILES })
    writer.kill()
    const settled = flushed.manifest.files.filter(({ path }) => !flushed.live.includes(path))
    expect([...flushed.live, ...settled.map(({ path }) => path)].sort()).toEqual([
      LOG,
      '/var/log/app/quiet.log',
    ])
    for (const { path, md5 } of settled) expect(md5Of(disk.object(keyOf(path, PREFIX, 'path')))).toBe(md5)
  })

  it('that still grow are left out of an audit, which has no live files', async () => {
    const disk = makeDisk()
    disk.write(LOG, 'one\n')
    disk.write('/var/log/app/quiet.log', 'quiet')
    disk.linkAws('aws.real')
    disk.program('aws', meddling(`echo two >>"$TERMINATION_GUARD_ROOT${LOG}"`))
    const flushed = await flush(disk, { profile: FILES, parameters: { Purpose: 'audit' } })
    expect(flushed.paths).toEqual(['/var/log/app/quiet.log'])
    expect(flushed.live).toEqual([])
    expect(flushed.manifest.notes).toContain('1 files changed while they were being archived')
  })
})

describe('a buffer that somebody may still have', () => {
  it('is waited for again unless an earlier flush hashed the file longer ago than buffers live', async () => {
    const disk = makeDisk()
    disk.write(LOG, 'one\n')
    disk.program('sleep', '#!/bin/sh\necho "$1" >>"$FAKE_S3/slept"\n')
    const profile = { ...FILES, bufferSeconds: 600 }
    await flush(disk, { profile })
    await flush(disk, { profile })
    expect(disk.readS3('slept')).toBe('600\n600\n')
    const digests = `/var/lib/termination-guard/${INSTANCE}/digests`
    disk.write(digests, disk.read(digests).replaceAll(/\|\d+ /g, '|1000000000 '))
    await flush(disk, { profile })
    expect(disk.readS3('slept')).toBe('600\n600\n')
  })
})

describe('many and large files', () => {
  it('5,000 of them fit into a manifest that goes by object, and each is hashed right', async () => {
    const disk = makeDisk()
    disk.write('/var/log/app/0.log', 'log 0')
    for (let i = 1; i < 5000; i++) writeFileSync(join(disk.root, `/var/log/app/${i}.log`), `log ${i}`)
    disk.program('publish-all', '#!/bin/sh\n')
    const flushed = await flush(disk, { profile: { ...FILES, publisher: { command: ['publish-all'] } } })
    expect(flushed.stdout).toMatch(
      new RegExp(
        `^termination-guard manifest-at 2 termination-guard/manifests/${INSTANCE}/\\S+\\.gz [0-9a-f]{64} end\n$`,
      ),
    )
    expect(flushed.paths).toHaveLength(5000)
    for (const file of flushed.manifest.files) {
      expect(file.sha256).toBe(sha256(Buffer.from(disk.read(file.path))))
    }
  })

  it('fail the flush when that object cannot be put: a manifest that nobody can read is none', async () => {
    const disk = makeDisk()
    for (let i = 0; i < 600; i++) disk.write(`/var/log/app/${i}.log`, `log ${i}`)
    disk.program('publish-all', '#!/bin/sh\n')
    const profile = { ...FILES, publisher: { command: ['publish-all'] } }
    const flushed = await flush(disk, { profile, env: { FAKE_AWS_FAILS: 'yes' } })
    expect(flushed).toMatchObject({ exitCode: 1, stdout: '' })
    expect(flushed.stderr).toContain('cannot put the manifest into S3')
  })

  it('are unaccounted for where the writers took all the time', async () => {
    const disk = makeDisk()
    disk.write('/var/log/app/a.log', 'one\n')
    disk.script('/bin/systemctl', '#!/bin/sh\n[ "$1" != stop ] || sleep 100\n')
    const profile = { ...FILES, stopSeconds: 1 }
    const { manifest } = await flush(disk, { profile, parameters: { ExecutionTimeout: '7' } })
    const why = 'not looked at: out of time'
    expect(manifest).toMatchObject({ files: [], unaccounted: [{ path: '/var/log/app/a.log', size: 4, why }] })
  })

  it('have time kept back for that object, whatever else took all there was', async () => {
    const disk = makeDisk()
    for (let i = 0; i < 600; i++) disk.write(`/var/log/app/${i}.log`, `log ${i}`)
    disk.program('publish-all', '#!/bin/sh\nexec sleep 100\n')
    disk.linkAws('aws.real')
    disk.program('aws', '#!/bin/sh\nsleep 3\nexec "$(dirname "$0")/aws.real" "$@"\n')
    const flushed = await flush(disk, {
      profile: { ...FILES, publisher: { command: ['publish-all'] }, commandSeconds: 600 },
      parameters: { ExecutionTimeout: '12' },
    })
    const { files, unaccounted } = flushed.manifest
    expect(files.length + unaccounted.length).toBe(600)
  })

  it.each(['a\nb.log', 'b*.log', 'é.log', 'b.log '])(
    'go up by one process, but one by its own whose name the AWS CLI might read otherwise: %j',
    async (name) => {
      const disk = makeDisk()
      for (let i = 0; i < 20; i++) disk.write(`/var/log/app/${i}.log`, `log ${i}`)
      disk.write(`/var/log/app/${name}`, 'not the smallest, which goes alone')
      await flush(disk, { profile: FILES })
      expect(disk.keys()).toHaveLength(21)
      expect(disk.readS3('calls')).toContain(`--key ${PREFIX}var/log/app/${name} --body`)
    },
  )

  it('cost no process each where they cannot be held', async () => {
    const disk = makeDisk()
    for (let i = 0; i < 40; i++) disk.write(`/var/log/app/${i}.log`, `log ${i}`)
    disk.program(
      'cp',
      '#!/bin/sh\ncase $1 in -lL) echo no >>"$FAKE_S3/links"; exit 1 ;; esac\nexec /bin/cp "$@"\n',
    )
    expect((await flush(disk, { profile: FILES })).paths).toHaveLength(40)
    expect(disk.readS3('links').trim().split('\n').length).toBeLessThan(8)
  })

  it('of more than 1 GB are hashed last, so that the others are in time', async () => {
    const disk = makeDisk()
    disk.write(LOG, '')
    truncateSync(disk.root + LOG, 10 ** 9 + 1)
    disk.write('/var/log/app/b.log', 'small\n')
    const digest =
      'shift; for file; do echo "$file" >>"$FAKE_S3/hashed"; echo "$(printf %064d 0)  $file"; done'
    for (const sum of ['md5sum', 'sha256sum']) disk.program(sum, `#!/bin/bash\n${digest}\n`)
    disk.program('aws', '#!/bin/sh\n')
    await flush(disk, { profile: FILES })
    const hashed = disk.readS3('hashed').trim().split('\n')
    expect(hashed.map((path) => path.slice(-5))).toEqual(['b.log', 'b.log', 'a.log', 'a.log'])
  })

  it.each([
    [83_886_080_000, 8_388_608],
    [83_886_080_001, 16_777_216],
    [5_497_558_138_880, 1_073_741_824],
  ])('of %d bytes go up in parts of %d, of which S3 takes 10,000', (size, part) => {
    const script = writtenScript(FILES).replace(/\nmain "\$@"\n$/, `\npart_size ${size}; echo "$REPLY"\n`)
    expect(execFileSync('bash', ['-c', script], { encoding: 'utf8' })).toBe(`${part}\n`)
  })

  it('a sparse file of 2 GB is hashed once and uploaded whole', async () => {
    const disk = makeDisk()
    disk.write(LOG, '')
    truncateSync(disk.root + LOG, 2 ** 31)
    appendFileSync(disk.root + LOG, 'the end\n')
    disk.program('aws', '#!/bin/bash\necho "$@" >>"$FAKE_S3/calls"\n')
    // OpenSSL is several times faster at it than Debian's coreutils.
    for (const sum of ['md5', 'sha256']) {
      disk.program(
        `${sum}sum`,
        `#!/bin/bash\necho ${sum} >>"$FAKE_S3/hashed"\nexec openssl ${sum} -r "\${@:2}"\n`,
      )
    }
    const { manifest } = await flush(disk, { profile: FILES })
    expect(manifest.files).toMatchObject([{ path: LOG, size: 2 ** 31 + 8 }])
    expect(disk.readS3('calls')).toContain(`--body ${disk.root}${LOG}`)
    expect(disk.readS3('hashed').trim().split('\n').sort()).toEqual(['md5', 'sha256'])
  })

  it('a file larger than one PUT can carry goes up in parts', async () => {
    const disk = makeDisk()
    disk.write(LOG, '')
    truncateSync(disk.root + LOG, 5 * 2 ** 30 + 1)
    for (const sum of ['md5sum', 'sha256sum']) {
      disk.program(sum, `#!/bin/bash\necho "${'0'.repeat(64)}  -"\n`)
    }
    disk.program('aws', '#!/bin/bash\necho "$@" >>"$FAKE_S3/calls"\n')
    await flush(disk, { profile: FILES })
    expect(disk.readS3('calls')).toContain(
      `s3 cp --only-show-errors ${disk.root}${LOG} s3://bucket/${PREFIX}var/log/app/a.log`,
    )
  })
})
