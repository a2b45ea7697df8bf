import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { DockerfileParser, From, type Copy, type Entrypoint, type Env, type Instruction } from 'dockerfile-ast'

/** What the last stage of a Dockerfile leaves. */
export interface Image {
  /** Folder that stands for `/`. */
  readonly root: string
  /** As in `FROM`. */
  readonly base: string
  readonly env: Readonly<Record<string, string>>
  readonly entrypoint: readonly string[]
  /** `65532:65532` */
  readonly user: string
  /** Where the program starts: `/roster` */
  readonly workdir: string
}

export interface BuildOptions {
  /** Folder with the Dockerfile, its `.dockerignore`, and what is copied. */
  readonly context: string
  /** Empty; gets a folder for each stage. */
  readonly folder: string
  /** Of the steps: where node and npm are found. */
  readonly env: NodeJS.ProcessEnv
}

type Stage = { -readonly [key in keyof Image]: Image[key] }
interface Build extends BuildOptions {
  readonly stages: Map<string, Stage>
}

/**
 * Runs the steps of a Dockerfile without a container engine. Each stage has a folder of its own for its root, so what a
 * step names with an absolute path belongs into COPY and WORKDIR, not into RUN. The files of base images are not there.
 * @throws Error at an instruction that it does not know, at a file that `.dockerignore` keeps out, and at a step that fails
 */
export async function buildImage(options: BuildOptions): Promise<Image> {
  const dockerfile = DockerfileParser.parse(readFileSync(join(options.context, 'Dockerfile'), 'utf8'))
  const build: Build = { ...options, stages: new Map() }
  let stage: Stage | undefined
  for (const instruction of dockerfile.getInstructions()) {
    if (instruction instanceof From) stage = begin(build, instruction)
    else if (stage) await stepOf(instruction)(build, stage, instruction)
  }
  if (!stage) throw new Error('the Dockerfile has no FROM')
  return stage
}

function begin({ folder, stages }: Build, from: From): Stage {
  const root = join(folder, `stage-${stages.size}`)
  mkdirSync(root)
  const stage: Stage = { root, base: from.getImage() ?? '', env: {}, entrypoint: [], user: 'root', workdir: '/' }
  stages.set(from.getBuildStage() ?? `${stages.size}`, stage)
  return stage
}

function stepOf(instruction: Instruction): Step {
  const step = steps[instruction.getKeyword()]
  if (!step) throw new Error(`nobody knows here how ${instruction.getKeyword()} is run`)
  return step
}

type Step = (build: Build, stage: Stage, instruction: Instruction) => void | Promise<void>

const steps: Readonly<Record<string, Step>> = {
  COPY: copy,
  RUN: shell,
  ENV(_build, stage, instruction) {
    const pairs = (instruction as Env).getProperties().map((each) => [each.getName(), each.getValue() ?? ''])
    stage.env = { ...stage.env, ...Object.fromEntries(pairs) }
  },
  WORKDIR(_build, stage, instruction) {
    stage.workdir = wordsOf(instruction)[0] ?? ''
    mkdirSync(join(stage.root, stage.workdir), { recursive: true })
  },
  USER: (_build, stage, instruction) => void (stage.user = wordsOf(instruction)[0] ?? ''),
  ENTRYPOINT(_build, stage, instruction) {
    stage.entrypoint = (instruction as Entrypoint).getJSONStrings().map((each) => each.getJSONValue())
  },
  // they say what an image is and how it starts, and change no file
  LABEL: () => {},
  CMD: () => {},
}

const wordsOf = (instruction: Instruction): string[] => instruction.getArguments().map((each) => each.getValue())

async function shell({ env }: Build, stage: Stage, instruction: Instruction): Promise<void> {
  const command = instruction.getArgumentsContent() ?? ''
  const cwd = join(stage.root, stage.workdir)
  await promisify(execFile)('/bin/sh', ['-c', command], { cwd, env: { ...env, ...stage.env } })
}

function copy(build: Build, stage: Stage, instruction: Instruction): void {
  const places = wordsOf(instruction)
  const target = places.pop() ?? ''
  const into = join(stage.root, target.startsWith('/') ? '' : stage.workdir, target)
  const from = (instruction as Copy).getFromFlag()?.getValue() ?? undefined
  for (const place of places) {
    const source = from === undefined ? inContext(build.context, place) : inStage(build, from, place)
    // a folder's content is copied, a file keeps its name
    const copied = statSync(source).isDirectory() ? into : join(into, basename(place))
    cpSync(source, copied, { recursive: true, verbatimSymlinks: true })
  }
}

function inStage({ stages }: Build, name: string, place: string): string {
  const origin = stages.get(name)
  if (!origin) throw new Error(`there is no stage ${name}`)
  return join(origin.root, place)
}

/** `.dockerignore` is a list of what goes in: everything is out but that. */
function inContext(context: string, place: string): string {
  const lines = readFileSync(join(context, '.dockerignore'), 'utf8').split('\n')
  const [first, ...rules] = lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'))
  if (first !== '*' || !rules.every((rule) => /^![\w.]/.test(rule))) {
    throw new Error('.dockerignore is not a list of what goes in')
  }
  if (!rules.includes(`!${place.replace(/\/$/, '')}`)) throw new Error(`.dockerignore keeps ${place} out`)
  return join(context, place)
}
