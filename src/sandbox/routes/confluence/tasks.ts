import { ok, type Answer, type SandboxRequest } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
import type { SpaceRoleTask } from '../../world-state.ts'
import { countedList } from './pages.ts'
import { confluenceOf } from './confluence-of.ts'

export function listTasks(request: SandboxRequest): Answer {
  const tasks = [...confluenceOf(request).tasks.values()]
  return countedList(
    request,
    '/longtask',
    tasks.map((task) => taskView(request, task)),
    100,
  )
}

export function getTask(request: SandboxRequest): Answer {
  const task = confluenceOf(request).tasks.get(request.params['id'] ?? '')
  if (!task) throw new Refusal('not-found', 'task', `No task with id ${request.params['id']}`)
  return ok({ ...taskView(request, task), _links: { base: `${request.baseUrl}/wiki`, context: '/wiki' } })
}

function taskView(request: SandboxRequest, { id, startedAtMs }: SpaceRoleTask) {
  const { taskDurationMs } = confluenceOf(request)
  const elapsedTime = Math.min(Math.max(0, request.nowMs - startedAtMs), taskDurationMs)
  const finished = elapsedTime >= taskDurationMs
  return {
    id,
    name: { key: 'space.role.permissions.update', args: [] },
    elapsedTime,
    percentageComplete: finished ? 100 : Math.floor((100 * elapsedTime) / taskDurationMs),
    successful: finished,
    finished,
    messages: [],
  }
}
