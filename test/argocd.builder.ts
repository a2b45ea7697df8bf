import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { LuaFactory } from 'wasmoon'

export const argocd = join(import.meta.dirname, '../docs/argocd')
export const script = readFileSync(join(argocd, 'health.lua'), 'utf8')

/** A table as Argo CD makes one of an object: lists begin at 1, and what is null is not there. */
function luaOf(value: unknown): string {
  if (Array.isArray(value)) return `{${value.map(luaOf).join(',')}}`
  if (typeof value !== 'object' || value === null) return value === null ? 'nil' : JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([key, each]) => `[${JSON.stringify(key)}]=${luaOf(each)}`)
    .join(',')}}`
}

export interface Health {
  readonly status: string
  readonly message: string
}

/** Argo CD opens the libraries base and table alone. */
const closed = 'string, math, io, os, utf8, coroutine, debug, package, require = nil'

/** What a real Lua makes of the object by the script of docs/argocd. */
export async function healthOf(object: unknown): Promise<Health> {
  const engine = await new LuaFactory().createEngine()
  try {
    return (await engine.doString(`${closed}\nobj = ${luaOf(object)}\n${script}`)) as Health
  } finally {
    engine.global.close()
  }
}
