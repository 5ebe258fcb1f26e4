import { findContainer } from "../io/container/find-container.ts";
import { observeContainer } from "../io/container/observe-container.ts";
import { fileSeenBy } from "../io/sensor/proc.ts";
import { AppError } from "../kit/error.ts";
import type { AllowedFile, EnforcedContainer } from "../model/watching.ts";
import { compareFile } from "../stages/compare/compare-file.ts";
import { imageBaseline } from "../stages/compare/image-baseline.ts";
import { imageOf } from "./drift.ts";
import type { Surroundings } from "./surroundings.ts";

/**
 * What the kernel is to know before it enforces an image in a running container: files of the writable layer that hold what the
 * image has there (they were touched, or had their mode changed) may run; all others of it may not.
 *
 * @throws {AppError} what finding the container and reading its image throws; `engine-unavailable` when it does not run or its
 *   image is gone, because nothing could be told from nothing.
 */
export async function enforcedContainer(
  name: string,
  surroundings: Surroundings,
): Promise<EnforcedContainer> {
  const container = await findContainer(name, null, surroundings);
  const { pid } = container;
  if (pid === null) {
    throw new AppError(
      "engine-unavailable",
      `cannot enforce ${JSON.stringify(name)}: it does not run`,
      {
        hint: "start it first",
      },
    );
  }
  const { index } = await imageOf(container, surroundings);
  if (index === null) {
    throw new AppError(
      "engine-unavailable",
      `cannot enforce ${JSON.stringify(name)}: its image is gone`,
      {
        hint: "pull or build the same image again, so that its files can be told from others",
      },
    );
  }
  const baseline = imageBaseline(index);
  const { observation } = await observeContainer(container, surroundings);
  const allowed: AllowedFile[] = [];
  for (const entry of observation.written) {
    if (entry.kind !== "file" || compareFile(baseline, entry.file)?.verdict !== "same") continue;
    const seen = fileSeenBy(pid, entry.file.path);
    // Whoever wrote to it since its content was read would be let run what was not compared.
    if (seen !== null && seen.changedAt === entry.file.changedAt)
      allowed.push({ path: entry.file.path, ...seen });
  }
  const { id, reference, imageId } = container;
  const image = reference === "" ? imageId : reference;
  return { id, name: container.name, image, digest: index.digest, pid, allowed };
}
