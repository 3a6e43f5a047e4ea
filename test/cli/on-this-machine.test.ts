import { hostname, userInfo } from 'node:os'
import { expect, it } from '@jest/globals'
import { onThisMachine } from '../../src/cli/on-this-machine.ts'

it('who types is told by name, and by number where the machine knows no name', () => {
  expect(onThisMachine()).toBe(`${userInfo().username} on ${hostname()}`)
  const unknown = () => {
    throw new Error('A system error occurred: uv_os_get_passwd returned ENOENT (no such file or directory)')
  }
  expect(onThisMachine(unknown)).toBe(`user ${process.getuid?.()} on ${hostname()}`)
})
