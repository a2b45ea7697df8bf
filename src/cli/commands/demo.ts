import type { ExitCode } from '../../report/exit-code.ts'
import type { Context } from '../context.ts'
export async function demo(_context: Context): Promise<ExitCode> {
  return 0
}
