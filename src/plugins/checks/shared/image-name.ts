// What the name of an image says, as far as checks ask. Names that are none are taken as they are.

/**
 * Whether it names content: by digest, or by the id that engines give. A digest that is cut off counts: it names nothing that
 * could be moved, and nothing that can be pulled either.
 *
 * @see https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests
 */
export function isPinned(image: string): boolean {
  return digestIn(image) !== null || /^(?:sha256:)?[0-9a-f]{64}$/.test(image);
}

/** The digest as it is written; null when there is none. */
export function digestIn(image: string): string | null {
  return /@([a-z0-9]+(?:[+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+)$/.exec(image)?.[1] ?? null;
}

/** The tag; null when there is none. An image that is pinned has one that does not matter. */
export function tagIn(image: string): string | null {
  if (isPinned(image)) return "pinned";
  const colon = image.lastIndexOf(":");
  return colon > image.lastIndexOf("/") ? image.slice(colon + 1) : null;
}
