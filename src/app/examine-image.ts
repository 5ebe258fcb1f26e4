import type { OpenedImage } from "../io/image.ts";
import { count } from "../kit/phrase.ts";
import type { ExamineContext, Examined } from "./examined.ts";
import { knownInventory } from "./known-inventory.ts";

/** Reads an image's layers, or what the cache knows of them, and keeps its file index; asks the checks that look at images. */
export async function examineImage(image: OpenedImage, context: ExamineContext): Promise<Examined> {
  const examined = await contentsOf(image, context);
  if (context.checks.length === 0) return examined;
  const { checkedImage } = await import("./image-subject.ts");
  const said = await checkedImage(image, context.checks);
  if (said === null) return examined;
  const { inventory } = examined;
  const problems = [...inventory.problems, ...said.problems];
  return {
    ...examined,
    inventory: { ...inventory, problems },
    code: [...examined.code, ...said.findings],
  };
}

async function contentsOf(image: OpenedImage, context: ExamineContext): Promise<Examined> {
  const { digest, target } = image.summary;
  const known = context.secrets ? null : await knownInventory(image, context.cache);
  if (known !== null && (digest === null || (await context.record.hasFileIndex(digest))))
    return { artifact: image.summary, settings: image.settings, inventory: known, ...ALONE };
  const reading = {
    ...context,
    progress: (done: number, of: number) =>
      context.progress(`${target}: ${done} of ${count(of, "layer")} read`),
  };
  // What lays the layers over one another is loaded while threads read them.
  const { layerFacts } = await import("./layers.ts");
  const [facts, { imageContents, encodeFileIndex }] = await Promise.all([
    layerFacts(image, reading),
    import("./image-inventory.ts"),
  ]);
  const { inventory, files, squashed } = await imageContents(image, facts, reading);
  if (files !== null) context.record.saveFileIndex(files.digest, encodeFileIndex(files));
  const examined = { artifact: image.summary, settings: image.settings, inventory, ...ALONE };
  if (!context.secrets) return examined;
  const { withSecretsOf } = await import("./image-secrets.ts");
  return withSecretsOf(image, examined, { facts, squashed });
}

/** An image comes without findings of its own, and does not know who runs it. */
const ALONE = { code: [], users: [] };
