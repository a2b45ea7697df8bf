/** So many at once: the client lets a handful of calls go out, and the others' time must not run out meanwhile. */
const atOnce = 32

/** Begins nothing more after the first failure, and ends when nothing is under way any more: then that failure is thrown. */
export async function several<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = [...items]
  const failures: unknown[] = []
  const workers = Array.from({ length: Math.min(atOnce, left.length) }, async () => {
    for (let item = left.shift(); item !== undefined && failures.length === 0; item = left.shift())
      await work(item).catch((error: unknown) => failures.push(error))
  })
  await Promise.all(workers)
  if (failures.length > 0) throw failures[0]
}
