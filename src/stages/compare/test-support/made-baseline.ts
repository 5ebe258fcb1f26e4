// A small image whose files have the digests that a row names by a word.
import { createHash } from "node:crypto";
import { parseDigest } from "../../../model/digest.ts";
import type { ObservedFile } from "../../../model/drift.ts";
import { type FileKind, FileTableBuilder } from "../../../model/file-table.ts";
import { type ImageBaseline, imageBaseline } from "../image-baseline.ts";

/** The digest of a word. */
export function contentOf(word: string): string {
  return createHash("sha256").update(word).digest("hex");
}

interface MadeFile {
  readonly content?: string;
  readonly link?: string;
  readonly owner?: string;
  readonly mode?: number;
  readonly kind?: FileKind;
}

/** @param files By path. */
export function madeBaseline(files: Readonly<Record<string, MadeFile>>): ImageBaseline {
  const builder = new FileTableBuilder();
  const owners = new Map<number, string>();
  const paths = Object.keys(files).sort();
  for (const path of paths) {
    const { content, link = "", owner, mode = 0o755, kind } = files[path] ?? {};
    const told = kind ?? (link === "" ? "file" : "symlink");
    const sizeBytes = content?.length ?? 0;
    const row = builder.add({ path, kind: told, mode, sizeBytes, link });
    if (content !== undefined) builder.setDigest(row, Buffer.from(contentOf(content), "hex"));
    if (owner !== undefined) owners.set(row, owner);
  }
  return imageBaseline({
    digest: parseDigest(`sha256:${"0".repeat(64)}`),
    files: builder.build(),
    layers: paths.map(() => 0),
    owners,
  });
}

/** A program in the container's root file system, unless said otherwise. */
export function observed(
  path: string,
  content: string | null,
  facts: Partial<ObservedFile> = {},
): ObservedFile {
  return {
    path,
    place: "root",
    isGone: false,
    sha256: content === null ? null : contentOf(content),
    sizeBytes: content?.length ?? 0,
    mode: 0o755,
    content: "program",
    ...facts,
  };
}
