// How deep JSON nests. JSON.parse follows any depth; whoever walks through what it gives does not.
import { endOfString } from "./json-keys.ts";

/** Where a list or an object begins that has more than `max` others around it; null where none does. One pass. */
export function deepJsonAt(text: string, max: number): number | null {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) at = endOfString(text, at) - 1;
    else if (code === 0x7b || code === 0x5b) depth += 1;
    else if (code === 0x7d || code === 0x5d) depth -= 1;
    if (depth > max) return at;
  }
  return null;
}
