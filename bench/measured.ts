/** What one case says of itself; the runner adds name and memory. */
export interface Measured {
  readonly wallMs: number
  /** Requests made, and the least that the documented API allows. */
  readonly calls: number
  readonly lowerBound: number
  readonly note: string
}
