// JSON pointers, RFC 6901: where a value stands in a document.

/** The pointer to a member or item of what another pointer means. */
export function pointerTo(base: string, key: string | number): string {
  if (typeof key === "number") return `${base}/${key}`;
  const isPlain = !key.includes("~") && !key.includes("/");
  return `${base}/${isPlain ? key : key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** The keys on the way, from the top. */
export function pointerKeys(pointer: string): string[] {
  if (pointer === "") return [];
  return pointer
    .slice(1)
    .split("/")
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
}
