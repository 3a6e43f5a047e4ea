import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { keyOf } from '../../src/archive/keys.ts'

describe('the key of a file', () => {
  const rotated = '/var/log/tomcat8/rotated/localhost_access_log.txt1466114461.gz'

  it('is the path with underscores for slashes, as Elastic Beanstalk names it', () => {
    expect(keyOf(rotated, 'resources/environments/logs/publish/e-abc/i-123/', 'underscores')).toBe(
      'resources/environments/logs/publish/e-abc/i-123/_var_log_tomcat8_rotated_localhost_access_log.txt1466114461.gz',
    )
  })

  it('is the path without its first slash where folders are kept', () => {
    expect(keyOf(rotated, 'logs/i-123/', 'path')).toBe(`logs/i-123${rotated}`)
  })

  it('has no slash of the path left under the rule of underscores, and all of them under the other', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        const path = `/var/${name}`
        expect(keyOf(path, '', 'underscores')).toHaveLength(path.length)
        expect(keyOf(path, '', 'underscores')).not.toContain('/')
        expect(`/${keyOf(path, '', 'path')}`).toBe(path)
      }),
    )
  })

  it('takes replacement patterns in a path as they are', () => {
    expect(keyOf('/var/$&/$1', 'p/', 'underscores')).toBe('p/_var_$&_$1')
  })
})
