/** What is known of a git command that did not do its work. */
export interface GitFailure {
  /** The subcommand: `ls-remote`. */
  readonly operation: string
  /** The repository as it may be shown, without credentials; absent for work on this machine alone. */
  readonly repository?: string
  /** Absent where git was ended or never started. */
  readonly exitCode?: number
  /** `time`: it took longer than it may. `stopped`: the caller gave up. `size`: it printed more than it may. */
  readonly ended?: 'time' | 'stopped' | 'size' | 'signal'
  /** The last lines that git printed, without credentials. For people; never decided upon. */
  readonly detail?: string
  /** Of the system, where git could not be started: `ENOENT`. */
  readonly systemCode?: string
}

/** The git program failed. */
export class GitError extends Error {
  override readonly name = 'GitError'
  readonly code = 'GIT'
  readonly failure: GitFailure

  constructor(failure: GitFailure) {
    super(describe(failure))
    this.failure = failure
  }
}

function describe({ operation, repository, detail, systemCode, ...failure }: GitFailure): string {
  if (systemCode === 'ENOENT') return 'the git program is not on the PATH: install git 2.36 or later'
  const of = repository === undefined ? '' : ` of ${repository}`
  const how = systemCode === undefined ? endings(failure) : `could not be started (${systemCode})`
  return `git ${operation}${of} ${how}${detail === undefined ? '' : `: ${detail}`}`
}

function endings({ ended, exitCode }: Pick<GitFailure, 'ended' | 'exitCode'>): string {
  if (ended === 'time') return 'took too long and was ended'
  if (ended === 'stopped') return 'was interrupted'
  if (ended === 'size') return 'printed more than is read'
  return ended === 'signal' ? 'was ended from outside' : `failed (exit ${exitCode})`
}

/** An address, a ref, a path or a file of the user's that cannot be used. The message says what to write. */
export class GitSettingError extends Error {
  override readonly name = 'GitSettingError'
  readonly code = 'GIT_SETTING'
}
