import type { Clock, Reader, Writer } from '../../core/ports.ts'
import { normalEmail } from '../../core/principal.ts'
import { RemoteError } from '../../core/remote-error.ts'
import { poll } from '../poll.ts'

/** Authentication policies (reference section 7; `admin-control-auth-policies.openapi.json`). */

const control = '/admin/control/v1/orgs/{orgId}'
export const policiesPerCall = 100

/** Policy by account id; accounts that are in none are left out. @throws RemoteError */
export async function readPolicies(
  reader: Reader,
  accountIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = await reader.read<readonly PolicyInfo[]>({
    api: 'control',
    method: 'POST',
    path: `${control}/users/auth-policies/bulk-fetch`,
    body: { accountIds },
  })
  return new Map(
    found.flatMap(({ accountId, authPolicyInfo }) =>
      accountId !== undefined && authPolicyInfo?.policyId !== undefined ? [[accountId, authPolicyInfo.policyId]] : [],
    ),
  )
}

interface PolicyInfo {
  readonly accountId?: string
  readonly authPolicyInfo?: { readonly policyId?: string }
}

interface TaskStatus {
  readonly inProgressCount?: number
  readonly failureCount?: number
  readonly failureReasons?: readonly FailureReason[]
}
interface FailureReason {
  readonly emails?: readonly string[]
  readonly details?: { readonly status?: number; readonly title?: string }
}

interface Waiting {
  readonly reader: Reader
  readonly clock: Clock
  readonly signal: AbortSignal
}

/**
 * Takes e-mails, not account ids, and works in the background: 202 says nothing yet, so its task is followed to its end.
 * @returns the refusals by e-mail. @throws RemoteError, also where the task has not ended in time
 */
export async function moveToPolicy(
  writer: Writer,
  { policyId, emails }: { readonly policyId: string; readonly emails: readonly string[] },
  waiting: Waiting,
): Promise<ReadonlyMap<string, RemoteError>> {
  const path = `${control}/auth-policy/{policyId}/add-users`
  const request = `POST ${path}`
  const { taskId } = await writer.write<{ readonly taskId: string }>({
    api: 'control',
    method: 'POST',
    path,
    params: { policyId },
    body: { users: emails },
  })
  const task = await poll(async () => {
    const status = await waiting.reader.read<TaskStatus>({
      api: 'control',
      method: 'GET',
      path: `${control}/auth-policy/task/{taskId}`,
      params: { taskId },
    })
    return (status.inProgressCount ?? 0) > 0 ? undefined : status
  }, waiting)
  if (!task) throw new RemoteError({ request, detail: 'the move has not ended yet', effect: 'unknown' })
  return refusalsOf(task, emails, request)
}

/** Where the task counts failures that it puts no name to, nobody is known to have been moved. */
function refusalsOf(
  { failureCount = 0, failureReasons = [] }: TaskStatus,
  emails: readonly string[],
  request: string,
): ReadonlyMap<string, RemoteError> {
  if (failureCount === 0) return new Map()
  const named = new Map(
    failureReasons.flatMap((reason) => (reason.emails ?? []).map((email) => [normalEmail(email), reason] as const)),
  )
  const isComplete = emails.filter((email) => named.has(email)).length === failureCount
  const failed = isComplete ? emails.filter((email) => named.has(email)) : emails
  return new Map(
    failed.map((email) => {
      const { status, title } = (named.get(email) ?? failureReasons[0])?.details ?? {}
      const detail = title ?? 'the account was not moved'
      return [email, new RemoteError({ request, ...(status !== undefined && { status }), detail, effect: 'refused' })]
    }),
  )
}
