import type { CallEvent } from '../atlassian/transport.ts'
import type { Forecast } from '../core/kind.ts'
import { count } from '../report/terminal-text.ts'
import type { Context } from './context.ts'

export interface Progress {
  readonly onForecast: (forecast: Forecast) => void
  readonly onCall: (event: CallEvent) => void
  /** Takes the bar away. */
  readonly end: () => void
}

const barWidth = 24
const redrawMs = 100
/** Between the lines where there is no terminal to redraw: a log should not be full of them. */
const lineMs = 5_000

/**
 * Reads made of those announced, with the time that is left at the pace so far. On a terminal one line that is redrawn,
 * elsewhere a line every few seconds, on stderr.
 */
export function createProgress({ io, note, errorPaint }: Context, what: string): Progress {
  const startMs = io.clock.now()
  let drawnMs = startMs
  let expected: Forecast = { calls: 0, exact: false }
  let made = 0
  let waiting = ''
  let isOver = false
  const draw = (): void => {
    const nowMs = io.clock.now()
    if (isOver || nowMs - drawnMs < (io.isTty.stderr ? redrawMs : lineMs)) return
    drawnMs = nowMs
    const text = `${what}  ${share(made, expected)}${left(made, expected.calls, nowMs - startMs)}${waiting}`
    if (io.isTty.stderr) io.stderr(`\r\u001b[2K${errorPaint.quiet(`${bar(made, expected.calls)} ${text}`)}`)
    else note(text)
  }
  return {
    onForecast: (forecast) => {
      expected = forecast
      draw()
    },
    onCall: ({ write, retryInMs, status }) => {
      if (!write) made += 1
      waiting = retryInMs === undefined ? '' : `  (${status ?? 'no answer'}, waiting ${seconds(retryInMs)})`
      draw()
    },
    end: () => {
      isOver = true
      if (io.isTty.stderr) io.stderr('\r\u001b[2K')
    },
  }
}

function bar(made: number, expected: number): string {
  const full = Math.min(barWidth, Math.floor((barWidth * made) / Math.max(expected, made, 1)))
  return `[${'#'.repeat(full)}${'.'.repeat(barWidth - full)}]`
}

function share(made: number, { calls, exact }: Forecast): string {
  if (calls < made) return count(made, 'read')
  return `${made}/${calls}${exact ? '' : '+'} reads`
}

function left(made: number, expected: number, elapsedMs: number): string {
  const remaining = expected - made
  return made === 0 || remaining <= 0 ? '' : `  ${seconds((elapsedMs / made) * remaining)} left`
}

function seconds(ms: number): string {
  const whole = Math.ceil(ms / 1000)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}
