import type { Clock, Reader, Writer } from '../../core/ports.ts'
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
  readonly failureReasons?: readonly { readonly details?: { readonly status?: number; readonly title?: string } }[]
}

interface Waiting {
  readonly reader: Reader
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** Takes e-mails, not account ids, and works in the background: 202 says nothing yet. @throws RemoteError */
export async function moveToPolicy(writer: Writer, move: { policyId: string; email: string }, waiting: Waiting) {
  const path = `${control}/auth-policy/{policyId}/add-users`
  const request = `POST ${path}`
  const { taskId } = await writer.write<{ readonly taskId: string }>({
    api: 'control',
    method: 'POST',
    path,
    params: { policyId: move.policyId },
    body: { users: [move.email] },
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
  if ((task.failureCount ?? 0) === 0) return
  const details = task.failureReasons?.[0]?.details
  throw new RemoteError({
    request,
    ...(details?.status !== undefined && { status: details.status }),
    detail: details?.title ?? 'the account was not moved',
    effect: 'refused',
  })
}
