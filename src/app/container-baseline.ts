// The files of the image of a container that runs, whatever started it.
import { findContainer } from "../io/container/find-container.ts";
import { dataFolder } from "../io/folders.ts";
import { openRecord } from "../io/record.ts";
import { AppError } from "../kit/error.ts";
import type { Container } from "../model/container.ts";
import { isDigest } from "../model/digest.ts";
import { type ImageBaseline, imageBaseline } from "../stages/compare/image-baseline.ts";
import { imageOf } from "./drift.ts";
import type { Surroundings } from "./surroundings.ts";

/** What a container is compared with. */
export interface ContainerBaseline {
  readonly baseline: ImageBaseline;
  /** Folders that the image says are written, without leading slash. */
  readonly volumes: readonly string[];
  /** Where somebody outside has mounted what the container cannot write, likewise. */
  readonly readOnly: readonly string[];
  /** Its first process; null when only its engine would know. */
  readonly pid: number | null;
}

/**
 * Of Docker and Podman the image is read from the engine, once; of others its files are known when it was scanned here.
 *
 * @throws {AppError} `engine-unavailable`, `not-found`; what reading an image throws.
 */
export async function containerBaseline(
  container: Container,
  surroundings: Surroundings,
): Promise<ContainerBaseline> {
  const { id, engine, image, mounts } = container;
  if (engine === "docker" || engine === "podman") {
    const found = await findContainer(id, engine, surroundings);
    const { index, volumes } = await imageOf(found, surroundings);
    if (index === null) throw unknownImage("its engine does not have the image any more");
    return { baseline: imageBaseline(index), volumes, readOnly: found.readOnly, pid: found.pid };
  }
  const record = openRecord(dataFolder(surroundings.env));
  const { decodeFileIndex } = await import("./image-inventory.ts");
  for (const digest of [image?.digest, image?.id]) {
    const bytes = digest != null && isDigest(digest) ? await record.fileIndex(digest) : null;
    const index = bytes === null ? null : decodeFileIndex(bytes);
    if (index === null) continue;
    const fixed = (mounts ?? []).filter(({ isWritable }) => !isWritable);
    const readOnly = fixed.map(({ destination }) => destination.replace(/^\/+|\/+$/g, ""));
    return { baseline: imageBaseline(index), volumes: [], readOnly, pid: null };
  }
  throw unknownImage("its image was not scanned on this machine");
}

function unknownImage(reason: string): AppError {
  return new AppError("not-found", reason, { hint: "scan the image here: bulwark scan IMAGE" });
}
