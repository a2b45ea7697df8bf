import { measureDifference } from './difference.ts'
import type { Measured } from './measured.ts'

/** By name, in the order of the table. */
export const cases: Readonly<Record<string, () => Promise<Measured>>> = {
  'diff and plan, 100,000 against 100,000': measureDifference,
}
