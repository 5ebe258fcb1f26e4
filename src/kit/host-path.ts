// Paths of a host, compared as the kernel would understand them.

/** Without `.`, `..`, doubled and trailing slashes; relative paths stay relative. */
export function cleanPath(path: string): string {
  const isAbsolute = path.startsWith("/");
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (part !== ".." || !isAbsolute) parts.push(part);
  }
  return `${isAbsolute ? "/" : ""}${parts.join("/")}`;
}

/** Whether who mounts `path` sees `target` in it; both clean. */
export function reaches(path: string, target: string): boolean {
  return path === "/" ? target.startsWith("/") : isWithin(target, path);
}

/** Whether a path is a folder or lies below it; both clean. */
export function isWithin(path: string, folder: string): boolean {
  return folder !== "" && (path === folder || path.startsWith(`${folder}/`));
}
