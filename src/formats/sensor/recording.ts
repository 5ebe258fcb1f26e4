// A recording: the sensor's frames as they came, with what cannot be in them (processes and containers that were there before)
// as frames of JSON between. sensor/PROTOCOL.md describes it.
import { HEAD } from "./layout.ts";
import { factOf, type RecordedFact } from "./recorded-facts.ts";

/** How a file begins. */
export const RECORDING_MAGIC: Buffer = Buffer.from("bulwark events 1\n");

const START = 210;
const PROCESS = 211;
const CONTAINER = 212;
const LOST = 213;
const JSON_BYTES_MAX = 1 << 20;

const CODES: Record<RecordedFact["kind"], number> = {
  start: START,
  process: PROCESS,
  container: CONTAINER,
  lost: LOST,
};

/** A fact as a frame. */
export function factFrame(fact: RecordedFact): Buffer {
  const text = Buffer.from(JSON.stringify(fact, asKept));
  const frame = Buffer.alloc(HEAD.size + text.length);
  frame.writeUInt32LE(frame.length, HEAD.length);
  frame.writeUInt16LE(CODES[fact.kind], HEAD.code);
  text.copy(frame, HEAD.size);
  return frame;
}

/** Numbers of 64 bits are kept in hexadecimal; who a process hangs on is told by its number and its cgroup. */
function asKept(name: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString(16);
  return name === "parent" ? null : value;
}

/** What a place in a recording holds. */
export type RecordingPart =
  | { readonly kind: "frame"; readonly length: number }
  | { readonly kind: "fact"; readonly length: number; readonly fact: RecordedFact }
  /** The piece that was read ends within it. */
  | { readonly kind: "more" }
  /** It is damaged from there on: lower case, no full stop. */
  | { readonly kind: "damaged"; readonly reason: string };

/** Looks at the part that begins there. */
export function recordingPart(bytes: Buffer, at: number): RecordingPart {
  if (bytes.length - at < HEAD.size) return { kind: "more" };
  const length = bytes.readUInt32LE(at + HEAD.length);
  const code = bytes.readUInt16LE(at + HEAD.code);
  if (length < HEAD.size || length > JSON_BYTES_MAX) {
    return { kind: "damaged", reason: `a frame of ${length} bytes` };
  }
  if (bytes.length - at < length) return { kind: "more" };
  if (code < START || code > LOST) return { kind: "frame", length };
  try {
    const text = bytes.toString("utf8", at + HEAD.size, at + length);
    const fact = factOf(JSON.parse(text));
    if (fact !== null) return { kind: "fact", length, fact };
  } catch {
    // Told below.
  }
  return { kind: "damaged", reason: "a fact that is none" };
}
