import { CGROUP, FRAME_BYTES_MAX, HEAD } from "./layout.ts";

/**
 * Frames in memory, one looked at at a time. Nothing is copied until it is asked for, and nothing beyond the frame's own end
 * is read, whatever the lengths in it say: a recording may have been made to hurt.
 */
export class Frame {
  #bytes: Buffer = Buffer.alloc(HEAD.size);
  #at = 0;
  #end: number = HEAD.size;

  /**
   * Looks at the frame that begins there; `length` is what there is.
   *
   * @returns whether it is one: long enough for its head, and no longer than it says.
   */
  look(bytes: Buffer, at: number, length: number): boolean {
    this.#bytes = bytes;
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
    const bytes = this.#bytes;
    if (at + 2 > this.#end) return 0;
    return (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
  }

  u32(place: number): number {
    return this.i32(place) >>> 0;
  }

  i32(place: number): number {
    const at = this.#at + place;
    const bytes = this.#bytes;
    if (at + 4 > this.#end) return 0;
    return (
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)
    );
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
    const from = this.#at + place + 2;
    return this.#utf8(from, this.#stop(place));
  }

  /** Bytes with zeros between: what a command line and an environment are. */
  words(place: number): string[] {
    const text = this.text(place);
    if (text === "") return [];
    return (text.endsWith("\0") ? text.slice(0, -1) : text).split("\0");
  }

  /** A path of its names, the last one first; "" for the root itself, and where none is known. */
  path(place: number): string {
    const from = this.#at + place + 2;
    const stop = this.#stop(place);
    if (stop <= from) return "";
    let path = "";
    let end = stop - 1;
    for (let at = stop - 2; at >= from - 1; at -= 1) {
      if (at >= from && this.#bytes[at] !== 0) continue;
      path += `/${this.#utf8(at + 1, end)}`;
      end = at;
    }
    return path;
  }

  #stop(place: number): number {
    return Math.min(this.#at + place + 2 + this.u16(place), this.#end);
  }

  #utf8(from: number, to: number): string {
    return to > from ? this.#bytes.toString("utf8", from, to) : "";
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
