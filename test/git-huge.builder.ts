import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { statSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { environment } from '../src/config.ts'
import { group, organization, temporary } from './git-repository.builder.ts'

export interface HugeRepository {
  /** Holds the bare repository `access.git`. */
  readonly directory: string
  readonly packedBytes: number
  /** Commits a group to `access/`. @returns the commit */
  change(name: string): Promise<string>
}

export interface HugeOptions {
  /** In `services/`, all of them YAML. */
  readonly files: number
  /** In `access/`, beside the organization. */
  readonly groups: number
  /** Of a film that changes with each, and that nothing can pack smaller. */
  readonly commits: number
  readonly filmBytes: number
}

/** A repository of many files and a heavy history, by `git fast-import`. */
export async function makeHugeRepository({ files, groups, commits, filmBytes }: HugeOptions): Promise<HugeRepository> {
  const directory = temporary('huge')
  const cwd = join(directory, 'access.git')
  const env = { PATH: environment()['PATH'], GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }
  execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', cwd], { env })
  execFileSync('git', ['config', 'uploadpack.allowFilter', 'true'], { cwd, env })
  const load = async (parts: Iterable<Buffer>): Promise<void> => {
    const child = spawn(
      'git',
      ['-c', 'core.compression=0', '-c', 'core.fsync=none', 'fast-import', '--quiet', '--depth=0'],
      {
        cwd,
        env,
        stdio: ['pipe', 'inherit', 'inherit'],
      },
    )
    for (const part of parts) if (!child.stdin.write(part)) await once(child.stdin, 'drain')
    child.stdin.end()
    const [code] = (await once(child, 'close')) as [number]
    if (code !== 0) throw new Error(`git fast-import ended with ${code}`)
  }
  await load(history({ files, groups, commits, filmBytes }))
  const packs = readdirSync(join(cwd, 'objects/pack'))
  const packedBytes = packs.reduce((sum, name) => sum + statSync(join(cwd, 'objects/pack', name)).size, 0)
  const head = () => execFileSync('git', ['rev-parse', 'main'], { cwd, env, encoding: 'utf8' }).trim()
  let at = commits
  const change: HugeRepository['change'] = async (name) => {
    at += 1
    await load([begin(at, `from ${head()}\n`), file(`access/${name}.yaml`, group(name))])
    return head()
  }
  return { directory, packedBytes, change }
}

/** What `git fast-import` reads, see its manual. */
function* history({ files, groups, commits, filmBytes }: HugeOptions): Generator<Buffer> {
  yield begin(0)
  yield file('access/org.yaml', organization)
  for (let index = 0; index < groups; index += 1) yield file(`access/g${index}.yaml`, group(`g${index}`))
  for (let index = 0; index < files; index += 1)
    yield file(`services/s${index % 200}/f${index}.yaml`, group(`f${index}`))
  for (let index = 1; index <= commits; index += 1) {
    yield begin(index)
    const film = createHash('shake256', { outputLength: filmBytes }).update(`film ${index}`).digest()
    yield file('media/film.bin', film)
  }
}

/** Seconds since 1970 of the first commit; the others follow a minute apart. */
const firstAt = 1_790_000_000

const begin = (index: number, from = ''): Buffer =>
  Buffer.from(`commit refs/heads/main\ncommitter Ana <ana@acme.com> ${firstAt + index * 60} +0000\ndata 0\n${from}`)

function file(path: string, content: string | Buffer): Buffer {
  const bytes = Buffer.from(content)
  return Buffer.concat([Buffer.from(`M 100644 inline ${path}\ndata ${bytes.length}\n`), bytes, Buffer.from('\n')])
}
