// Texts by key, for gathering a million records within bounded memory: texts lie in large buffers outside the engine's heap, where
// they cost their bytes and nothing to the garbage collector; lists are chains of numbers.

const CHUNK_BYTES = 8 << 20;

/** Texts that were added under a key, in the order in which they were added. */
export class Postings {
  readonly #first = new Map<string, number>();
  readonly #last: number[] = [];
  readonly #next: number[] = [];
  readonly #starts: number[] = [];
  readonly #lengths: number[] = [];
  /** By number of key: its chain's first and last text. */
  readonly #chunks: Buffer[] = [];
  #used = CHUNK_BYTES;

  add(key: string, text: string): void {
    const number = this.#store(text);
    const first = this.#first.get(key);
    this.#next.push(-1);
    this.#last.push(number);
    if (first === undefined) {
      this.#first.set(key, number);
    } else {
      this.#next[this.#last[first] ?? 0] = number;
      this.#last[first] = number;
    }
  }

  has(key: string): boolean {
    return this.#first.has(key);
  }

  keys(): IterableIterator<string> {
    return this.#first.keys();
  }

  get size(): number {
    return this.#first.size;
  }

  /** Each distinct text once. */
  texts(key: string): string[] {
    const texts: string[] = [];
    for (let at = this.#first.get(key) ?? -1; at !== -1; at = this.#next[at] ?? -1)
      texts.push(this.#text(at));
    return texts.length > 1 ? [...new Set(texts)] : texts;
  }

  #store(text: string): number {
    const most = text.length * 3;
    if (this.#used + most > CHUNK_BYTES) {
      this.#chunks.push(Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, most)));
      this.#used = 0;
    }
    const chunk = this.#chunks.at(-1) ?? Buffer.alloc(0);
    const length = chunk.write(text, this.#used);
    this.#starts.push((this.#chunks.length - 1) * 2 ** 32 + this.#used);
    this.#lengths.push(length);
    // A chunk that was made for one long text is full.
    this.#used = chunk.length > CHUNK_BYTES ? CHUNK_BYTES : this.#used + length;
    return this.#lengths.length - 1;
  }

  #text(number: number): string {
    const start = this.#starts[number] ?? 0;
    const chunk = this.#chunks[Math.floor(start / 2 ** 32)];
    const at = start % 2 ** 32;
    return chunk?.toString("utf8", at, at + (this.#lengths[number] ?? 0)) ?? "";
  }
}
