/** What could not be read, and why. */
export interface GapItem {
  readonly what: string
  readonly reason: string
}
