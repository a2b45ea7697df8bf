import { fieldsOf, ok, stringsOf, type Answer, type SandboxRequest } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
import { appsOf, giveApp, resourceAri, resourceOf } from '../../world-apps.ts'
import { createAccount, findAccount, statusOf } from '../../world-directory.ts'

/** Which of up to 100 addresses have no access to Confluence; tells no account ids. */
export function checkAccess(request: SandboxRequest): Answer {
  const [valid, invalidEmails] = emailsOf(request)
  return ok({ emailsWithoutAccess: valid.filter((email) => !hasAccess(request, email)), invalidEmails })
}

/** Gives up to 100 addresses the app, through its default group. 200 without a body. @throws Refusal where no seat is left */
export function inviteByEmail(request: SandboxRequest): Answer {
  const { state, nowMs } = request
  const [valid, invalid] = emailsOf(request)
  if (invalid.length > 0) throw new Refusal('invalid', 'emails', `not e-mail addresses: ${invalid.join(', ')}`)
  const app = resourceOf(state, confluenceAri(request))
  for (const email of valid) {
    const account = findAccount(state, email) ?? createAccount(state, { email }, nowMs)
    if (account.membershipStatus === 'no_membership') account.membershipStatus = 'active'
    giveApp(state, app, account)
  }
  return { status: 200 }
}

function hasAccess(request: SandboxRequest, email: string): boolean {
  const account = findAccount(request.state, email)
  if (!account || statusOf(account) !== 'active') return false
  return appsOf(request.state, account.accountId).has(confluenceAri(request))
}

function confluenceAri({ site }: SandboxRequest): string {
  if (site) return resourceAri(site, 'confluence')
  throw new Refusal('not-found', 'site', 'no Confluence on this site')
}

/** The addresses, and what is none. @throws Refusal */
function emailsOf({ body }: SandboxRequest): readonly [valid: string[], invalid: string[]] {
  const emails = stringsOf(fieldsOf(body)['emails'])
  if (emails.length < 1 || emails.length > 100)
    throw new Refusal('invalid', 'emails', 'emails must have 1 to 100 addresses')
  const isAddress = (text: string) => /^[^\s@]+@[^\s@]+$/.test(text)
  return [emails.filter(isAddress), emails.filter((text) => !isAddress(text))]
}
