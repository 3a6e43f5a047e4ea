// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
/** What a deployment does to groups, in which order, and what it says. */
import { bugsIn, type Mutant } from './mutant.ts'

export const deployingMutants: readonly Mutant[] = [
  ...bugsIn(
    { file: 'deploy/plugin.ts', tests: ['test/deploy/plugin.test.ts'] },
    [
      'deploy over open terminations',
      `    if (open.length > 0)
      this.#fail(openActions({ open, withdrawn: [] }`,
      `    if (open.length > 99)
      this.#fail(openActions({ open, withdrawn: [] }`,
    ],
    [
      'deploy without groups',
      'if (this.#settings.selections.length === 0 && enrolled.length > 0 && !isMeant)',
      'if (this.#settings.selections.length === 0 && enrolled.length > 99 && !isMeant)',
    ],
    [
      'call a deployment good that guards less',
      '    if (enrolled.refused.length > 0)',
      '    if (enrolled.refused.length > 99)',
    ],
    [
      'remove over open terminations',
      `    if (withdrawn.open.length > 0) this.#fail(openActions(withdrawn, scope.hookName, 'guarded groups'))
`,
      '',
    ],
    [
      'say nothing of what a group had',
      `    this.#tell(withdrawalReport(withdrawn, scope.hookName))
    this.#tell(instanceReport`,
      '    this.#tell(instanceReport',
    ],
    [
      'take every failure for no stack',
      'if (error instanceof Error && /does not exist/.test(error.message)) return new Map()',
      'if (error instanceof Error) return new Map()',
    ],
    ['print others’ words as they are', 'this.#log.notice(oneLine(line))', 'this.#log.notice(line)'],
    [
      'fail with others’ words as they are',
      'this.#serverless.classes.Error(visible(message)',
      'this.#serverless.classes.Error(message',
    ],
    [
      'make the log groups only before the stack',
      `        await this.#keepLogs()
        await this.#enrol()`,
      '        await this.#enrol()',
    ],
    [
      'make the log groups only after the stack',
      `        await this.#seeThatNothingIsOpen()
        await this.#keepLogs()`,
      '        await this.#seeThatNothingIsOpen()',
    ],
    [
      'forget before the stack is gone',
      '        removed = await this.#withdraw()',
      `        removed = await this.#withdraw()
        if (removed) await this.#forget(removed)`,
    ],
    ['forget nothing after a removal', '        if (removed) await this.#forget(removed)', ''],
    [
      'withdraw from nobody who is no longer chosen',
      'const left = { ...scope, except: wanted.selections }',
      `const left = { ...scope, except: wanted.selections, hookName: 'x' }`,
    ],
    [
      'enrol with a heartbeat of its own',
      'heartbeatTimeoutSeconds: heartbeatSeconds,',
      'heartbeatTimeoutSeconds: 3600,',
    ],
    [
      'retain whatever is said',
      `      retain,
      archivePrefix`,
      `      retain: true,
      archivePrefix`,
    ],
  ),
  ...bugsIn(
    { file: 'deploy/report.ts', tests: ['test/deploy/report.test.ts'] },
    ['say nothing of retention that is off', '...(wanted.retain ? [] : [WITHOUT_RETENTION]),', ''],
    [
      'say nothing of what differs',
      `    ...event.differs.map(({ groupName, what }) => line('left alone', \`\${groupName}: \${what}\`)),
`,
      '',
    ],
    [
      'type a group’s name as it is',
      '--auto-scaling-group-name ${shellWord(groupName)}`',
      '--auto-scaling-group-name ${groupName}`',
    ],
    [
      'say nothing of hooks that were left',
      '    ...hookLeft.map((name) =>',
      '    ...hookLeft.slice(99).map((name) =>',
    ],
    [
      'say nothing of retention that was left',
      '    ...retentionLeft.map((name) =>',
      '    ...retentionLeft.slice(99).map((name) =>',
    ],
    [
      'say nothing of kept machines',
      '    ...retained.map(({ groupName, instanceId }) =>',
      '    ...retained.slice(99).map(({ groupName, instanceId }) =>',
    ],
    [
      'not quote the group whose machine is let go',
      `--auto-scaling-group-name \${shellWord(first?.groupName ?? '')}`,
      `--auto-scaling-group-name \${first?.groupName ?? ''}`,
    ],
  ),
  ...bugsIn(
    { file: 'deploy/log-groups.ts', tests: ['test/deploy/plugin.test.ts'] },
    ['swallow every failure', 'if (!(error instanceof ResourceAlreadyExistsException)) throw error', ''],
    [
      'keep the logs of a group that is there for ever',
      `    await logs.send(new CreateLogGroupCommand({ logGroupName })).catch((error: unknown) => {
      if (!(error instanceof ResourceAlreadyExistsException)) throw error
    })`,
      `    try {
      await logs.send(new CreateLogGroupCommand({ logGroupName }))
    } catch (error) {
      if (!(error instanceof ResourceAlreadyExistsException)) throw error
      continue
    }`,
    ],
  ),
]
