import type { KubeObject } from './kube-object.ts'

/** An object as it is handed out: nobody can change what others read too, and the bulky `managedFields` are gone. */
export function frozenObject<T extends KubeObject>(object: T): T {
  const metadata = Object.fromEntries(Object.entries(object.metadata).filter(([field]) => field !== 'managedFields'))
  return deeplyFrozen({ ...object, metadata })
}

function deeplyFrozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  for (const part of Object.values(value)) deeplyFrozen(part)
  return Object.freeze(value)
}
