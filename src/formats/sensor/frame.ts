import type { TextBytes } from "../../model/event.ts";
import { ENDS_FROM, ENDS_TO, type Ends, endsReader } from "./ends.ts";
import { Interner, viewOf } from "./interner.ts";
import { CGROUP, FRAME_BYTES_MAX, HEAD } from "./layout.ts";
import {
  absolutePathOf,
  type Capabilities,
  type Command,
  capabilitiesOf,
  commandOf,
  pathOf,
  placeOf,
  textOf,
  wordsOf,
} from "./strings.ts";

/** Names come again and again: most of them are short, and few are known at a time. */
const NAMES_KEPT = { slots: 4096, bytesMax: 128 };
const COMMANDS_KEPT = { slots: 1024, bytesMax: 256 };
const CAPABILITIES_KEPT = { slots: 64, bytesMax: 24 };
const ENDS_KEPT = { slots: 1024, bytesMax: 40 };
/** An environment: that of a process and of what it starts are mostly the same. */
const ENVIRONMENTS_KEPT = { slots: 256, bytesMax: 4096 };

/** Where a text lies, for as long as a frame is looked at. */
interface Place extends TextBytes {
  bytes: Buffer;
  from: number;
  to: number;
}

/**
 * Frames in memory, one looked at at a time. Nothing is copied until it is asked for, and nothing beyond the frame's own end
 * is read, whatever the lengths in it say: a recording may have been made to hurt.
 */
export class Frame {
  #bytes: Buffer = Buffer.alloc(HEAD.size);
  #view: DataView = viewOf(this.#bytes);
  #at = 0;
  #end: number = HEAD.size;
  readonly #named: Place = { bytes: this.#bytes, from: 0, to: 0 };
  /** A folder and a name in it, put together. */
  readonly #joined = Buffer.alloc(2 * FRAME_BYTES_MAX);
  readonly #texts = new Interner(textOf, NAMES_KEPT);
  readonly #paths = new Interner(pathOf, NAMES_KEPT);
  readonly #absolutes = new Interner(absolutePathOf, NAMES_KEPT);
  readonly #places = new Interner(placeOf, NAMES_KEPT);
  readonly #commands = new Interner(commandOf, COMMANDS_KEPT);
  readonly #capabilities = new Interner(capabilitiesOf, CAPABILITIES_KEPT);
  readonly #ends = new Interner(endsReader(), ENDS_KEPT);
  readonly #environments = new Interner(wordsOf, ENVIRONMENTS_KEPT);

