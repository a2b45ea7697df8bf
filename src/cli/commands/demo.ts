import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExitCode } from '../../report/exit-code.ts'
import { createContext, type Context } from '../context.ts'
import { examplesDirectory } from '../declaration.ts'
import { noSandbox, openSandbox, type Sandbox } from '../sandbox-server.ts'
import { apply } from './apply.ts'
import { plan } from './plan.ts'

const company = join(examplesDirectory, 'acme')

/** The whole of Roster on a made-up company: it ends by itself. 1 where a step did not end as it must. */
export async function demo(context: Context): Promise<ExitCode> {
  const problem = noSandbox()
  if (problem !== undefined) {
    context.note(problem)
    return 1
  }
  const seed = await readFile(join(company, 'world.yaml'), 'utf8')
  const sandbox = await openSandbox({ seed, port: 0, host: '127.0.0.1' })
  const state = await mkdtemp(join(tmpdir(), 'roster-demo-'))
  try {
    return await tour({ sandbox, state, context })
  } finally {
    await sandbox.close()
    await rm(state, { recursive: true, force: true })
  }
}

interface Tour {
  readonly sandbox: Sandbox
  readonly state: string
  readonly context: Context
}

interface Step {
  readonly title: string
  readonly command: string
  readonly run: () => Promise<ExitCode>
  /** The codes that it may end with. */
  readonly expected: readonly ExitCode[]
}

async function tour({ sandbox, state, context }: Tour): Promise<ExitCode> {
  const { print, paint, io } = context
  const steps = [...catchUp({ sandbox, state, context }), ...breakAndRepair({ sandbox, state, context })]
  print(paint.heading('Acme, a made-up company, and an Atlassian Cloud for it on this machine.'))
  print(`${company}/access declares who gets into what; the cloud at ${sandbox.url} has grown by hand.`)
  print('Warnings, what is unmanaged and a plan that was shown already appear once.')
  for (const [index, step] of steps.entries()) {
    print(`\n${paint.heading(`${index + 1}. ${step.title}`)}\n${paint.quiet(`$ ${step.command}`)}\n`)
    const code = await step.run()
    if (io.signal.aborted) return 130
    if (!step.expected.includes(code)) {
      context.note(`the step ended with exit code ${code}, where ${step.expected.join(' or ')} was expected`)
      return 1
    }
    print(paint.quiet(`exit code ${code}`))
  }
  const { journal } = sandbox
  print(
    `\n${paint.heading('That was it.')} The cloud answered ${journal.reads().length} reads and ${journal.writes().length} writes.\n`,
  )
  print(whatNext)
  return 0
}

const whatNext = `What to type next:
  npx roster sandbox   the cloud of the same company; leave it running, and in another terminal
  npx roster plan ${join(company, 'access')}
  npx roster --help    all commands`

const paths = ['access']

/** Places are named as somebody in the company's repository would see them. */
const insideOf = (context: Context): Context => ({ ...context, io: { ...context.io, cwd: company } })

function catchUp({ sandbox, state, context }: Tour): readonly Step[] {
  const options = { sandbox: sandbox.url, state }
  const inside = insideOf(context)
  return [
    {
      title: 'What would change? A plan reads and writes nothing.',
      command: 'roster plan access',
      run: () => plan(paths, { ...options, demo: 'whole' }, inside),
      expected: [3],
    },
    {
      title: 'Apply that plan. A first run gives access and takes none away.',
      command: 'roster apply access --yes',
      run: () => apply(paths, { ...options, yes: true, demo: 'summary' }, inside),
      expected: [3],
    },
    {
      title: 'Apply again: now removals go out too, and what is over a limit goes with an approval of exactly that.',
      command: 'roster apply access --yes --approve <digest>',
      run: async () => {
        const digests = await heldDigests(options, inside)
        return apply(paths, { ...options, yes: true, approve: digests, demo: 'changes' }, inside)
      },
      expected: [0],
    },
    {
      title: 'Plan again: live access equals the declaration.',
      command: 'roster plan access --detailed-exitcode',
      run: () => plan(paths, { ...options, detailedExitcode: true, demo: 'changes' }, inside),
      expected: [0],
    },
  ]
}

function breakAndRepair({ sandbox, state, context }: Tour): readonly Step[] {
  const options = { sandbox: sandbox.url, state }
  const inside = insideOf(context)
  return [
    {
      title: `Somebody changes things by hand: ${meddling}.`,
      command: 'roster drift access',
      run: () => {
        meddle(sandbox)
        return plan(paths, { ...options, detailedExitcode: true, demo: 'changes' }, inside)
      },
      expected: [2],
    },
    {
      title: 'Repair it.',
      command: 'roster apply access --yes',
      run: () => apply(paths, { ...options, yes: true, demo: 'summary' }, inside),
      expected: [0],
    },
    {
      title: 'No drift any more.',
      command: 'roster drift access',
      run: () => plan(paths, { ...options, detailedExitcode: true, demo: 'changes' }, inside),
      expected: [0],
    },
  ]
}

const meddling = 'an outsider joins payments-developers, a developer is thrown out, and a role in PAY is given away'

function meddle({ world }: Sandbox): void {
  world.addMember('payments-developers', 'dylan.murphy@acme.com')
  world.removeMember('payments-developers', 'priya.nair@acme.com')
  world.addActor({ site: 'acme', project: 'PAY', role: 'Developers' }, { user: 'claire.dubois@acme.com' })
}

interface Where {
  readonly sandbox: string
  readonly state: string
}

/** What a person would copy from the plan above: the digests under what is held by a limit. */
async function heldDigests(where: Where, { io }: Context): Promise<readonly string[]> {
  let text = ''
  const silent = { ...io, stdout: (more: string) => void (text += more), stderr: () => {} }
  await plan(paths, { ...where, json: true }, createContext(silent, []))
  const { organizations } = JSON.parse(text) as { organizations: { scopes: { digest: string; held: object[] }[] }[] }
  return organizations.flatMap(({ scopes }) => scopes.flatMap(({ digest, held }) => (held.length > 0 ? [digest] : [])))
}
