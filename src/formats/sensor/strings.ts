// What stands in frames, from its bytes.

/** Of a string of UTF-8. */
export function textOf(bytes: Buffer, from: number, to: number): string {
  return to > from ? bytes.toString("utf8", from, to) : "";
}

/** Of words with zeros between and one behind. */
export function wordsOf(bytes: Buffer, from: number, to: number): readonly string[] {
  const text = textOf(bytes, from, to);
  if (text === "") return [];
  return (text.endsWith("\0") ? text.slice(0, -1) : text).split("\0");
}

/** A command line. */
export interface Command {
  /** Its first word, "" when there is none. */
  readonly exe: string;
  readonly arguments: readonly string[];
}

export function commandOf(bytes: Buffer, from: number, to: number): Command {
  const [exe = "", ...words] = wordsOf(bytes, from, to);
  return { exe, arguments: words };
}

/** Of names with a zero behind each, the last one first. */
export function pathOf(bytes: Buffer, from: number, to: number): string {
  if (to <= from) return "";
  return `/${textOf(bytes, from, to - 1)
    .split("\0")
    .reverse()
    .join("/")}`;
}

/** Of an absolute name. */
export function absolutePathOf(bytes: Buffer, from: number, to: number): string {
  return absolute("", textOf(bytes, from, to));
}

/** Of a name and of the path it is relative to, each with its length in two bytes before it. */
export function placeOf(bytes: Buffer, from: number, to: number): string {
  const length = to - from < 2 ? 0 : bytes.readUInt16LE(from);
  const nameEnd = Math.min(to, from + 2 + length);
  return absolute(pathOf(bytes, nameEnd + 2, to), textOf(bytes, from + 2, nameEnd));
}

/** What a name is relative to, and the name: absolute, without `.` and `..`, links as they are (Falco's `fd.name`). */
export function absolute(folder: string, name: string): string {
  if (name === "") return folder;
  const whole = name.startsWith("/") ? name : `${folder}/${name}`;
  if (!/\/(?:\.{0,2}\/|\.{1,2}$)|\/$/.test(whole)) return whole;
  const parts: string[] = [];
  for (const part of whole.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/** One bit a capability, by number. */
export interface Capabilities {
  readonly inheritable: bigint;
  readonly permitted: bigint;
  readonly effective: bigint;
}

/** Of three sets, one after the other. */
export function capabilitiesOf(
  _bytes: Buffer,
  from: number,
  to: number,
  view: DataView,
): Capabilities {
  const at = (place: number): bigint => (place + 8 > to ? 0n : view.getBigUint64(place, true));
  return { inheritable: at(from), permitted: at(from + 8), effective: at(from + 16) };
}
