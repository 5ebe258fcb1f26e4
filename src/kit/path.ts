/**
 * Brings a path of an archive to the form we use: no leading slash, no `.` parts, no doubled or trailing slashes.
 *
 * @returns The path; `""` for the root itself; null when it has a `..` part or a NUL and so points outside, or nowhere.
 */
export function normalPath(path: string): string | null {
  if (isPlain(path)) return path;
  // Nearly all others are what `tar .` writes.
  if (path.startsWith("./")) {
    const inside = path.endsWith("/") ? path.slice(2, -1) : path.slice(2);
    if (isPlain(inside)) return inside;
  }
  if (path.includes("\0")) return null;
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") return null;
    if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}

/** Nearly all paths need nothing done; telling so must be cheap. */
function isPlain(path: string): boolean {
  const first = path.charCodeAt(0);
  const last = path.charCodeAt(path.length - 1);
  return (
    first !== 0x2f &&
    last !== 0x2f &&
    first !== 0x2e &&
    !path.includes("//") &&
    !path.includes("/.") &&
    !path.includes("\0")
  );
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The folder a path lies in; `""` at the top. */
export function parentPath(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash === -1 ? "" : path.slice(0, slash);
}

/** After the last dot of the base name, lower case; `""` when there is none, or only a leading one. */
export function extensionOf(path: string): string {
  const name = baseName(path);
  const dot = name.lastIndexOf(".");
  return dot <= 0 ? "" : name.slice(dot + 1).toLowerCase();
}
