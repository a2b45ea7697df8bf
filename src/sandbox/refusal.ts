export type RefusalReason =
  | 'already-member'
  | 'already-exists'
  | 'default-group'
  | 'forbidden'
  | 'group-synced'
  | 'invalid'
  | 'licence-limit'
  | 'not-found'
  | 'not-invited'

/** A rule of the world says no. Each API turns the reason into a status and a body of its own. */
export class Refusal extends Error {
  readonly reason: RefusalReason
  readonly what: string

  constructor(reason: RefusalReason, what: string, message: string) {
    super(message)
    this.name = 'Refusal'
    this.reason = reason
    this.what = what
  }
}
