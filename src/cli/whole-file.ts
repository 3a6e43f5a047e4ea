/** A file is written as a whole or stays as it was: of a page that a full disk cut, nobody could tell what it leaves out. */
import { realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'

export async function writeWhole(file: string, text: string): Promise<void> {
  const place = statSync(file, { throwIfNoEntry: false })
  // A pipe or a device holds nothing that could stay.
  if (place && !place.isFile()) return await writeFile(file, text)
  const target = place ? realpathSync(file) : file
  const beside = `${target}.${process.pid}`
  try {
    // At once, so that no Ctrl-C comes between.
    writeFileSync(beside, text, place && { mode: place.mode })
    renameSync(beside, target)
  } catch (error) {
    rmSync(beside, { force: true })
    throw error
  }
}
