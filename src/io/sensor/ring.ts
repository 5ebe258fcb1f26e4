import type { Libbpf } from "./libbpf.ts";

const HEADER = 8;
/** Bits of a record's length (linux/bpf.h): still being written; given up. */
const BUSY = 0x8000_0000;
const DISCARDED = 0x4000_0000;

/** After so many records the kernel is told that their place is free. */
const RECORDS_A_TURN = 512;

/**
 * The kernel's ring, read where it lies: nothing is copied, and a record is valid until the function that is told of it
 * returns. One reader only.
 */
export class Ring {
  readonly #consumer: BigInt64Array;
  readonly #producer: BigInt64Array;
  readonly #lengths: Int32Array;
  readonly #data: Buffer;
  readonly #mask: number;
  #at: number;

  /** @param size of the ring in bytes, a power of two. */
  static map(lib: Libbpf, fd: number, size: number): Ring | null {
    const page = lib.pageBytes();
    const consumer = lib.map(fd, 0, page, true);
    const producer = lib.map(fd, page, page + 2 * size, false);
    return consumer === null || producer === null
      ? null
      : new Ring(consumer, producer, { size, page });
  }

  constructor(
    consumer: ArrayBuffer,
    producer: ArrayBuffer,
    { size, page }: { readonly size: number; readonly page: number },
  ) {
    this.#consumer = new BigInt64Array(consumer, 0, 1);
    this.#producer = new BigInt64Array(producer, 0, 1);
    // The data follow the producer's page, and once more behind themselves, so that no record is in two pieces.
    this.#lengths = new Int32Array(producer, page);
    this.#data = Buffer.from(producer, page);
    this.#mask = size - 1;
    this.#at = Number(Atomics.load(this.#consumer, 0));
  }

  /** Bytes that wait. */
  get waiting(): number {
    return Number(Atomics.load(this.#producer, 0)) - this.#at;
  }

  /**
   * Reads what is there, at most `recordsMax`.
   *
   * @returns how many records it was.
   */
  read(use: (bytes: Buffer, at: number, length: number) => void, recordsMax: number): number {
    let records = 0;
    let end = Number(Atomics.load(this.#producer, 0));
    while (this.#at < end && records < recordsMax) {
      const place = this.#at & this.#mask;
      const length = Atomics.load(this.#lengths, place / 4) >>> 0;
      if (length >= BUSY) break;
      const bytes = length & ~(BUSY | DISCARDED);
      if ((length & DISCARDED) === 0) use(this.#data, place + HEADER, bytes);
      this.#at += (bytes + HEADER + 7) & ~7;
      records += 1;
      if (records % RECORDS_A_TURN === 0) {
        this.#free();
        end = Number(Atomics.load(this.#producer, 0));
      }
    }
    this.#free();
    return records;
  }

  #free(): void {
    Atomics.store(this.#consumer, 0, BigInt(this.#at));
  }
}
