// Opens what the user named and looks at it. One target may be several artifacts: a Compose file names many images.
import type { Cache } from "../io/cache.ts";
import type { OpenedImage } from "../io/image.ts";
import type { ScanRecord } from "../io/record.ts";
import { AppError } from "../kit/error.ts";
import { count } from "../kit/phrase.ts";
import type { Platform } from "../model/artifact.ts";
import { parseTarget, type Target } from "../model/target.ts";
import type { Examined } from "./examined.ts";
import type { Surroundings } from "./surroundings.ts";

/** What examining needs beside the target. */
export interface ExamineContext extends Surroundings {
  readonly cache: Cache;
  readonly record: ScanRecord;
  /** null for the platform of this machine. */
  readonly platform: Platform | null;
  readonly offline: boolean;
}

/** One artifact that a target stands for, not yet looked at. */
export interface Subject {
  /** What the user would write to mean it alone. */
  readonly target: string;
  examine(): Promise<Examined>;
}

/**
 * The artifacts that a target stands for.
 *
 * @throws {AppError} when the target itself cannot be understood or found; what is wrong with one of its artifacts is thrown
 *   by that artifact's `examine`.
 */
export async function subjectsOf(text: string, context: ExamineContext): Promise<Subject[]> {
  const target = await looked(parseTarget(text));
  const image = (open: () => Promise<OpenedImage>): Subject[] => [
    { target: text, examine: async () => examineImage(await open(), context) },
  ];
  const options = { ...context, target: text };
  switch (target.kind) {
    case "layout":
      return image(async () => {
        const { openLayout } = await import("../io/layout/open-layout.ts");
        return openLayout(target.path, { ...options, tag: target.tag });
      });
    case "oci-archive":
      return image(async () => {
        const { openOciArchive } = await import("../io/archive/oci-archive.ts");
        return openOciArchive(target.path, { ...options, tag: target.tag });
      });
    case "docker-archive":
      return image(async () => {
        const { openDockerArchive } = await import("../io/archive/docker-archive.ts");
        return openDockerArchive(target.path, { ...options, reference: target.reference });
      });
    case "engine":
      return image(async () => {
        const { openEngineImage } = await import("../io/engine/open-engine-image.ts");
        return openEngineImage(target.engine, target.reference, options);
      });
    case "registry":
      return image(() => openFromRegistry(target.reference, text, context));
    default:
      throw new AppError("internal", `cannot scan ${target.kind}`);
  }
}

async function openFromRegistry(
  reference: string,
  target: string,
  context: ExamineContext,
): Promise<OpenedImage> {
  const [{ openRegistryImage }, { parseReference }] = await Promise.all([
    import("../io/registry/open-registry-image.ts"),
    import("../model/reference.ts"),
  ]);
  return openRegistryImage(parseReference(reference), { ...context, target });
}

async function looked(target: Target): Promise<Target> {
  return target;
}

/** Reads an image's layers, or what the cache knows of them. */
export async function examineImage(image: OpenedImage, context: ExamineContext): Promise<Examined> {
  const { digest } = image.summary;
  const { knownInventory } = await import("./known-inventory.ts");
  const known = await knownInventory(image, context.cache);
  if (known !== null && (digest === null || (await context.record.hasFileIndex(digest))))
    return { artifact: image.summary, inventory: known, code: [] };
  const { imageContents, encodeFileIndex } = await import("./image-inventory.ts");
  const name = image.summary.target;
  const { inventory, files } = await imageContents(image, {
    ...context,
    progress: (done, of) => context.progress(`${name}: ${done} of ${count(of, "layer")} read`),
  });
  if (files !== null) await context.record.saveFileIndex(files.digest, encodeFileIndex(files));
  return { artifact: image.summary, inventory, code: [] };
}
