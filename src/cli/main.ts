#!/usr/bin/env node
/** The commands for people. Each is one file that turns what it learned into lines; this file only reads the command line. */
import { Command } from 'commander'
import { explainCommand } from './explain.ts'
import { historyCommand } from './history.ts'
import { replaceCommand } from './replace.ts'

const program = new Command('termination-guard')
  .description('What the guard knows, and what to do about it.')
  .addCommand(explainCommand())
  .addCommand(historyCommand())
  .addCommand(replaceCommand())
  .showHelpAfterError('(add --help for what can be typed)')

try {
  await program.parseAsync()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
