import { DEPTH_MAX } from "./document.ts";

/** Whether something nests deeper than we read, as {@link tooDeepAt} tells. */
export function isTooDeep(text: string): boolean {
  return tooDeepAt(text) !== null;
}

/**
 * Where brackets, dashes or marks of keys (`?`) nest deeper than we read, which takes the full reader quadratic time; null where
 * they do not. Brackets in texts are counted too, because they come in pairs.
 */
export function tooDeepAt(text: string): number | null {
  const dashes = /(?:[-?] ){200}/.exec(text);
  if (dashes !== null) return dashes.index;
  let depth = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === 0x5b || code === 0x7b) depth += 1;
    else if ((code === 0x5d || code === 0x7d) && depth > 0) depth -= 1;
    if (depth > DEPTH_MAX) return i;
  }
  return null;
}
