import { open, rename } from 'node:fs/promises'

/** Replaces a file as a whole, readable by its owner only; the text is on the disk before this resolves. */
export async function replaceFile(file: string, text: string): Promise<void> {
  const handle = await open(`${file}.new`, 'w', 0o600)
  try {
    // one that a crash left may have been opened wider
    await handle.chmod(0o600)
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(`${file}.new`, file)
}
