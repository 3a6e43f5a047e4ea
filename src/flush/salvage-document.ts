/** The name of a deployment's document for the disks of dead machines, beside the one that its functions send. Pure. */
export function salvageDocumentOf(deployment: string): string {
  return `${deployment}-salvage`
}
