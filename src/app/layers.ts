// The facts of an image's layers: out of the cache, or by reading each layer once.
import type { Cache } from "../io/cache.ts";
import type { ExportedBlob, FileSlice, ImageLayer, OpenedImage } from "../io/image.ts";
import { collectLess } from "../io/layers/heap.ts";
import { Pool, READING_THREADS } from "../io/pool.ts";
import { readSlice } from "../io/slice.ts";
import { version } from "../kit/build.ts";
import { AppError } from "../kit/error.ts";
import { printable } from "../kit/text.ts";
import { type Digest, hexOf } from "../model/digest.ts";
import { catalogerKey } from "./cataloger-key.ts";
import { decodeFacts, encodeFacts, type LayerBytes, type LayerFacts } from "./layer-analysis.ts";
import { aboutLayer, layerName } from "./named-layer.ts";
import { secretsKey } from "./secrets-key.ts";

/** What reading layers needs of its surroundings. */
export interface LayerReadingContext {
  readonly cache: Cache;
  readonly signal: AbortSignal;
  /** Whether the content is searched for secrets. */
  readonly secrets: boolean;
  /** Told how many layers are done, for people who wait. */
  progress(done: number, of: number): void;
}

/** Layers that are downloaded or read at a time in one thread: enough to hide the waiting, few enough to bound memory. */
const STREAMS_AT_A_TIME = 3;

/**
 * The facts of every layer, from the bottom; null for layers that are said to be unreadable.
 *
 * Every layer that is read is verified against both digests that the image claims for it. What comes out of the cache was
 * verified when it was written, and is looked up by the digest of its content.
 *
 * @throws {AppError} `digest-mismatch`, `archive-invalid`, `limit-exceeded`, or what opening a layer throws.
 */
export async function layerFacts(
  image: OpenedImage,
  context: LayerReadingContext,
): Promise<(LayerFacts | null)[]> {
  const known = new Map<Digest, LayerFacts>();
  const wanted = image.layers.filter((layer) => layer.unreadable === null);
  await Promise.all(
    [...new Set(wanted.map((layer) => layer.diffId))].map(async (diffId) => {
      const bytes = await context.cache.read(cacheName(diffId, context));
      const facts = bytes === null ? null : decodeFacts(bytes);
      if (facts !== null && facts.diffId === diffId) known.set(diffId, facts);
    }),
  );
  const missing = distinct(
    image.layers.filter((l) => l.unreadable === null && !known.has(l.diffId)),
  );
  const store = progressing(missing.length, context);
  const keep: Keeping["keep"] = (layer, facts, encoded = encodeFacts(facts)) => {
    verify(image, layer, facts);
    known.set(facts.diffId, facts);
    context.cache.write(cacheName(facts.diffId, context), encoded);
    store();
  };
  if (missing.length > 0) await readMissing(image, missing, { ...context, keep });
  return image.layers.map((layer) => known.get(layer.diffId) ?? null);
}

function cacheName(diffId: Digest, { secrets }: LayerReadingContext): string {
  return `layers/${hexOf(diffId)}-${catalogerKey}${secrets ? `-${secretsKey}` : ""}`;
}

function distinct(layers: readonly ImageLayer[]): ImageLayer[] {
  return [...new Map(layers.map((layer) => [layer.diffId, layer])).values()];
}

function progressing(of: number, context: LayerReadingContext): () => void {
  let done = 0;
  context.progress(0, of);
  return () => {
    done += 1;
    context.progress(done, of);
  };
}

interface Keeping extends LayerReadingContext {
  keep(layer: ImageLayer, facts: LayerFacts, encoded?: Uint8Array): void;
}

async function readMissing(
  image: OpenedImage,
  missing: readonly ImageLayer[],
  context: Keeping,
): Promise<void> {
  collectLess();
  const { access } = image;
  const indexOf = (layer: ImageLayer): number => image.layers.indexOf(layer);
  if (access.kind === "slices") {
    const tasks = missing.map((layer) => {
      const { secrets } = context;
      return { layer, name: layerName(image, layer), slice: access.slice(indexOf(layer)), secrets };
    });
    await readSlices(tasks, context);
  } else if (access.kind === "streams") {
    await inLanes(missing, async (layer) => {
      const open = (): AsyncIterable<Uint8Array> => access.open(indexOf(layer), context.signal);
      const read = (): Promise<LayerFacts> => analyzed({ open, again: true }, context);
      context.keep(layer, await aboutLayer(layerName(image, layer), read));
    });
  } else {
    await readExport(image, access.blobs(context.signal), missing, context);
  }
}

interface SliceTask {
  readonly layer: ImageLayer;
  /** For messages. */
  readonly name: string;
  readonly slice: FileSlice;
  readonly secrets: boolean;
}

