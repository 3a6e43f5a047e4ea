#!/usr/bin/env node
/** The commands for people. */
import { processSurroundings } from './process-surroundings.ts'
import { run } from './program.ts'

process.exitCode = await run(process.argv.slice(2), processSurroundings())
