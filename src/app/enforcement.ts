import { findContainer } from "../io/container/find-container.ts";
import { observeContainer } from "../io/container/observe-container.ts";
import { hostOverlay, overlayDevice } from "../io/sensor/overlay.ts";
import type { Probe } from "../io/sensor/probe.ts";
import { settledFiles } from "../io/sensor/settled-files.ts";
import { AppError } from "../kit/error.ts";
import type { FileIndex } from "../model/file-index.ts";
import type { EnforcedContainer } from "../model/watching.ts";
import { compareFile } from "../stages/compare/compare-file.ts";
import { imageBaseline } from "../stages/compare/image-baseline.ts";
import { imageOf } from "./drift.ts";
import type { Surroundings } from "./surroundings.ts";

/** A container that can be enforced, with the files of its image. */
export interface Enforceable {
  readonly container: EnforcedContainer;
  readonly index: FileIndex;
}

/**
 * What the kernel is to know before it enforces an image in a running container: files of the writable layer that hold what the
 * image has there (they were touched, or had their mode changed) may run; all others of it may not.
 *
 * @throws {AppError} what finding the container and reading its image throws; `engine-unavailable` when it does not run, its
 *   image is gone, or its storage has no layers that the kernel tells apart, because nothing could be told from nothing.
 */
export async function enforcedContainer(
  asked: string,
  probe: Probe,
  surroundings: Surroundings,
): Promise<Enforceable> {
  const container = await findContainer(asked, null, surroundings);
  const { id, name, pid, reference, imageId } = container;
  const { driver, merged } = container.storage;
  if (pid === null) throw cannot(name, "it does not run", "start it first");
  const root = hostOverlay(merged) ?? overlayDevice(`/proc/${pid}/root`);
  if (root === null) {
    throw cannot(
      name,
      `its storage (${driver}) is no overlay of the kernel, so nothing tells files of the image from others`,
      "use the driver overlay2 (Docker) or overlay without fuse-overlayfs (Podman); `bulwark drift` compares by content on any",
    );
  }
  const { index } = await imageOf(container, surroundings);
  if (index === null) {
    throw cannot(
      name,
      "its image is gone",
      "pull or build the same image again, so that its files can be told from others",
    );
  }
  const baseline = imageBaseline(index);
  const { observation } = await observeContainer(container, surroundings);
  const same = observation.written.flatMap((entry) =>
    entry.kind === "file" && compareFile(baseline, entry.file)?.verdict === "same"
      ? [entry.file]
      : [],
  );
  const allowed = await settledFiles(pid, same, probe, surroundings.signal);
  const image = reference === "" ? imageId : reference;
  return {
    container: { id, name, image, digest: index.digest, root, merged, allowed },
    index,
  };
}

function cannot(name: string, why: string, hint: string): AppError {
  return new AppError("engine-unavailable", `cannot enforce ${JSON.stringify(name)}: ${why}`, {
    hint,
  });
}
