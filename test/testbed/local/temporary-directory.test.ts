import { existsSync, readdirSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { expect, it } from '@jest/globals'
import { makeTemporaryDirectory, refuseFullDisk } from '../../../testbed/local/temporary-directory.ts'

const PREFIX = `termination-guard-full-${process.pid}-`
const made = () => readdirSync(tmpdir()).filter((name) => name.startsWith(PREFIX))

it('a disk that is full is said before anything dies of it, and nothing is left there', () => {
  expect(() => makeTemporaryDirectory(PREFIX, () => 3 * 1024 ** 2)).toThrow(
    `the disk of the temporary directory ${tmpdir()} is full: free 64 MB, or set TMPDIR to where they are`,
  )
  expect(made()).toEqual([])
})

it('one that has filled meanwhile is said, too', () => {
  expect(() => refuseFullDisk(() => 4096)).toThrow(`${tmpdir()} is full`)
  expect(() => refuseFullDisk(() => 3 * 1024 ** 2)).not.toThrow()
})

it('one that is not is written to', () => {
  const directory = makeTemporaryDirectory(PREFIX)
  expect(existsSync(directory)).toBe(true)
  rmdirSync(directory)
})
