import type { Reach } from '../core/delegation.ts'
import { apiVersion } from '../core/manifest.ts'
import { compare } from '../core/resource.ts'
import { kinds } from '../kinds/index.ts'
import type { DraftFile } from './draft-files.ts'
import type { Draft } from './draft.ts'

/** What the file of a path, below the directory of the organization, may touch. Undefined: everything. */
export type ReachOfPath = (path: string) => Reach | undefined

/**
 * Where the organization delegates, a manifest that is not delegated to its file goes beside the organization's own, whose
 * directory may say everything: `teams/devs.yaml` becomes `teams-devs.yaml`. For its owner to hand out.
 */
export function relocated(files: readonly DraftFile[], reachOf: ReachOfPath): readonly DraftFile[] {
  const moved = files.flatMap((file) => {
    const reach = reachOf(file.path)
    if (!reach) return [file]
    const [kept, others] = [true, false].map((isKept) =>
      file.drafts.filter((each) => isWithin(each, reach) === isKept),
    ) as [Draft[], Draft[]]
    return [
      { ...file, drafts: kept },
      { ...file, path: file.path.replaceAll('/', '-'), drafts: others },
    ].filter(({ drafts }) => drafts.length > 0)
  })
  return moved.toSorted((a, b) => compare(a.path, b.path))
}

function isWithin({ kind, name, spec }: Draft, reach: Reach): boolean {
  const origin = { file: name }
  const parsed = kinds.get(kind)!.parse({ apiVersion, kind, name, spec, origin, locate: () => origin })
  if ('problems' in parsed) return false
  const names = kinds.get(kind)!.names(parsed.spec)
  const whole = names.filter(({ part }) => part === undefined)
  return names.every((touch) => reach.allows(touch, ...(touch.part === 'place' ? whole : [])))
}
