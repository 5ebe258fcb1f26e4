// What an engine says of an image. @see https://docs.docker.com/reference/api/engine, "Inspect an image", "Image history"
import {
  count,
  items,
  type JsonPlace,
  member,
  optionalText,
  text,
} from "../../formats/json-shape.ts";
import { printable } from "../../kit/text.ts";
import type { Platform } from "../../model/artifact.ts";
import { type Digest, isDigest, parseDigest } from "../../model/digest.ts";
import { parseReference, printReference } from "../../model/reference.ts";

export interface EngineImage {
  /** Digest of its configuration; with containerd's store, of its manifest or index. */
  readonly id: Digest;
  /** Fully written; empty when it has no name. */
  readonly tags: readonly string[];
  /** Under which registries have it. */
  readonly repoDigests: readonly RepoDigest[];
  readonly platform: Platform | null;
  readonly createdAt: string | null;
  readonly diffIds: readonly Digest[];
}

export interface RepoDigest {
  /** `docker.io/library/alpine`. */
  readonly repository: string;
  readonly digest: Digest;
}

const TEXT_MAX = 4096;
const LIST_MAX = 4096;

/** @throws {AppError} the document's code when it is no image. */
export function engineImageOf(place: JsonPlace): EngineImage {
  const id = text(member(place, "Id"), TEXT_MAX);
  const read = (name: string): string => optionalText(member(place, name), TEXT_MAX) ?? "";
  const [os, architecture, variant] = [read("Os"), read("Architecture"), read("Variant")];
  const rootfs = member(place, "RootFS");
  const diffIds = rootfs.value === undefined ? [] : items(member(rootfs, "Layers"), LIST_MAX);
  return {
    // Podman's own API leaves the algorithm out.
    id: parseDigest(id.includes(":") ? id : `sha256:${id}`),
    tags: names(member(place, "RepoTags")).flatMap((name) => fullName(name) ?? []),
    repoDigests: names(member(place, "RepoDigests")).flatMap(repoDigest),
    platform:
      architecture === ""
        ? null
        : { os: os || "linux", architecture, ...(variant === "" ? {} : { variant }) },
    createdAt: read("Created") || null,
    diffIds: diffIds.map((layer) => parseDigest(text(layer, TEXT_MAX))),
  };
}

function names(place: JsonPlace): string[] {
  return items(place, LIST_MAX).map((name) => text(name, TEXT_MAX));
}

function repoDigest(written: string): RepoDigest[] {
  const [name = "", digest = ""] = written.split("@");
  const whole = fullName(name);
  // Podman names what was never pushed `localhost/…`, and no registry knows its digest.
  if (whole === null || !isDigest(digest) || whole.startsWith("localhost/")) return [];
  return [{ repository: whole.slice(0, whole.lastIndexOf(":")), digest }];
}

/** The complete form of a name; null for what engines write when there is none (`<none>:<none>`). */
export function fullName(written: string): string | null {
  try {
    return printReference(parseReference(written));
  } catch {
    return null;
  }
}

const CREATED_BY_MAX = 500;
const HISTORY_MAX = 20_000;

/**
 * The history line of each layer, from the bottom. Engines do not say which lines made a layer, only how large it is; when
 * counting those that are not empty gives another number of layers, all are null.
 */
export function layerHistory(history: JsonPlace | null, layers: number): (string | null)[] {
  const none = Array.from({ length: layers }, () => null);
  if (history === null) return none;
  const lines = items(history, HISTORY_MAX).filter((line) => count(member(line, "Size")) > 0);
  if (lines.length !== layers) return none;
  return lines
    .map((line) => optionalText(member(line, "CreatedBy"), 1 << 20))
    .map((line) => (line === null ? null : printable(line, CREATED_BY_MAX)))
    .reverse();
}

/** Every step, the first one first, as the engine has it. */
export function wholeHistory(history: JsonPlace | null): string[] {
  if (history === null) return [];
  return items(history, HISTORY_MAX)
    .map((line) =>
      ["CreatedBy", "Comment"]
        .map((name) => optionalText(member(line, name), 1 << 20) ?? "")
        .filter((text) => text !== "")
        .join("\n"),
    )
    .reverse();
}
