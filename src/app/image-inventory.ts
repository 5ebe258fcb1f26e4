// From an image's layers to its inventory and its file index.
import type { OpenedImage } from "../io/image.ts";
import { decodeTable, encodeTable } from "../io/layers/layer-file.ts";
import { readSlice } from "../io/slice.ts";
import type { Digest } from "../model/digest.ts";
import type { FileIndex } from "../model/file-index.ts";
import type { Inventory } from "../model/inventory.ts";
import type { Problem } from "../model/problem.ts";
import { fileIndexOf } from "../stages/catalog/file-index.ts";
import { inventoryOf } from "../stages/catalog/inventory.ts";
import { allReadings, linkedEvidence, placedReadings } from "../stages/catalog/placed-readings.ts";
import type { LayerReading, PlacedReading } from "../stages/catalog/read.ts";
import { type Selection, selectionOf } from "../stages/catalog/select.ts";
import { type Squashed, squash } from "../stages/catalog/squash.ts";
import { unknownPrograms } from "../stages/catalog/unknown-programs.ts";
import { imageCatalogers } from "./image-catalogers.ts";
import { encodeInventory, inventoryName } from "./known-inventory.ts";
import { type LayerBytes, type LayerFacts, readTargets } from "./layer-analysis.ts";
import type { LayerReadingContext } from "./layers.ts";
import { aboutLayer, layerName } from "./named-layer.ts";

/** What an image holds, and every file of it. */
export interface ImageContents {
  readonly inventory: Inventory;
  /** null when the image has no digest. */
  readonly files: FileIndex | null;
  /** What is visible in the end. */
  readonly squashed: Squashed;
}

/**
 * Lays the layers over one another, and joins what the catalogers found.
 *
 * @param facts Of each layer, from the bottom; null where it cannot be read.
 */
export async function imageContents(
  image: OpenedImage,
  facts: readonly (LayerFacts | null)[],
  context: LayerReadingContext,
): Promise<ImageContents> {
  const tables = facts.map((f) => f?.files ?? EMPTY_TABLE);
  const squashed = squash(tables);
  const selection = selectionOf(imageCatalogers);
  const readingsByLayer = facts.map(readingsOf);
  const readings = [
    ...placedReadings(squashed, readingsByLayer),
    ...(await readLinks(image, { squashed, tables, selection }, context)),
  ];
  const { inventory: known, owners } = inventoryOf({
    catalogers: imageCatalogers,
    readings,
    history: allReadings(squashed, readingsByLayer),
    problems: [...skippedLayers(image), ...facts.flatMap(problemsOf)],
    place: (path) => squashed.links.place(path),
  });
  const unknown = unknownPrograms(known, squashed, tables);
  const inventory = { ...known, problems: [...known.problems, ...unknown] };
  const { digest } = image.summary;
  const files = digest === null ? null : fileIndexOf(digest, { tables, squashed, owners });
  context.cache.write(inventoryName(image), encodeInventory(inventory));
  return { inventory, files, squashed };
}

const EMPTY_TABLE = {
  count: 0,
  paths: [],
  kinds: new Uint8Array(0),
  modes: new Uint16Array(0),
  sizesBytes: new Float64Array(0),
  digests: new Uint8Array(0),
  links: new Map<number, string>(),
};

function readingsOf(facts: LayerFacts | null): LayerFacts["readings"] {
  return facts?.readings ?? [];
}

function problemsOf(facts: LayerFacts | null, layer: number): Problem[] {
  return (facts?.problems ?? []).map((problem) => ({ ...problem, layer }));
}

function skippedLayers(image: OpenedImage): Problem[] {
  return image.layers.flatMap(({ unreadable }, layer) =>
    unreadable === null
      ? []
      : [{ code: "layer-skipped" as const, detail: `cannot read layer: ${unreadable}`, layer }],
  );
}

interface LaidOut {
  readonly squashed: Squashed;
  readonly tables: readonly LayerFacts["files"][];
  readonly selection: Selection;
}

/** Evidence behind symbolic links: a second pass over the layers that have it; rare. */
async function readLinks(
  image: OpenedImage,
  { squashed, tables, selection }: LaidOut,
  context: LayerReadingContext,
): Promise<PlacedReading[]> {
  const byLayer = new Map<number, Map<string, string[]>>();
  for (const { path, layer, target } of linkedEvidence(squashed, tables, selection)) {
    const targets = byLayer.get(layer) ?? new Map<string, string[]>();
    targets.set(target, [...(targets.get(target) ?? []), path]);
    byLayer.set(layer, targets);
  }
  const found: PlacedReading[] = [];
  for (const [layer, targets] of byLayer) {
    const bytes = layerBytes(image, layer, context.signal);
    const read = (): Promise<LayerReading[]> => readTargets(targets, { bytes, selection });
    const readable = image.layers[layer];
    const readings = readable ? await aboutLayer(layerName(image, readable), read) : await read();
    for (const reading of readings) found.push({ ...reading, layer });
  }
  return found;
}

function layerBytes({ access }: OpenedImage, layer: number, signal: AbortSignal): LayerBytes {
  if (access.kind === "slices") return { open: () => readSlice(access.slice(layer)), again: true };
  if (access.kind === "streams") return { open: () => access.open(layer, signal), again: true };
  return { open: nothing, again: false };
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  // An export goes by once; readTargets asks `again` and says so.
}

/** A file index as bytes, for the record. */
export function encodeFileIndex(index: FileIndex): Uint8Array<ArrayBuffer> {
  const names = [...new Set(index.owners.values())];
  const numberOf = new Map(names.map((name, i) => [name, i]));
  return encodeTable(index.files, {
    digest: index.digest,
    layers: index.layers,
    ownerNames: names,
    owners: [...index.owners].map(([row, name]) => [row, numberOf.get(name) ?? 0]),
  });
}

interface StoredIndex {
  readonly digest: Digest;
  readonly layers: readonly number[];
  readonly ownerNames: readonly string[];
  readonly owners: readonly (readonly [row: number, owner: number])[];
}

/** @returns null for bytes that {@link encodeFileIndex} did not write. */
export function decodeFileIndex(bytes: Buffer): FileIndex | null {
  const decoded = decodeTable(bytes);
  if (decoded === null) return null;
  const { digest, layers, ownerNames, owners } = decoded.facts as StoredIndex;
  const named = owners.map(([row, owner]) => [row, ownerNames[owner] ?? ""] as const);
  return { digest, files: decoded.files, layers, owners: new Map(named) };
}
