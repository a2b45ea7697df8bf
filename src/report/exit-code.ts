/** How a command ends. Scripts decide on it; docs/exit-codes.md explains it. */
export const exitCodes = {
  0: 'done, or nothing to do',
  1: 'error: the command could not do its work',
  2: 'changes or drift pending',
  3: 'held by a guardrail: some changes wait for approval or are refused',
  4: 'incomplete: something was not read, not understood or not written',
  130: 'interrupted',
} as const

export type ExitCode = keyof typeof exitCodes

export const exitCodeTable = (): string =>
  Object.entries(exitCodes)
    .map(([code, meaning]) => `  ${code.padStart(3)}  ${meaning}`)
    .join('\n')

/** The last line on stderr where the code is not 0. */
export const explainExit = (code: ExitCode): string => `exit ${code}: ${exitCodes[code]}`