  /**
   * Looks at the frame that begins there; `length` is what there is.
   *
   * @returns whether it is one: long enough for its head, and no longer than it says.
   */
  look(bytes: Buffer, at: number, length: number): boolean {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = viewOf(bytes);
    }
    this.#at = at;
    this.#end = at + length;
    return (
      length >= HEAD.size &&
      length <= FRAME_BYTES_MAX &&
      at + length <= bytes.length &&
      this.u32(HEAD.length) === length
    );
  }

  /** 0 for what the frame is too short for. */
  u8(place: number): number {
    const at = this.#at + place;
    return at + 1 <= this.#end ? (this.#bytes[at] as number) : 0;
  }

  u16(place: number): number {
    const at = this.#at + place;
    return at + 2 > this.#end ? 0 : this.#view.getUint16(at, true);
  }

  u32(place: number): number {
    return this.i32(place) >>> 0;
  }

  i32(place: number): number {
    const at = this.#at + place;
    return at + 4 > this.#end ? 0 : this.#view.getInt32(at, true);
  }

  /** Exact below 2 to the 53rd, which holds times since boot and the numbers of files. */
  u64(place: number): number {
    return this.u32(place + 4) * 0x1_0000_0000 + this.u32(place);
  }

  i64(place: number): number {
    return this.i32(place + 4) * 0x1_0000_0000 + this.u32(place);
  }

  bits(place: number): bigint {
    return (BigInt(this.u32(place + 4)) << 32n) | BigInt(this.u32(place));
  }

  /** Where the string after the one at `place` begins. */
  after(place: number): number {
    return place + 2 + this.u16(place);
  }

  /** The string at `place`: its length in two bytes, then UTF-8. */
  text(place: number): string {
    return this.#of(this.#texts, place, place);
  }

  command(place: number): Command {
    return this.#of(this.#commands, place, place);
  }

  /** Inheritable, permitted and effective ones, which stand one after the other from `place` on. */
  capabilities(place: number): Capabilities {
    const start = this.#at + place;
    return this.#between(this.#capabilities, start, start + 24);
  }

  /** Words with zeros between. */
  environment(place: number): readonly string[] {
    return this.#of(this.#environments, place, place);
  }

  /** A path of its names, the last one first; "" for the root itself, and where none is known. */
  path(place: number): string {
    return this.#of(this.#paths, place, place);
  }

  /** A name as the caller said it, made absolute by the path that follows it. */
  absolute(place: number): string {
    const isAbsolute = this.u16(place) > 0 && this.u8(place + 2) === SLASH;
    if (isAbsolute) return this.#of(this.#absolutes, place, place);
    // Both strings as they stand, with the lengths before them.
    return this.#of(this.#places, place - 2, this.after(place));
  }

  /** The bytes of {@link text}, valid until the next call; null for one that does not fit into the frame. */
  textBytes(place: number): Place | null {
    const from = this.#at + place + 2;
    const to = from + this.u16(place);
    if (to > this.#end) return null;
    const named = this.#named;
    named.bytes = this.#bytes;
    named.from = from;
    named.to = to;
    return named;
  }

  /**
   * The bytes of {@link absolute} before anything is taken out of them, valid until the next call; null for a name that is empty, or
   * does not fit into the frame.
   */
  absoluteBytes(place: number): TextBytes | null {
    const named = this.textBytes(place);
    if (named === null || named.to === named.from) return null;
    const { from, to } = named;
    if (this.#bytes[from] === SLASH) return named;
    const end = this.#stop(this.after(place));
    if (end > this.#end) return null;
    const middle = joinPath(this.#joined, this.#bytes, { from: to + 2, to: end });
    this.#joined[middle] = SLASH;
    named.bytes = this.#joined;
    named.from = 0;
    named.to = middle + 1 + this.#bytes.copy(this.#joined, middle + 1, from, to);
    return named;
  }

  /** Of a frame about a socket. */
  ends(): Ends {
    return this.#between(this.#ends, this.#at + ENDS_FROM, this.#at + ENDS_TO);
  }

  /** What is made of the bytes of a string, up to the end of another. */
  #of<T>(interner: Interner<T>, first: number, last: number): T {
    return this.#between(interner, this.#at + first + 2, this.#stop(last));
  }

  #between<T>(interner: Interner<T>, start: number, stop: number): T {
    const from = Math.min(start, this.#end);
    const to = Math.max(from, Math.min(stop, this.#end));
    return interner.of(this.#bytes, this.#view, from, to);
  }

  #stop(place: number): number {
    return this.#at + place + 2 + this.u16(place);
  }

  /** The frame's own bytes, to be kept. */
  copy(): Buffer {
    return Buffer.from(this.#bytes.subarray(this.#at, this.#end));
  }

  get code(): number {
    return this.u16(HEAD.code);
  }

  /** Of a frame about a cgroup. */
  get cgroup(): { readonly id: number; readonly path: string } {
    return { id: this.u64(CGROUP.id), path: this.text(CGROUP.strings) };
  }
}

const SLASH = 0x2f;

/** Writes a path of its names, the last one first. @returns where it ends. */
function joinPath(
  target: Buffer,
  bytes: Buffer,
  { from, to }: { readonly from: number; readonly to: number },
): number {
  let end = 0;
  // Behind each name stands a zero.
  for (let stop = to - 1; stop >= from; ) {
    let start = stop;
    while (start > from && bytes[start - 1] !== 0) start -= 1;
    target[end] = SLASH;
    end += 1;
    for (let at = start; at < stop; at += 1, end += 1) target[end] = bytes[at] as number;
    stop = start - 1;
  }
  return end;
}
