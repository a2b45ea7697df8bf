import { readFile } from 'node:fs/promises'
import type { Dispatcher } from 'undici'
import type { Board } from '../forge/board.ts'
import { gitHubComments, gitHubIssues } from '../forge/github.ts'
import { gitLabIssues, gitLabNotes } from '../forge/gitlab.ts'
import type { Io } from './io.ts'

/** What the environment says of the run of a pipeline is not enough. */
class ForgeSettingError extends Error {
  override readonly name = 'ForgeSettingError'
  readonly code = 'FORGE_SETTING'
}

export type BoardKind = 'comments' | 'issues'

/**
 * The board of the pull request, or of the repository, that this run of a pipeline is for:
 * https://docs.github.com/actions/reference/workflows-and-actions/variables and
 * https://docs.gitlab.com/ci/variables/predefined_variables/
 *
 * @throws ForgeSettingError
 */
export async function boardOf(kind: BoardKind, io: Io, dispatcher: Dispatcher): Promise<Board> {
  const { env } = io
  if (env['GITHUB_ACTIONS'] === 'true') return gitHubBoard(kind, io, dispatcher)
  if (env['GITLAB_CI'] === 'true') return gitLabBoard(kind, io, dispatcher)
  throw new ForgeSettingError('this is no run of GitHub Actions or GitLab CI: nobody says where to write')
}

async function gitHubBoard(kind: BoardKind, { env }: Io, dispatcher: Dispatcher): Promise<Board> {
  const run = {
    apiUrl: needed(env, 'GITHUB_API_URL'),
    repository: needed(env, 'GITHUB_REPOSITORY'),
    token: needed(env, 'GITHUB_TOKEN'),
    dispatcher,
  }
  if (kind === 'issues') return gitHubIssues(run)
  const event = JSON.parse(await readFile(needed(env, 'GITHUB_EVENT_PATH'), 'utf8')) as Event
  if (event.pull_request === undefined) throw new ForgeSettingError('this run is for no pull request')
  return gitHubComments(run, event.pull_request.number)
}

/** https://docs.github.com/webhooks/webhook-events-and-payloads#pull_request */
interface Event {
  readonly pull_request?: { readonly number: number }
}

function gitLabBoard(kind: BoardKind, { env }: Io, dispatcher: Dispatcher): Board {
  const run = {
    apiUrl: needed(env, 'CI_API_V4_URL'),
    projectId: needed(env, 'CI_PROJECT_ID'),
    token: needed(env, 'GITLAB_TOKEN'),
    dispatcher,
  }
  if (kind === 'issues') return gitLabIssues(run)
  const number = env['CI_MERGE_REQUEST_IID']
  if (!number) throw new ForgeSettingError('this run is for no merge request')
  return gitLabNotes(run, Number(number))
}

function needed(env: Io['env'], name: string): string {
  const value = env[name]
  if (!value) throw new ForgeSettingError(`the environment variable ${name} is not set`)
  return value
}
