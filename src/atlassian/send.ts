import type { Clock } from '../core/ports.ts'
import { RemoteError, type RemoteFailure } from '../core/remote-error.ts'
import { ParkedError, StoppedError, type Budget, type Manner } from './budget.ts'
import { noAnswer, refusal, type Answer } from './error.ts'
import { exchange, valueOf, type ExchangeOptions, type Outgoing } from './exchange.ts'
import { allowanceOf, dateMs, resumeAtMs, type Allowance, type Headers } from './rate-headers.ts'
import { patienceMs, retryDelayMs, type Failure } from './retry.ts'
import type { Silence } from './silence.ts'
import { slept } from '../core/slept.ts'

/** One try, told as it ends. Carries no identity: the request is named by its template. */
export interface CallEvent {
  /** `GET /rest/api/3/project/search` */
  readonly request: string
  readonly site?: string
  readonly write: boolean
  /** Counts from 1. */
  readonly tries: number
  readonly status?: number
  /** Why no whole answer came. */
  readonly code?: string
  readonly durationMs: number
  /** It will be tried again after so long. */
  readonly retryInMs?: number
  /** What the clock of the server said, in milliseconds since 1970. */
  readonly serverMs?: number
  readonly allowance?: Allowance
}

/** `signal` aborted: it is not waited for another try, and a try that is out is waited for. */
export interface Call extends Manner {
  /** Method and path template. */
  readonly request: string
  readonly site?: string
  readonly write: boolean
  readonly outgoing: Outgoing
  readonly budget: Budget
  /** Never to be shown, even if the server quotes them. */
  readonly secrets: readonly string[]
  /** Asked right before each try of a write; false refuses it. Default: always. */
  readonly mayWrite?: (() => boolean) | undefined
}

export interface SendOptions extends ExchangeOptions {
  readonly clock: Clock
  /** In [0, 1). */
  readonly random: () => number
  readonly onTry: (event: CallEvent) => void
}

/** Sends until there is an answer or no try is left. @throws RemoteError */
export async function send(call: Call, options: SendOptions): Promise<unknown> {
  const { clock, random, onTry } = options
  // from when the first try goes out: a call may stand in line for long behind others of its credential
  let startedMs: number | undefined
  for (let tries = 1; ; tries += 1) {
    const { outcome, beganMs, durationMs, headers } = await tryOnce(call, options, startedMs)
    startedMs ??= beganMs
    if ('value' in outcome) {
      onTry(event(call, { tries, durationMs, status: outcome.status, ...told(headers, clock.now()) }))
      return outcome.value
    }
    const nowMs = clock.now()
    const retryInMs = retryDelayMs(failureOf(outcome), { write: call.write, tries, startedMs, nowMs, random })
    parkAfter(outcome, call.budget, { nowMs, retryInMs })
    const pause = retryInMs !== undefined && { retryInMs }
    onTry(event(call, { tries, durationMs, ...facts(outcome), ...told(headers, nowMs), ...pause }))
    if (retryInMs === undefined || !(await slept(clock, retryInMs, call.signal))) throw errorOf(outcome, call)
  }
}

type Outcome = { readonly value: unknown; readonly status: number } | Answer | Silence

async function tryOnce(
  call: Call,
  options: SendOptions,
  startedMs: number | undefined,
): Promise<{ outcome: Outcome; beganMs: number; durationMs: number; headers?: Headers }> {
  const { clock } = options
  let beganMs = clock.now()
  const once = () => {
    if (call.write && call.mayWrite?.() === false) {
      throw refusedHere(call, { code: 'NOT_THE_WRITER', detail: 'another process may write now' })
    }
    beganMs = clock.now()
    return exchange(call.outgoing, options)
  }
  try {
    const result = await call.budget.run(once, (startedMs ?? beganMs) + patienceMs - beganMs, call)
    const durationMs = clock.now() - beganMs
    if (!('text' in result)) return { outcome: result, beganMs, durationMs }
    // a 429 parks the credential for as long as it says; what it says of the window must not slow down all that follows
    if (result.status !== 429) call.budget.learn(result.headers, `${call.site ?? ''} ${call.request}`)
    const outcome = isSuccess(result) ? { status: result.status, ...valueOf(result) } : result
    return { outcome, beganMs, durationMs, headers: result.headers }
  } catch (error) {
    if (error instanceof StoppedError) throw refusedHere(call, { code: 'INTERRUPTED', detail: error.message })
    if (!(error instanceof ParkedError)) throw error
    throw refusedHere(call, { status: 429, code: 'PARKED', detail: error.message })
  }
}

/** It did not go out. */
const refusedHere = ({ request }: Call, facts: Pick<RemoteFailure, 'status' | 'code' | 'detail'>): RemoteError =>
  new RemoteError({ request, effect: 'refused', ...facts })

/** The status of an answer that did not come whole says nothing about trying again. */
function failureOf(outcome: Answer | Silence): Failure {
  if ('text' in outcome) return { status: outcome.status, headers: outcome.headers }
  return { sent: outcome.sent, transient: outcome.transient }
}

const isSuccess = ({ status }: Answer): boolean => status >= 200 && status < 300

function parkAfter(outcome: Answer | Silence, budget: Budget, when: { nowMs: number; retryInMs: number | undefined }) {
  if (!('text' in outcome) || outcome.status !== 429) return
  budget.park(resumeAtMs(outcome.headers, when.nowMs) ?? when.nowMs + (when.retryInMs ?? 0))
}

const errorOf = (outcome: Answer | Silence, { request, secrets }: Call): RemoteError =>
  'text' in outcome ? refusal(request, outcome, secrets) : noAnswer(request, outcome, secrets)

const facts = (outcome: Answer | Silence): Pick<CallEvent, 'status' | 'code'> => ({
  ...(outcome.status !== undefined && { status: outcome.status }),
  ...('code' in outcome && { code: outcome.code }),
})

/** What the headers say beside the answer itself. */
function told(headers: Headers | undefined, nowMs: number): Pick<CallEvent, 'serverMs' | 'allowance'> {
  const serverMs = headers && dateMs(headers)
  const allowance = headers && allowanceOf(headers, nowMs)
  return { ...(serverMs !== undefined && { serverMs }), ...(allowance && { allowance }) }
}

const event = ({ request, site, write }: Call, rest: Omit<CallEvent, 'request' | 'site' | 'write'>): CallEvent => ({
  request,
  ...(site !== undefined && { site }),
  write,
  ...rest,
})
