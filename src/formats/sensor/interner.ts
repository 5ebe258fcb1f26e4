/** How much is remembered. */
export interface InternerSize {
  /** A power of two. */
  readonly slots: number;
  /** What is longer is made each time. A multiple of four. */
  readonly bytesMax: number;
}

/** Makes the value of the bytes from one place up to another. */
type Make<T> = (bytes: Buffer, from: number, to: number, view: DataView) => T;

/**
 * What is made of bytes (a text, a list of words), made once for equal bytes as long as it is remembered: so it costs less than
 * making it, and equal values are the same object. Each has one place, given by its bytes, and a newcomer takes it; bytes are
 * compared in full, so that nobody can make theirs pass for others.
 */
export class Interner<T> {
  readonly #make: Make<T>;
  readonly #mask: number;
  readonly #bytesMax: number;
  readonly #keys: Buffer;
  readonly #keyView: DataView;
  readonly #lengths: Int32Array;
  readonly #values: (T | undefined)[];

  constructor(make: Make<T>, { slots, bytesMax }: InternerSize) {
    this.#make = make;
    this.#mask = slots - 1;
    this.#bytesMax = bytesMax;
    this.#keys = Buffer.alloc(slots * bytesMax);
    this.#keyView = viewOf(this.#keys);
    this.#lengths = new Int32Array(slots).fill(-1);
    this.#values = new Array<T | undefined>(slots).fill(undefined);
  }

  /** @param view Of the same bytes ({@link viewOf}), which the caller keeps because making one is dear. */
  of(bytes: Buffer, view: DataView, from: number, to: number): T {
    const length = to - from;
    if (length > this.#bytesMax) return this.#make(bytes, from, to, view);
    const slot = hashOf(bytes, view, from, to) & this.#mask;
    const key = slot * this.#bytesMax;
    if (this.#lengths[slot] === length && this.#holds(key, bytes, view, from, to)) {
      return this.#values[slot] as T;
    }
    const value = this.#make(bytes, from, to, view);
    this.#keep(key, bytes, view, from, to);
    this.#lengths[slot] = length;
    this.#values[slot] = value;
    return value;
  }

  /** Node's own copy takes longer for as few bytes as these. */
  #keep(key: number, bytes: Buffer, view: DataView, from: number, to: number): void {
    const shift = key - from;
    let at = from;
    for (; at + 4 <= to; at += 4) this.#keyView.setInt32(at + shift, view.getInt32(at, true), true);
    for (; at < to; at += 1) this.#keys[at + shift] = bytes[at] as number;
  }

  #holds(key: number, bytes: Buffer, view: DataView, from: number, to: number): boolean {
    const keys = this.#keyView;
    const shift = key - from;
    let at = from;
    for (; at + 4 <= to; at += 4) {
      if (view.getInt32(at, true) !== keys.getInt32(at + shift, true)) return false;
    }
    for (; at < to; at += 1) if (bytes[at] !== this.#keys[at + shift]) return false;
    return true;
  }
}

/** The same bytes, to be read by more than one at a time. */
export function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Any number in which all bytes have a part: who makes them collide makes them be made again, and nothing else. */
function hashOf(bytes: Buffer, view: DataView, from: number, to: number): number {
  let hash = to - from;
  let at = from;
  for (; at + 4 <= to; at += 4)
    hash = Math.imul(hash ^ view.getInt32(at, true), 0x9e3779b1) ^ (hash >>> 15);
  for (; at < to; at += 1)
    hash = Math.imul(hash ^ (bytes[at] as number), 0x9e3779b1) ^ (hash >>> 15);
  return hash ^ (hash >>> 16);
}
