// `pmatch`: whether a path lies at or below one of many paths, which are compared component by component.
import { fileNamePattern, isFileNamePattern } from "./fnmatch.ts";

interface Node {
  /** A path ends here: all below it matches. */
  isEnd: boolean;
  readonly named: Map<string, Node>;
  readonly patterns: { readonly test: (name: string) => boolean; readonly node: Node }[];
}

/** Compiles paths, in whose components `*`, `?` and `[…]` may stand. */
export function pathPrefixes(paths: readonly string[]): (path: string) => boolean {
  const root = emptyNode();
  for (const path of paths) add(root, path);
  return (path) => isBelow(root, path, path.startsWith("/") ? 1 : 0);
}

function emptyNode(): Node {
  return { isEnd: false, named: new Map(), patterns: [] };
}

function add(root: Node, path: string): void {
  let node = root;
  for (const name of path.split("/")) if (name !== "") node = childOf(node, name);
  node.isEnd = true;
}

function childOf(node: Node, name: string): Node {
  const known = node.named.get(name);
  if (known !== undefined) return known;
  const made = emptyNode();
  // A pattern has a name too, so that the same one is not added twice.
  node.named.set(name, made);
  if (isFileNamePattern(name))
    node.patterns.push({ test: fileNamePattern(name, false), node: made });
  return made;
}

function isBelow(node: Node, path: string, start: number): boolean {
  if (node.isEnd) return true;
  let from = start;
  while (path[from] === "/") from += 1;
  if (from >= path.length) return false;
  const slash = path.indexOf("/", from);
  const end = slash === -1 ? path.length : slash;
  const name = path.slice(from, end);
  const named = node.named.get(name);
  if (named !== undefined && isBelow(named, path, end)) return true;
  return node.patterns.some((one) => one.test(name) && isBelow(one.node, path, end));
}
