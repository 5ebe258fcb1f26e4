import { utf8 } from "../../../kit/text.ts";

/** Paths kept of one package; the largest real ones have under a hundred thousand. */
const PATHS_MAX = 500_000;

/** Paths of a dpkg `.list` file, one absolute path a line, without their leading slash; `/.` is left out. */
export function pathsOfList(bytes: Uint8Array): string[] {
  const paths: string[] = [];
  const text = utf8(bytes);
  for (let start = 0; start < text.length && paths.length < PATHS_MAX; ) {
    const newline = text.indexOf("\n", start);
    const end = newline === -1 ? text.length : newline;
    if (end - start > 1 && text.charCodeAt(start) === 0x2f && !isRoot(text, start, end))
      paths.push(text.slice(start + 1, end));
    start = end + 1;
  }
  return paths;
}

function isRoot(text: string, start: number, end: number): boolean {
  return end - start === 2 && text.charCodeAt(start + 1) === 0x2e;
}

/** Paths of an `.md5sums` file: 32 digits, blanks, and a path that has no leading slash. */
export function pathsOfMd5sums(bytes: Uint8Array): string[] {
  const paths: string[] = [];
  const text = utf8(bytes);
  for (let start = 0; start < text.length && paths.length < PATHS_MAX; ) {
    const newline = text.indexOf("\n", start);
    const end = newline === -1 ? text.length : newline;
    const path = text.slice(start + 32, end).trim();
    if (path !== "" && text.charCodeAt(start + 32) === 0x20)
      paths.push(path.startsWith("./") ? path.slice(2) : path);
    start = end + 1;
  }
  return paths;
}
