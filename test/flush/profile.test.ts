import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { compileProfile, loadProfile, parseProfile } from '../../src/flush/profile.ts'

const files = loadProfile('files')
const wrong = (changes: object): string => {
  try {
    parseProfile({ ...files, ...changes })
  } catch (error) {
    return (error as Error).message
  }
  return 'accepted'
}

describe('a profile', () => {
  for (const name of ['beanstalk', 'files']) {
    it(`${name} comes with the guard`, () => {
      expect(loadProfile(name).name).toBe(name)
    })
  }

  it('is data: a file of a user is one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'profile-'))
    writeFileSync(
      join(folder, 'mine.json'),
      JSON.stringify({ ...files, name: 'mine', publishGlobs: ['/srv/log/*.log'] }),
    )
    expect(loadProfile(join(folder, 'mine.json')).publishGlobs).toEqual(['/srv/log/*.log'])
    rmSync(folder, { recursive: true })
  })

  it('that does not exist, or is no JSON, is named in the error', () => {
    for (const name of ['nginx', './nope/mine.json'])
      expect(() => loadProfile(name)).toThrow(
        `Profile ${name}: there is none; write beanstalk, files, or the path of a JSON file, such as ./`,
      )
    expect(() => loadProfile(import.meta.filename)).toThrow(/^Profile .*profile\.test\.ts: /)
  })

  it('has every bad value reported at once, with what to write instead', () => {
    const message = wrong({
      name: 'My App',
      publishGlobs: ['var/log/*.log', '/srv/**/x'],
      quiesce: [{ name: 'app', running: ['systemctl'], stop: 'stop app' }],
      keyRule: 'slashes',
      archivePrefix: 'logs/{host}',
      bufferSeconds: '11',
      stopSeconds: 0,
      globs: [],
    })
    expect(message.split('\n').slice(1)).toEqual([
      '  name: write up to 32 lower-case letters, digits and hyphens, a letter first',
      '  publishGlobs.0: write an absolute path, such as /var/log/app/*.log',
      '  publishGlobs.1: write one glob per level of folders: ** is not understood',
      '  quiesce.0.running: start the command with an absolute path, such as /bin/systemctl',
      '  quiesce.0.stop: write the command as a list of words, such as ["/bin/systemctl", "stop", "app"]',
      '  keyRule: write "underscores" (/var/log/a → _var_log_a) or "path"',
      '  archivePrefix: write letters, digits, _ . / = - and {environment}, {group} or {instance}',
      '  archivePrefix: end it with /',
      '  archivePrefix: include {instance}: instances use the same names',
      '  bufferSeconds: write whole seconds from 0 to 600',
      '  stopSeconds: write whole seconds from 1 to 600',
      '  the profile: remove globs: known here are only the names in the profiles that come with the guard',
    ])
  })

  it('cannot smuggle a parameter of SSM or a second line into the script', () => {
    expect(wrong({ publishGlobs: ['/var/log/{{ Upload }}'] })).toContain('write it without {{')
    expect(wrong({ publishGlobs: ['/var/log/a\nreboot'] })).toContain('write it on one line')
  })

  it('refuses what is no profile at all', () => {
    for (const value of [null, 3, 'beanstalk', [], {}])
      expect(() => parseProfile(value)).toThrow('This profile cannot be used')
  })

  it('is compiled to assignments that give the shell exactly its values, whatever they are', () => {
    const text = fc
      .string({ unit: 'binary' })
      .filter((value) => !/[\0\n\r]/.test(value) && !value.includes('{{') && value.isWellFormed())
    const value = fc.oneof(
      text,
      fc.constantFrom("'", "'; reboot #", '$(reboot)', '`reboot`', '\\', "'\\''", '*', '!!'),
    )
    fc.assert(
      fc.property(fc.array(value, { maxLength: 5 }), (values) => {
        const publishGlobs = values.map((each) => `/${each}`)
        const profile = parseProfile({
          ...files,
          publishGlobs: publishGlobs.filter((glob) => !glob.includes('**')),
        })
        // biome-ignore lint/suspicious/noTemplateCurlyInString: it is shell
        const print = '[ "${#PUBLISH_GLOBS[@]}" = 0 ] || printf "%s\\0" "${PUBLISH_GLOBS[@]}"'
        const seen = execFileSync('bash', ['-c', `${compileProfile(profile)}\n${print}`], {
          encoding: 'utf8',
        })
        expect(seen.split('\0').slice(0, -1)).toEqual(profile.publishGlobs)
      }),
      { numRuns: 40 },
    )
  })
})
