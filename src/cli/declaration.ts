import { dirname, join, relative, resolve, sep } from 'node:path'
import type { TokenStore } from '../atlassian/oauth-kept.ts'
import type { State, StateStore } from '../core/state.ts'
import { readSelection, type Selection } from '../source/root.ts'
import { shown } from '../source/yaml-files.ts'
import { createTokenFile } from '../state/token-file.ts'
import type { TokenOwner } from '../run/connection.ts'
import type { Context } from './context.ts'
import { openStateHome, type StateOptions } from './state-home.ts'

/** A declaration as the command line found it, and where its state is. */
export interface Located extends Selection {
  readonly covers: (file: string) => boolean
  readonly stateDirectory: string
  /** Names the declaration for the state: where it stands as seen from the state, so that both may move together. */
  readonly source: string
  readonly store: (organization: string) => StateStore
  /** Beside the state. */
  readonly tokens: (credential: TokenOwner) => TokenStore
}

export async function locate(paths: readonly string[], { io }: Context, options: StateOptions = {}): Promise<Located> {
  const given = paths.length === 0 ? ['.'] : paths
  const selection = await readSelection(given, io.cwd)
  const home = await openStateHome(options, { root: selection.root, io })
  const roots = selection.isWhole ? [] : given.map((path) => resolve(io.cwd, path))
  const covers = (file: string): boolean => {
    const path = resolve(io.cwd, file)
    return selection.isWhole || roots.some((root) => path === root || path.startsWith(root + sep))
  }
  const store = (organization: string): StateStore => relativeToRoot(home.store(organization), selection.root, io.cwd)
  const tokens = (credential: TokenOwner): TokenStore =>
    createTokenFile({ directory: home.directory, ...credential }, io.clock)
  return {
    ...selection,
    covers,
    stateDirectory: home.directory,
    source: home.source,
    store,
    tokens,
  }
}

/** The same declaration read from another working directory must find its manifests again: files are kept as seen from the root. */
function relativeToRoot(store: StateStore, root: string, cwd: string): StateStore {
  const mapped = (state: State, name: (file: string) => string): State => ({
    ...state,
    applied: state.applied.map((each) => withFile(each, name(each.origin.file))),
  })
  const seenFromHere = (state: State): State => mapped(state, (file) => shown(resolve(root, file), cwd))
  const seenFromRoot = (state: State): State =>
    mapped(state, (file) => relative(root, resolve(cwd, file)).split(sep).join('/'))
  return {
    load: async () => seenFromHere(await store.load()),
    hold: async () => {
      const held = await store.hold()
      return { ...held, state: seenFromHere(held.state), save: (state) => held.save(seenFromRoot(state)) }
    },
  }
}

const withFile = <T extends { readonly origin: { readonly file: string } }>(value: T, file: string): T => ({
  ...value,
  origin: { ...value.origin, file },
})

/** Where examples stand, in a clone and in an installed package. */
export const examplesDirectory = join(dirname(dirname(import.meta.dirname)), 'examples')
