// What is known of an image without looking at its layers again. Apart from image-inventory.ts, because a scan that finds the
// answer here loads none of the catalogers.
import type { Cache } from "../io/cache.ts";
import type { OpenedImage } from "../io/image.ts";
import { stableId } from "../kit/stable-id.ts";
import type { Inventory } from "../model/inventory.ts";
import { catalogerKey } from "./cataloger-key.ts";

/**
 * The inventory of an image whose contents were catalogued before, without looking at its layers again.
 *
 * @returns null when it has to be made.
 */
export async function knownInventory(image: OpenedImage, cache: Cache): Promise<Inventory | null> {
  const bytes = await cache.read(inventoryName(image));
  if (bytes === null) return null;
  try {
    return JSON.parse(bytes.toString("utf8")) as Inventory;
  } catch {
    return null;
  }
}

/** An image is its layers, in order; which of them cannot be read is part of what was found. */
export function inventoryName({ layers }: OpenedImage): string {
  const parts = layers.flatMap((l) => [l.diffId, l.unreadable ?? ""]);
  const top = layers.at(-1)?.diffId.slice("sha256:".length, "sha256:".length + 32) ?? "empty";
  return `inventories/${top}-${stableId(parts)}-${catalogerKey}`;
}
