/** Who holds a state, for people. */
export interface Holder {
  readonly pid: number
  readonly host: string
  /** Since when, milliseconds since 1970. */
  readonly atMs: number
  /** Where to look at its work, such as the page of a CI run. */
  readonly page?: string
}

/** `process 4711 on build-7 since 2026-11-25T16:45:12Z (3 minutes)` */
export function heldBy({ pid, host, atMs, page }: Holder, nowMs: number): string {
  const where = page === undefined ? '' : `, ${page},`
  return `process ${pid} on ${host}${where} since ${new Date(atMs).toISOString().slice(0, 19)}Z (${lasting(nowMs - atMs)})`
}

function lasting(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 120) return `${seconds} ${seconds === 1 ? 'second' : 'seconds'}`
  const minutes = Math.round(seconds / 60)
  return minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`
}
