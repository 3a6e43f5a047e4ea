// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
import type { Mutant } from './mutant.ts'
import { part, tested } from './script-part.ts'

/** How the flush saves what was deleted while it was written, and whatever lies under its hold alone, undone. */
export const deletedMutants: readonly Mutant[] = [
  {
    ...part('main'),
    ...tested('deleted'),
    only: 'in a folder that is a link',
    name: 'not save what was deleted',
    from: `  save_deleted\n`,
    to: '',
  },
  {
    ...part('deleted'),
    ...tested('deleted'),
    only: 'where no disk has room',
    name: 'let go of a deleted file for which there is no room',
    from: `    HELD[$id]=$fd\n`,
    to: '',
  },
  {
    ...part('deleted'),
    ...tested('deleted'),
    only: 'what its writer writes as it ends',
    name: 'keep half a copy beside the whole of a deleted file',
    from: `      rm -f -- "$copy"\n      unset "COPIES[$id]"\n`,
    to: '',
  },
  {
    ...part('writers'),
    ...tested('deleted'),
    only: 'before its writer is asked to end',
    name: 'save what was deleted only when its writer has ended',
    from: `  scan_mappings\n  save_deleted\n`,
    to: `  scan_mappings\n`,
  },
  {
    ...part('writers'),
    ...tested('deleted'),
    only: 'beside a file of the root folder',
    name: 'take a deleted file without a name for one of the root folder',
    from: `    [ -n "\${ANSWERS[i]}" ] || continue # who had it open has just ended\n`,
    to: '',
  },
  {
    ...part('deleted'),
    ...tested('deleted'),
    only: 'beside another that had its name',
    name: 'save two deleted files of one name in one copy',
    from: '/$MOMENT-$$-$id/',
    to: '/$MOMENT-$$/',
  },
  {
    ...part('census'),
    ...tested('deleted'),
    only: 'where only one disk has room',
    name: 'save on no other disk than that of the state',
    from: `        HOLD_FOLDERS+=("$path")\n`,
    to: '',
  },
  {
    ...part('last-look'),
    ...tested('deleted'),
    only: 'until the last moment',
    name: 'not save what is written to a deleted file while we publish',
    from: `  save_deleted live\n`,
    to: '',
  },
  {
    ...part('inventory'),
    ...tested('deleted'),
    only: 'two flushes that were killed',
    name: 'give two held files of one name one entry',
    from: '${given[$path]}',
    to: '',
  },
  {
    ...part('writers'),
    ...tested('census'),
    only: 'stopped in its tracks',
    name: 'ask a stopped program to end that cannot hear it',
    from: `        kill -CONT "$pid" 2>/dev/null`,
    to: '       ',
  },
]
