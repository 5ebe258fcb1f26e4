import { DEPTH_MAX } from "./document.ts";

/**
 * Whether brackets or dashes nest deeper than we read, which takes the full reader quadratic time. Brackets in texts are counted
 * too, because they come in pairs.
 */
export function isTooDeep(text: string): boolean {
  if (/(?:- ){200}/.test(text)) return true;
  let depth = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === 0x5b || code === 0x7b) depth += 1;
    else if ((code === 0x5d || code === 0x7d) && depth > 0) depth -= 1;
    if (depth > DEPTH_MAX) return true;
  }
  return false;
}
