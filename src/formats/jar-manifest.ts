// The manifest of a Java archive. Source: the JAR File Specification, "JAR Manifest": `Name: value` lines of at most 72 bytes, longer
// ones go on in the next line behind one blank; the main section ends at the first empty line. Names are alike in any case.
import { utf8 } from "../kit/text.ts";

const BYTES_MAX = 1 << 20;
const VALUE_LENGTH_MAX = 4_000;
const ATTRIBUTES_MAX = 1_000;

/** The attributes of the main section by lower-case name; the first of two counts. Never throws. */
export function parseJarManifest(bytes: Uint8Array): ReadonlyMap<string, string> {
  const section = new MainSection();
  const text = utf8(bytes.subarray(0, mainSectionEnd(bytes)));
  for (const line of text.split(/\r\n|\n|\r/)) section.line(line);
  section.close();
  return section.attributes;
}

/** Signed archives list each of their files behind the main section: a hundred times as much. */
function mainSectionEnd(bytes: Uint8Array): number {
  const end = Math.min(bytes.length, BYTES_MAX);
  let lineStart = 0;
  for (let at = 0; at < end; at += 1) {
    const byte = bytes[at];
    if (byte !== 0x0a && byte !== 0x0d) continue;
    if (at === lineStart && at > 0) return at;
    if (byte === 0x0d && bytes[at + 1] === 0x0a) at += 1;
    lineStart = at + 1;
  }
  return end;
}

class MainSection {
  readonly attributes = new Map<string, string>();
  #name = "";
  #value = "";

  line(line: string): void {
    if (line.startsWith(" ")) {
      if (this.#value.length < VALUE_LENGTH_MAX) this.#value += line.slice(1);
      return;
    }
    this.close();
    const colon = line.indexOf(":");
    this.#name = line.slice(0, Math.max(0, colon)).trim().toLowerCase();
    this.#value = line.slice(colon + 1, colon + 1 + VALUE_LENGTH_MAX);
  }

  close(): void {
    const { attributes } = this;
    if (this.#name !== "" && !attributes.has(this.#name) && attributes.size < ATTRIBUTES_MAX)
      attributes.set(this.#name, this.#value.trim());
    this.#name = "";
  }
}
