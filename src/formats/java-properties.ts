// Java's properties files, as far as Maven's descriptors use them. Source: java.util.Properties, "load(Reader)".
import { eachLine, latin1 } from "../kit/text.ts";

const BYTES_MAX = 1 << 18;
const PROPERTIES_MAX = 1_000;

/** Keys and values, both trimmed; the last of two counts. Lines that go on and escapes are not understood. Never throws. */
export function parseJavaProperties(bytes: Uint8Array): ReadonlyMap<string, string> {
  const properties = new Map<string, string>();
  eachLine(latin1(bytes.subarray(0, BYTES_MAX)), (line) => {
    const text = line.trim();
    if (text === "" || text.startsWith("#") || text.startsWith("!")) return;
    const at = text.search(/[=:]/);
    if (at > 0 && properties.size < PROPERTIES_MAX)
      properties.set(text.slice(0, at).trim(), text.slice(at + 1).trim());
  });
  return properties;
}
