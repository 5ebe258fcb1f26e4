import { existsSync } from "node:fs";

/**
 * Takes `PATH[:NAME]` apart where both may hold colons and slashes, as in `./out:registry.example.org/api:1.2`: the path is
 * the longest that exists.
 *
 * @param split As it was taken apart without looking; the answer when nothing that is written there exists.
 */
export function pathAndName(split: { readonly path: string; readonly name: string | null }): {
  readonly path: string;
  readonly name: string | null;
} {
  const { path, name } = split;
  if (existsSync(path)) return split;
  const written = name === null ? path : `${path}:${name}`;
  for (let at = written.length; at > 0; at = written.lastIndexOf(":", at - 1)) {
    const start = written.slice(0, at);
    if (existsSync(start))
      return { path: start, name: at === written.length ? null : written.slice(at + 1) };
  }
  return split;
}