/** Threads take the largest layers, and this one reads from the other end of the queue meanwhile. */
async function readSlices(tasks: readonly SliceTask[], context: Keeping): Promise<void> {
  const queue = tasks.toSorted((a, b) => b.slice.sizeBytes - a.slice.sizeBytes);
  const stop = new AbortController();
  const stoppable = { ...context, signal: AbortSignal.any([context.signal, stop.signal]) };
  try {
    await Promise.all([
      readInThreads(queue, stoppable),
      ...Array.from({ length: HERE_AT_A_TIME }, () => readHere(queue, stoppable)),
    ]);
  } finally {
    stop.abort();
  }
}

async function readHere(queue: SliceTask[], context: Keeping): Promise<void> {
  for (let task = queue.pop(); task !== undefined; task = queue.pop()) {
    context.signal.throwIfAborted();
    const { layer, name, slice } = task;
    const open = (): AsyncIterable<Uint8Array> => readSlice(slice, context.signal);
    context.keep(layer, await aboutLayer(name, () => analyzed({ open, again: true }, context)));
  }
}

async function readInThreads(queue: SliceTask[], context: Keeping): Promise<void> {
  const worth = queue.filter((task) => task.slice.sizeBytes > THREAD_WORTH_BYTES).length;
  const threads = Math.min(READING_THREADS - 1, worth, queue.length - 1);
  if (threads < 1 || version.endsWith("-source")) return;
  const pool = new Pool<SliceTask, Uint8Array>(new URL("./worker.js", import.meta.url), threads);
  await pool.run(queue, context.signal, (encoded, { layer }) => {
    const facts = decodeFacts(Buffer.from(encoded.buffer, encoded.byteOffset, encoded.length));
    if (facts === null) throw new AppError("internal", "a thread answered nonsense");
    context.keep(layer, facts, encoded);
  });
}

/** While one layer waits to be inflated, another is read. */
const HERE_AT_A_TIME = 2;

/** Starting a thread costs some fifty milliseconds, in which this much is read. */
const THREAD_WORTH_BYTES = 4 << 20;

async function readExport(
  image: OpenedImage,
  blobs: AsyncIterable<ExportedBlob>,
  missing: readonly ImageLayer[],
  context: Keeping,
): Promise<void> {
  const awaited = new Map(missing.map((layer) => [layer.diffId, layer]));
  for await (const blob of blobs) {
    // Which layer a blob is turns out when it has been read.
    const name = `layer ${JSON.stringify(printable(blob.name, 200))} of ${JSON.stringify(image.summary.target)}`;
    const read = (): Promise<LayerFacts> =>
      analyzed({ open: () => blob.bytes, again: false }, context);
    const facts = await aboutLayer(name, read);
    const layer = awaited.get(facts.diffId);
    if (layer === undefined) continue;
    awaited.delete(facts.diffId);
    context.keep(layer, facts);
  }
  const [lost] = awaited.values();
  if (lost !== undefined) {
    throw new AppError(
      "digest-mismatch",
      `cannot read ${layerName(image, lost)}: nothing in the archive has the digest ${lost.diffId} that the configuration names`,
      { subject: lost.diffId, hint: "the archive is damaged or incomplete; save the image again" },
    );
  }
}

/** Catalogers are loaded only when there is a layer to read, and what searches for secrets only when somebody asks. */
async function analyzed(
  bytes: LayerBytes,
  { secrets }: Pick<LayerReadingContext, "secrets">,
): Promise<LayerFacts> {
  const [{ analyzeLayer }, { imageCatalogers }, search] = await Promise.all([
    import("./layer-analysis.ts"),
    import("./image-catalogers.ts"),
    secrets ? import("./secret-search.ts") : null,
  ]);
  return analyzeLayer(bytes, {
    catalogers: imageCatalogers,
    secrets: search?.secretReader() ?? null,
  });
}

async function inLanes<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const lane = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: Math.min(STREAMS_AT_A_TIME, items.length) }, lane));
}

/** Compares what was read with what the image claims. */
function verify(image: OpenedImage, layer: ImageLayer, facts: LayerFacts): void {
  const { digest, diffId } = layer;
  if (digest !== null && digest !== facts.digest)
    throw mismatch(layerName(image, layer), digest, `its bytes have the digest ${facts.digest}`);
  if (diffId === facts.diffId) return;
  const state = `its content has the digest ${facts.diffId}, and the configuration says ${diffId}`;
  throw mismatch(layerName(image, layer), diffId, state);
}

function mismatch(name: string, claimed: Digest, state: string): AppError {
  return new AppError("digest-mismatch", `cannot trust ${name}: ${state}`, {
    subject: claimed,
    hint: "the image was changed or damaged; fetch it again",
  });
}
