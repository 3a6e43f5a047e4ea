/** `manual`: the manual page, from the same table that parses. `termination-guard manual | man -l -` shows it. */
import { Command } from 'commander'
import type { Surroundings } from './surroundings.ts'

export function manualCommand({ terminal }: Surroundings, program: Command): Command {
  return new Command('manual')
    .description('print the manual page: termination-guard manual | man -l -')
    .action(() => terminal.print(manualPage(program)))
}

export function manualPage(program: Command): string {
  return [
    `.TH ${program.name().toUpperCase()} 1`,
    '.SH NAME',
    `${program.name()} \\- ${roff(program.description())}`,
    '.SH SYNOPSIS',
    ...program.commands.map(
      (command) => `.B ${program.name()} ${command.name()}\n${roff(command.usage())}\n.br`,
    ),
    '.SH COMMANDS',
    ...program.commands.flatMap(commandLines),
    '.SH EXIT STATUS',
    '0 it is so, or it is done. 1 it is not, or it failed. 2 the command line is wrong.',
    '.SH ENVIRONMENT',
    'Region, credentials and endpoints are found as the AWS CLI finds them (AWS_REGION, AWS_PROFILE, AWS_ENDPOINT_URL and so on).',
  ].join('\n')
}

function commandLines(command: Command): string[] {
  return [
    `.SS ${command.name()} ${roff(command.usage())}`,
    roff(command.description()),
    ...command.registeredArguments.flatMap((one) => ['.TP', `.I ${roff(one.name())}`, roff(one.description)]),
    ...command.options.flatMap(({ flags, description }) => ['.TP', `.B ${roff(flags)}`, roff(description)]),
  ]
}

/** A line that begins with a dot or a quote is a request, and a hyphen is not a minus. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/, '\\&$1')
}
