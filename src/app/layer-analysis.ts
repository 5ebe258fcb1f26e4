import { inflate } from "../io/layers/inflate.ts";
import { decodeTable, encodeTable } from "../io/layers/layer-file.ts";
import { type WalkedLayer, walkLayer } from "../io/layers/walk.ts";
import { type Digest, parseDigest } from "../model/digest.ts";
import type { FileTable } from "../model/file-table.ts";
import type { Problem } from "../model/problem.ts";
import { type Cataloger, onlyProblem } from "../stages/catalog/contract.ts";
import { type LayerReading, readFile, unreadLarge } from "../stages/catalog/read.ts";
import { type Selection, selectionOf } from "../stages/catalog/select.ts";
import type { SecretReading } from "../stages/secrets/contract.ts";
import { EvidenceReader, GATHER_BYTES_MAX } from "./evidence-reader.ts";
import type { PackedSecretReader } from "./packed-secrets.ts";

/** Everything one pass over a layer tells: a pure function of its bytes, of the catalogers' versions, and of the kinds of secrets. */
export interface LayerFacts {
  /** Of the plain tar: the key under which the facts are cached. */
  readonly diffId: Digest;
  /** Of the blob as stored. */
  readonly digest: Digest;
  readonly storedBytes: number;
  readonly plainBytes: number;
  readonly files: FileTable;
  readonly readings: readonly LayerReading[];
  /** null when nobody asked for them. */
  readonly secrets: SecretReading | null;
  readonly problems: readonly Problem[];
}

/** How a layer's stored bytes are had. */
export interface LayerBytes {
  /** From their beginning. */
  open(): AsyncIterable<Uint8Array>;
  /** Whether `open` may be called a second time; an engine's export goes by once. */
  readonly again: boolean;
}

/**
 * Reads a layer once: inflates, takes both digests, lists every file with its digest, and offers evidence to the catalogers.
 *
 * Digests are computed, not compared: the caller knows what they ought to be.
 *
 * @throws {AppError} `archive-invalid`, `limit-exceeded`, or whatever `open` throws.
 */
export async function analyzeLayer(
  bytes: LayerBytes,
  {
    catalogers,
    secrets,
  }: { readonly catalogers: readonly Cataloger[]; readonly secrets: PackedSecretReader | null },
): Promise<LayerFacts> {
  const selection = selectionOf(catalogers);
  const reader = new EvidenceReader(selection, secrets ?? undefined);
  const inflation = inflate(bytes.open());
  const walked = await walkLayer(inflation.pieces, reader);
  const { stored, plain, storedBytes, plainBytes } = inflation.digests();
  const linked = await readHardLinks(walked, reader.readings, { bytes, selection });
  return {
    diffId: parseDigest(`sha256:${plain}`),
    digest: parseDigest(`sha256:${stored}`),
    storedBytes,
    plainBytes,
    files: walked.files,
    readings: [...reader.readings, ...linked],
    secrets: secrets?.taken() ?? null,
    problems: walked.problems,
  };
}

/** A wanted name that is a hard link has its content under another name, which may not have been wanted. */
async function readHardLinks(
  walked: WalkedLayer,
  readings: readonly LayerReading[],
  layer: { bytes: LayerBytes; selection: Selection },
): Promise<LayerReading[]> {
  const linked: LayerReading[] = [];
  const namesByTarget = new Map<string, string[]>();
  for (const [path, target] of walked.hardLinks) {
    const wanting = layer.selection.byName(path);
    const readAlready = layer.selection.byName(target);
    for (const r of readings) {
      if (r.path === target && wanting.some((c) => c.id === r.cataloger))
        linked.push({ ...r, path });
    }
    if (wanting.some((c) => !readAlready.includes(c)))
      namesByTarget.set(target, [...(namesByTarget.get(target) ?? []), path]);
  }
  if (namesByTarget.size > 0) linked.push(...(await readTargets(namesByTarget, layer)));
  return linked;
}

/**
 * Reads files of a layer for names that lead to them: hard and symbolic links to evidence. A second pass, and rare.
 *
 * @returns Readings under the link's name; a problem for each when the layer cannot be read twice.
 */
export async function readTargets(
  namesByTarget: ReadonlyMap<string, readonly string[]>,
  layer: { bytes: LayerBytes; selection: Selection },
): Promise<LayerReading[]> {
  const linked: LayerReading[] = [];
  const each = (target: string, use: (path: string) => LayerReading[]): void => {
    for (const path of namesByTarget.get(target) ?? []) linked.push(...use(path));
  };
  if (!layer.bytes.again) {
    const unread = onlyProblem("file-unreadable", "it is a link, and the image goes by only once");
    for (const target of namesByTarget.keys()) {
      each(target, (path) =>
        layer.selection.byName(path).map((c) => ({ path, cataloger: c.id, reading: unread })),
      );
    }
    return linked;
  }
  await walkLayer(inflate(layer.bytes.open()).pieces, {
    gatherBytesMax: GATHER_BYTES_MAX,
    interest: (path) => (namesByTarget.has(path) ? "always" : "no"),
    file: (target, bytes) =>
      each(target, (path) => readFile({ path, bytes }, layer.selection.byName(path))),
    tooLarge: (target, size) =>
      each(target, (path) => unreadLarge(path, size, layer.selection.byName(path))),
  });
  return linked;
}

/** The facts as bytes, for the cache and for other threads. */
export function encodeFacts(facts: LayerFacts): Uint8Array<ArrayBuffer> {
  const { files, ...rest } = facts;
  return encodeTable(files, rest);
}

/** @returns null for bytes that {@link encodeFacts} did not write. */
export function decodeFacts(bytes: Buffer): LayerFacts | null {
  const decoded = decodeTable(bytes);
  return decoded === null
    ? null
    : { ...(decoded.facts as Omit<LayerFacts, "files">), files: decoded.files };
}
