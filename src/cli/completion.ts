import type { Command, Option } from 'commander'

/** What a shell completes after a command. */
interface Completed {
  readonly name: string
  readonly summary: string
  readonly options: readonly { readonly flag: string; readonly short?: string; readonly description: string }[]
  /** Words that an argument may be, where it is one of a few. */
  readonly choices: readonly string[]
}

export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

/** A script that teaches the shell the commands and options of this very program. */
export function completionScript(program: Command, shell: Shell): string {
  const commands = program.commands.map(completed)
  if (shell === 'bash') return bash(commands)
  return shell === 'zsh' ? zsh(commands) : fish(commands)
}

function completed(command: Command): Completed {
  const help = command.createHelp()
  return {
    name: command.name(),
    summary: command.summary() || command.description(),
    options: help.visibleOptions(command).map(optionOf),
    choices: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
  }
}

const optionOf = ({ long, short, description }: Option) => ({
  flag: long ?? short ?? '',
  ...(short !== undefined && long !== undefined && { short }),
  description,
})

function bash(commands: readonly Completed[]): string {
  const cases = commands.map(({ name, options, choices }) => {
    const words = options.map(({ flag }) => flag).join(' ')
    return `    ${name}) words='${words}' choices='${choices.join(' ')}' ;;`
  })
  return `# bash completion of roster. Add to ~/.bashrc: source <(roster completion bash)
_roster() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words='' choices=''
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${commands.map(({ name }) => name).join(' ')} --help --version' -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  if [ "$COMP_CWORD" -eq 2 ] && [ -n "$choices" ] && [[ "$current" != -* ]]; then
    COMPREPLY=($(compgen -W "$choices" -- "$current"))
    return
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [[ "$current" != -* ]]; then COMPREPLY+=($(compgen -f -- "$current")); fi
}
complete -o filenames -F _roster roster
`
}

/** Within single quotes of a shell. */
const quoted = (text: string): string => text.replaceAll("'", String.raw`'\''`)

function zsh(commands: readonly Completed[]): string {
  const described = (text: string): string => quoted(text).replaceAll(/[[\]:]/g, String.raw`\$&`)
  const cases = commands.map(({ name, options, choices }) => {
    const flags = options.map(({ flag, description }) => `'${flag}[${described(description)}]'`)
    const values = choices.length > 0 ? [`'1:what:(${choices.join(' ')})'`] : []
    return `    ${name}) _arguments ${[...flags, ...values, "'*:file:_files'"].join(' ')} ;;`
  })
  return `#compdef roster
# zsh completion of roster. Add to ~/.zshrc: source <(roster completion zsh)
_roster() {
  local -a commands=(${commands.map(({ name, summary }) => `'${name}:${described(summary)}'`).join(' ')})
  if (( CURRENT == 2 )); then
    _describe 'command' commands
    return
  fi
  local command="$words[2]"
  shift words
  (( CURRENT-- ))
  case "$command" in
${cases.join('\n')}
  esac
}
compdef _roster roster
`
}

function fish(commands: readonly Completed[]): string {
  const lines = commands.flatMap(({ name, summary, options, choices }) => [
    `complete -c roster -n __fish_use_subcommand -f -a ${name} -d '${quoted(summary)}'`,
    ...choices.map((choice) => `complete -c roster -n '__fish_seen_subcommand_from ${name}' -a ${choice}`),
    ...options.map(({ flag, short, description }) => {
      const letter = short === undefined ? '' : ` -s ${short.slice(1)}`
      return `complete -c roster -n '__fish_seen_subcommand_from ${name}' -l ${flag.slice(2)}${letter} -d '${quoted(description)}'`
    }),
  ])
  return `# fish completion of roster. Add to ~/.config/fish/config.fish: roster completion fish | source\n${lines.join('\n')}\n`
}
