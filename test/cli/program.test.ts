import { expect, it } from '@jest/globals'
import { CommandLine } from './command-line.ts'

const line = new CommandLine()

it('without words prints what can be typed, and fails', async () => {
  const { code, err } = await line.run()
  expect(code).toBe(2)
  for (const command of ['status', 'explain', 'history', 'replace', 'redrive', 'completion', 'manual'])
    expect(err).toContain(`  ${command} `)
})

it.each([['--help'], ['help'], ['help', 'status'], ['status', '--help']])(
  '%s is answered on standard output',
  async (...words) => {
    const { code, out } = await line.run(...words)
    expect(code).toBe(0)
    expect(out).toContain('Usage: termination-guard')
    expect(out).not.toMatch(/default: (false|\{)/)
  },
)

it.each([
  [['statsu'], 'Did you mean status?'],
  [['status', '--wach'], 'Did you mean --watch?'],
  [['explain'], "missing required argument 'instance'"],
  [['explain', 'web-1'], 'looks like i-0123456789abcdef0'],
  [['history', '--outcome', 'bad'], 'Allowed choices are archived'],
  [['history', '--since', 'yesterday'], 'such as 24h'],
])('%j is wrong, and says what to type', async (words, told) => {
  const { code, out, err } = await line.run(...words)
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toContain(told)
  expect(err).toContain('--help')
})

it('a deployment that cannot be reached is told in its own words, without a stack', async () => {
  const lost = new CommandLine()
  lost.cannotReach = 'Cannot read the settings of function x: AccessDenied\nName --region'
  expect(await lost.run('status')).toEqual({ code: 1, out: '', err: lost.cannotReach })
})

it('every command says where it looks with the same four options', async () => {
  const { out: help } = await line.run('--help')
  const commands = [...help.matchAll(/^ {2}([a-z]+) \[options\]/gm)].flatMap(([, name]) => name ?? [])
  expect(commands).toContain('release')
  for (const command of commands.filter((name) => !['completion', 'manual'].includes(name))) {
    const { out } = await line.run(command, '--help')
    for (const option of ['--region', '--profile', '--stage', '--service', '--json'])
      expect(out).toContain(option)
  }
})

it('no option takes nothing for its text: a shell’s variable that is not set must not mean the default', async () => {
  const { out: help } = await line.run('--help')
  const commands = [...help.matchAll(/^ {2}([a-z]+) \[options\]/gm)].flatMap(([, name]) => name ?? [])
  const tried: string[] = []
  for (const command of commands) {
    const { out } = await line.run(command, '--help')
    for (const [, option = ''] of out.matchAll(/^ {2}(--[a-z-]+) </gm)) {
      const { code, err } = await line.run(command, option, '')
      expect(err).toMatch(`error: option '${option} <`)
      expect({ code, err }).toMatchObject({
        code: 2,
        err: expect.stringContaining("argument '' is invalid."),
      })
      tried.push(`${command} ${option}`)
    }
  }
  expect(tried).toEqual(expect.arrayContaining(['history --html', 'release --reason', 'doctor --group']))
})

it('the manual page names every command and option', async () => {
  const { out } = await line.run('manual')
  expect(out).toMatch(/^\.TH TERMINATION-GUARD 1\n/)
  for (const words of ['.SS status', '\\-\\-watch', '.SS redrive', '\\-\\-discard'])
    expect(out).toContain(words)
})
