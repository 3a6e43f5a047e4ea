import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { buildDocument } from '../../src/flush/document.ts'
import { loadProfile } from '../../src/flush/profile.ts'
import { encodeUpload, MAX_UPLOAD_CHARS, UPLOAD_ALL } from '../../src/flush/upload.ts'

const pattern = new RegExp(buildDocument(loadProfile('files')).parameters.Upload?.allowedPattern ?? '')

describe('the list of files to upload', () => {
  it('is what the document accepts, and holds the paths with a NUL after each', () => {
    fc.assert(
      fc.property(fc.array(fc.string().map((name) => `/var/log/${name.replaceAll('\0', '')}`)), (paths) => {
        const encoded = encodeUpload(paths)
        expect(encoded).toMatch(pattern)
        const list = gunzipSync(Buffer.from(encoded, 'base64')).toString()
        expect(list).toBe(paths.map((path) => `${path}\0`).join(''))
      }),
    )
  })

  it('becomes "every file" when it would not fit', () => {
    const random = fc.sample(fc.uuid(), { numRuns: 1000, seed: 1 })
    expect(encodeUpload(random.map((id) => `/var/log/${id}`))).toBe(UPLOAD_ALL)
    expect(UPLOAD_ALL).toMatch(pattern)
  })

  it('holds some hundreds of rotated logs', () => {
    const paths = Array.from(
      { length: 200 },
      (_, i) => `/var/log/tomcat8/rotated/localhost_access_log.txt${1466114461 + i * 3600}.gz`,
    )
    expect(encodeUpload(paths)).not.toBe(UPLOAD_ALL)
    expect(encodeUpload(paths).length).toBeLessThanOrEqual(MAX_UPLOAD_CHARS)
  })
})
