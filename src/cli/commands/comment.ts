import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { keepUpToDate } from '../../forge/board.ts'
import type { ExitCode } from '../../report/exit-code.ts'
import { markdownSections } from '../../report/markdown-sections.ts'
import { renderDiagnostics } from '../../report/code-frame.ts'
import { openNetwork } from '../../run/network.ts'
import { command, type Finish } from '../command.ts'
import type { Context } from '../context.ts'
import { boardOf } from '../forge-run.ts'

interface CommentOptions {
  readonly issue?: boolean
  readonly done?: boolean
}

export function addComment(program: Command, context: Context, finish: Finish): void {
  const summary = 'keep the comment of a pull request as a plan says; for GitHub Actions and GitLab CI'
  command(program, { name: 'comment', summary, example: 'roster comment plan.md' })
    .argument('<file>', 'what plan, drift or apply printed with -o markdown')
    .option('--issue', 'keep an issue of the repository instead: for drift')
    .option('--done', 'nothing is left to say: delete the comment, close the issue')
    .action(async (file: string, options: CommentOptions) => finish(await comment(file, options, context)))
}

/** @throws ForgeSettingError, ForgeError */
async function comment(file: string, { issue, done = false }: CommentOptions, context: Context): Promise<ExitCode> {
  const { io, note } = context
  const sections = markdownSections(await readFile(resolve(io.cwd, file), 'utf8'))
  if (sections.length === 0) {
    note(`${file} is not what plan, drift or apply print with -o markdown`)
    return 1
  }
  const network = await openNetwork(io)
  if ('diagnostic' in network) {
    note(renderDiagnostics([network.diagnostic], new Map(), context.errorPaint))
    return 1
  }
  try {
    const board = await boardOf(issue ? 'issues' : 'comments', io, network.dispatcher)
    const { written, same, removed } = await keepUpToDate(board, sections, done)
    note(`${board.title}: ${written} written, ${same} left as before, ${removed} removed`)
    return 0
  } finally {
    await network.dispatcher.close()
  }
}
