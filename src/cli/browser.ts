/** Opens the address in the person's browser. @returns whether something was there to open it with */
export async function openInBrowser(url: string): Promise<boolean> {
  const { default: open } = await import('open')
  try {
    const opener = await open(url)
    // a machine without a desktop may say so only now; the address stands in the terminal all the same
    opener.on('error', () => {})
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false
    throw error
  }
}
