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
  return bytes === null ? null : decodeInventory(bytes);
}

/** An inventory as bytes, for the cache: a checksum, and JSON. */
export function encodeInventory(inventory: Inventory): Uint8Array {
  const text = JSON.stringify(inventory);
  return Buffer.from(`${stableId([text])}\n${text}`);
}

/** @returns null for bytes that {@link encodeInventory} did not write: cut or changed ones would be an image with less in it. */
export function decodeInventory(bytes: Buffer): Inventory | null {
  const end = bytes.indexOf(0x0a);
  const text = bytes.toString("utf8", end + 1);
  return bytes.toString("latin1", 0, Math.max(0, end)) === stableId([text])
    ? (JSON.parse(text) as Inventory)
    : null;
}

/** An image is its layers, in order; which of them cannot be read is part of what was found. */
export function inventoryName({ layers }: OpenedImage): string {
  const parts = layers.flatMap((l) => [l.diffId, l.unreadable ?? ""]);
  const top = layers.at(-1)?.diffId.slice("sha256:".length, "sha256:".length + 32) ?? "empty";
  return `inventories/${top}-${stableId(parts)}-${catalogerKey}`;
}
