/**
 * Does something for each item, at most `atOnce` at a time.
 *
 * @returns The results in the order of the items.
 * @throws What the first failure throws; no further item is begun then.
 */
export async function inParallel<In, Out>(
  items: readonly In[],
  atOnce: number,
  work: (item: In) => Promise<Out>,
): Promise<Out[]> {
  const results = new Array<Out>(items.length);
  const entries = items.entries();
  let isOver = false;
  const worker = async (): Promise<void> => {
    for (const [index, item] of entries) {
      if (isOver) return;
      results[index] = await work(item);
    }
  };
  const workers = Array.from({ length: Math.min(atOnce, items.length) }, () =>
    worker().catch((error: unknown) => {
      isOver = true;
      throw error;
    }),
  );
  await Promise.all(workers);
  return results;
}
