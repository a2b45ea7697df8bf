/** Why something that is there is not written into a manifest: code to a heading for summaries. */
export const obstacleCodes = {
  OWNED_ELSEWHERE: 'members of groups that an identity provider or Atlassian owns',
  APP: 'access of apps and service accounts, which they give themselves',
  CUSTOMER: 'access of portal customers',
  UNKNOWN_ACCOUNT: 'access of accounts that the organization does not know: apps, and guests of one site',
  UNKNOWN_GROUP: 'access of groups that the organization does not know',
  DEACTIVATED: 'access of people who are deactivated',
  ACCESS_CLASS: 'access of everybody of a class, which no manifest names',
  CUSTOM_ACCESS: 'custom access on a site with space roles',
  UNNAMEABLE: 'what a manifest cannot name without doubt',
  WITHDRAWN: 'what the declaration takes away already',
  IN_DOUBT: 'places that a manifest with a mistake claims',
} as const

export type ObstacleCode = keyof typeof obstacleCodes

export interface Obstacle {
  readonly code: ObstacleCode
  /** For a comment: `an app, which gives itself access`. */
  readonly why: string
}
