// What the name of an image says, as far as checks ask. Names that are none are taken as they are.

/** Whether it names content: by digest, or by the id that engines give. */
export function isPinned(image: string): boolean {
  return /@sha(?:256|512):[0-9a-f]{64,128}$|^(?:sha256:)?[0-9a-f]{64}$/.test(image);
}

/** The tag; null when there is none. An image that is pinned has one that does not matter. */
export function tagIn(image: string): string | null {
  if (isPinned(image)) return "pinned";
  const colon = image.lastIndexOf(":");
  return colon > image.lastIndexOf("/") ? image.slice(colon + 1) : null;
}
