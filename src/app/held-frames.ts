/** As long as an engine may need to write down what it has begun. */
const HELD_MS_MAX = 2_000;
const HELD_BYTES_MAX = 8 << 20;

type Use = (bytes: Buffer, at: number, length: number) => void;

interface Held {
  readonly frames: Buffer[];
  readonly until: number;
  /** A process that was in it. */
  readonly pid: number;
}

/**
 * Frames of containers whose engine has not written everything down yet. Rules ask for names and images, so what is judged early is
 * judged wrongly: such frames wait aside, copied, while all others pass, and the kernel's ring is never held up. Their order among
 * each other stays. They wait until the container is known, for two seconds at most, within 8 MiB.
 */
export class HeldFrames {
  readonly #held = new Map<number, Held>();
  /** Cgroups that need not wait: known, or waited for long enough. */
  readonly #passed = new Set<number>();
  readonly #isSettled: (cgroup: number, pid: number) => boolean;
  readonly #clock: () => number;
  #bytes = 0;

  /** @param clock Milliseconds that only go up; for tests. */
  constructor(
    isSettled: (cgroup: number, pid: number) => boolean,
    clock: () => number = () => performance.now(),
  ) {
    this.#isSettled = isSettled;
    this.#clock = clock;
  }

  get isEmpty(): boolean {
    return this.#held.size === 0;
  }

  /** Whether frames of a cgroup wait, so that what is said about the cgroup itself has to wait behind them. */
  isHeld(cgroup: number): boolean {
    return this.#held.has(cgroup);
  }

  /** Whether the frame of an event is to wait. */
  mustWait(cgroup: number, pid: number): boolean {
    if (this.#passed.has(cgroup)) return false;
    if (this.#held.has(cgroup)) return true;
    if (this.#isSettled(cgroup, pid)) {
      this.#passed.add(cgroup);
      return false;
    }
    this.#held.set(cgroup, { frames: [], until: this.#clock() + HELD_MS_MAX, pid });
    return true;
  }

  hold(cgroup: number, bytes: Buffer, at: number, length: number): void {
    // Not `slice`: a buffer's is a view of the ring.
    this.#held.get(cgroup)?.frames.push(Buffer.from(bytes.subarray(at, at + length)));
    this.#bytes += length;
  }

  /** Lets those go on that waited long enough, or all. */
  release(use: Use, isEnd = false): void {
    const now = this.#clock();
    for (const [cgroup, { until, pid }] of this.#held) {
      const isFull = this.#bytes > HELD_BYTES_MAX;
      if (isEnd || isFull || now >= until || this.#isSettled(cgroup, pid)) this.#pass(cgroup, use);
    }
  }

  #pass(cgroup: number, use: Use): void {
    const held = this.#held.get(cgroup);
    this.#held.delete(cgroup);
    this.#passed.add(cgroup);
    for (const frame of held?.frames ?? []) {
      this.#bytes -= frame.length;
      use(frame, 0, frame.length);
    }
  }

  /** Numbers of cgroups that are gone are not kept. */
  forget(cgroup: number): void {
    this.#passed.delete(cgroup);
  }
}
