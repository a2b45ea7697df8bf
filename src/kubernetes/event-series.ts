import type { EventFact, EventRecorderOptions } from './events.ts'
import { apiVersionOf, eventType, type KubeObject } from './kube-object.ts'
import { microTime } from './micro-time.ts'

/** events.k8s.io/v1 Event, as far as it is written. */
export interface EventObject extends KubeObject {
  readonly eventTime: string
  readonly reportingController: string
  readonly reportingInstance: string
  readonly type: string
  readonly reason: string
  readonly action: string
  readonly note: string
  readonly regarding: Readonly<Record<string, string | undefined>>
  /** Absent on one that happened once. */
  readonly series?: { readonly count: number; readonly lastObservedTime: string }
}

/** One event, and how often it happened. */
export interface EventSeries {
  readonly fact: EventFact
  count: number
  lastMs: number
  /** The count that the API server has; 0: none yet. */
  written: number
  writtenMs: number
  /** The count that is under way; 0: none. */
  sending: number
  /** As it stands now. */
  readonly object: () => EventObject
}

/** `serial`: different for each event of this process. */
export function newSeries(
  { clock, random, reportingController, reportingInstance }: Omit<EventRecorderOptions, 'client' | 'signal'>,
  fact: EventFact,
  serial: number,
): EventSeries {
  const { regarding, type, reason, action, note } = fact
  const { name, namespace = 'default', uid } = regarding.metadata
  const nowMs = clock.now()
  const eventName = `${namePart(name)}.${nowMs.toString(16)}${hex(random)}${serial.toString(16)}`
  const { apiVersion, kind } = regarding
  const object = {
    apiVersion: apiVersionOf(eventType),
    kind: eventType.kind,
    metadata: { name: eventName, namespace },
    eventTime: microTime(nowMs),
    regarding: { apiVersion, kind, name, namespace: regarding.metadata.namespace, uid },
    reportingController,
    reportingInstance,
    type,
    reason,
    action,
    note: cut(note),
  }
  const series: EventSeries = {
    fact,
    count: 1,
    lastMs: nowMs,
    written: 0,
    writtenMs: nowMs,
    sending: 0,
    object: () => ({
      ...object,
      ...(series.count > 1 && { series: { count: series.count, lastObservedTime: microTime(series.lastMs) } }),
    }),
  }
  return series
}

const hex = (random: () => number): string => Math.floor(random() * 2 ** 32).toString(16)

/** A name may have 253 characters, and each part between dots begins and ends with a letter or a digit. */
const namePart = (name: string): string => name.slice(0, 200).replace(/[-.]+$/, '')

const noteBytes = 1_024

/** At most 1,024 bytes (k8s.io/kubernetes, `NoteLengthLimit`), and no character in halves. */
function cut(note: string): string {
  const bytes = Buffer.from(note)
  if (bytes.length <= noteBytes) return note
  const mark = '…'
  const kept = bytes.subarray(0, noteBytes - Buffer.byteLength(mark))
  return `${new TextDecoder().decode(kept, { stream: true })}${mark}`
}
