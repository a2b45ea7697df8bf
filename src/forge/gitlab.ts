import type { Dispatcher } from 'undici'
import type { Board } from './board.ts'
import { createForgeCalls, type ForgeCalls } from './forge-calls.ts'
import { issueTitle } from './issue-title.ts'

export interface GitLabRun {
  /** `https://gitlab.example.com/api/v4` */
  readonly apiUrl: string
  readonly projectId: string
  readonly token: string
  readonly dispatcher: Dispatcher
}

interface Written {
  readonly id: number
  readonly author: { readonly id: number }
}

/** https://docs.gitlab.com/api/notes/#merge-requests */
export function gitLabNotes(run: GitLabRun, mergeRequest: number): Board {
  const calls = callsFor(run)
  const notes = `/projects/${run.projectId}/merge_requests/${mergeRequest}/notes`
  return {
    title: `merge request ${mergeRequest} of project ${run.projectId}`,
    list: async () => {
      const all = await ours<Written & { readonly body: string }>(calls, `${notes}?per_page=100`)
      return all.map(({ id, body }) => ({ id: String(id), text: body }))
    },
    create: ({ text }) => calls.send('POST', notes, { body: text }),
    replace: (id, text) => calls.send('PUT', `${notes}/${id}`, { body: text }),
    remove: (id) => calls.send('DELETE', `${notes}/${id}`),
  }
}

/** https://docs.gitlab.com/api/issues/ */
export function gitLabIssues(run: GitLabRun): Board {
  const calls = callsFor(run)
  const issues = `/projects/${run.projectId}/issues`
  return {
    title: `issues of project ${run.projectId}`,
    list: async () => {
      type Issue = Written & { readonly iid: number; readonly description: string | null }
      const all = await ours<Issue>(calls, `${issues}?state=opened&per_page=100`)
      return all.map(({ iid, description }) => ({ id: String(iid), text: description ?? '' }))
    },
    create: (section) => calls.send('POST', issues, { title: issueTitle(section), description: section.text }),
    replace: (id, text) => calls.send('PUT', `${issues}/${id}`, { description: text }),
    remove: (id) => calls.send('PUT', `${issues}/${id}`, { state_event: 'close' }),
  }
}

const callsFor = ({ apiUrl, token, dispatcher }: GitLabRun): ForgeCalls =>
  createForgeCalls({
    base: apiUrl,
    headers: { 'private-token': token, 'user-agent': 'roster' },
    dispatcher,
    // the token of a job may not write notes: https://docs.gitlab.com/ci/jobs/ci_job_token/
    remedy: 'GITLAB_TOKEN must be an access token of the project with the scope api',
  })

/** Anybody may write our marker into a note: what others wrote is not ours to change. */
async function ours<Found extends Written>(calls: ForgeCalls, path: string): Promise<readonly Found[]> {
  const { id: self } = (await calls.get('/user')) as Written
  const all = (await calls.list(path)) as readonly Found[]
  return all.filter(({ author }) => author.id === self)
}
