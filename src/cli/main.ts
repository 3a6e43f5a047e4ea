#!/usr/bin/env node
/** The commands for people. */
import { processSurroundings } from './process-surroundings.ts'
import { run } from './program.ts'

const surroundings = processSurroundings()
const code = await run(process.argv.slice(2), surroundings)
// What could not be written may be known by now.
process.exitCode ??= code
// What an interrupted command still waits for, nobody waits for any more.
if (surroundings.interruption.aborted) process.exit()
