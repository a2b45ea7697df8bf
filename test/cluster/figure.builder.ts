/** Prints a figure that a test has measured, on a line of its own. */
export const figure = (text: string): void => void process.stderr.write(`  ${text}\n`)
