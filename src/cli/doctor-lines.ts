/** What `doctor` found, in lines: what holds in one line each, what does not with why it matters and what to type. Pure. */
import { counted } from './counted.ts'
import type { Finding } from './doctor/finding.ts'

export function findingLines(findings: readonly Finding[]): string[] {
  const of = (is: Finding['is']) => findings.filter((finding) => finding.is === is).length
  return [
    ...findings.flatMap(({ is, check, about, says, why, remedy }) => [
      `${is.padEnd(7)}  ${check}  ${about}: ${says}`,
      ...(is === 'pass' ? [] : [`         why: ${why}`, ...(remedy ? [`         remedy: ${remedy}`] : [])]),
    ]),
    '',
    `${counted(of('pass'), 'check holds', 'checks hold')}, ${counted(of('fail'), 'fails', 'fail')}, ${of('unknown')} unknown.`,
  ]
}
