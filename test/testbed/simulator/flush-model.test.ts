import { describe, expect, it } from '@jest/globals'
import { parseManifest } from '../../../src/flush/manifest.ts'
import { Content, writeLine } from '../../../testbed/simulator/lines.ts'
import { pack } from '../../../testbed/simulator/manifest-line.ts'

const digests = `${'a'.repeat(32)}\t${'b'.repeat(64)}`

describe('what a simulated instance writes', () => {
  it('is read by the production parser', () => {
    const records = [
      'manifest\t2\ti-0123456789abcdef0\ttermination\t2',
      `file\t7\t${digests}\t0\t-\t-\t/var/log/a b\tc\nd`,
    ]
    const manifest = parseManifest(pack([...records, 'live\t3\t/var/log/x', 'end\t3']))
    expect(manifest).toMatchObject({ files: [{ path: '/var/log/a b\tc\nd' }], live: [{ size: 3 }] })
  })

  it('counts as a line only when it is whole', () => {
    const text = writeLine(3, 14) + writeLine(3, 15)
    expect(new Content(text).lines()).toEqual([
      { disk: 3, line: 14 },
      { disk: 3, line: 15 },
    ])
    expect(new Content(text.slice(0, -2)).lines()).toEqual([{ disk: 3, line: 14 }])
    expect(new Content(`${text.slice(0, -2)}x\n`).lines()).toEqual([{ disk: 3, line: 14 }])
  })
})
