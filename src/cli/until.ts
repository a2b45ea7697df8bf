const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const longestMs = 7 * 86_400_000

/** Milliseconds of `30s`, `90m`, `12h`, `90d`; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const [, number, unit] = /^(\d+)([smhd])$/.exec(text) ?? []
  return unit === undefined ? undefined : Number(number) * unitMs[unit]!
}

/** Until when an approval holds: `90m`, `1h`, `2d` from now, or a time in RFC 3339. At most a week: nothing stands for ever. */
export function parseUntil(text: string, nowMs: number): { readonly untilMs: number } | { readonly problem: string } {
  const spanMs = parseDuration(text)
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/.test(text)
  const untilMs = spanMs === undefined ? (isTime ? Date.parse(text) : NaN) : nowMs + spanMs
  if (Number.isNaN(untilMs)) return { problem: `"${text}" is not a time: write 30m, 1h, 2d or 2027-03-31T18:00:00Z` }
  if (untilMs <= nowMs) return { problem: `"${text}" is in the past` }
  return untilMs - nowMs > longestMs ? { problem: 'an approval holds for a week at most' } : { untilMs }
}
