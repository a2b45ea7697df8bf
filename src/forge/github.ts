import type { Dispatcher } from 'undici'
import type { Board, Entry } from './board.ts'
import { createForgeCalls, ForgeError, type ForgeCalls } from './forge-calls.ts'
import { issueTitle } from './issue-title.ts'

export interface GitHubRun {
  /** `https://api.github.com`, or that of an own server. */
  readonly apiUrl: string
  /** `owner/name` */
  readonly repository: string
  readonly token: string
  readonly dispatcher: Dispatcher
}

interface Author {
  readonly login: string
  readonly type: string
}

interface Comment {
  readonly id: number
  readonly body?: string | null
  readonly user: Author | null
}

interface Issue extends Comment {
  readonly number: number
  readonly pull_request?: object
}

/** https://docs.github.com/en/rest/issues/comments: a pull request is an issue to that API. */
export function gitHubComments(run: GitHubRun, pullRequest: number): Board {
  const calls = callsFor(run, 'the job needs "permissions: pull-requests: write"')
  const comments = `/repos/${run.repository}/issues/comments`
  const own = `/repos/${run.repository}/issues/${pullRequest}/comments`
  return {
    title: `pull request ${pullRequest} of ${run.repository}`,
    list: async () => {
      const all = (await calls.list(`${own}?per_page=100`)) as readonly Comment[]
      return ours(all, await whoAmI(calls), ({ id }) => id)
    },
    create: ({ text }) => calls.send('POST', own, { body: text }),
    replace: (id, text) => calls.send('PATCH', `${comments}/${id}`, { body: text }),
    remove: (id) => calls.send('DELETE', `${comments}/${id}`),
  }
}

/** https://docs.github.com/en/rest/issues/issues */
export function gitHubIssues(run: GitHubRun): Board {
  const calls = callsFor(run, 'the job needs "permissions: issues: write"')
  const issues = `/repos/${run.repository}/issues`
  return {
    title: `issues of ${run.repository}`,
    list: async () => {
      const all = (await calls.list(`${issues}?state=open&per_page=100`)) as readonly Issue[]
      const without = all.filter(({ pull_request }) => pull_request === undefined)
      return ours(without, await whoAmI(calls), ({ number }) => number)
    },
    create: (section) => calls.send('POST', issues, { title: issueTitle(section), body: section.text }),
    replace: (id, text) => calls.send('PATCH', `${issues}/${id}`, { body: text }),
    remove: (id) => calls.send('PATCH', `${issues}/${id}`, { state: 'closed', state_reason: 'completed' }),
  }
}

const callsFor = ({ apiUrl, token, dispatcher }: GitHubRun, remedy: string): ForgeCalls =>
  createForgeCalls({
    base: apiUrl,
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${token}`,
      'user-agent': 'roster',
      'x-github-api-version': '2022-11-28',
    },
    dispatcher,
    remedy,
  })

/** The token of a workflow may not ask who it is, and what it writes is a bot's. */
async function whoAmI(calls: ForgeCalls): Promise<(author: Author) => boolean> {
  try {
    const { login } = (await calls.get('/user')) as Author
    return (author) => author.login === login
  } catch (error) {
    if (error instanceof ForgeError && error.status === 403) return ({ type }) => type === 'Bot'
    throw error
  }
}

/** Anybody may write our marker into a comment: what people wrote is not ours to change. */
function ours<Found extends Comment>(
  all: readonly Found[],
  isOurs: (author: Author) => boolean,
  idOf: (found: Found) => number,
): readonly Entry[] {
  return all
    .filter(({ user }) => user !== null && isOurs(user))
    .map((each) => ({ id: String(idOf(each)), text: each.body ?? '' }))
}
